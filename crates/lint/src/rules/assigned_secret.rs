//! `assigned-secret` (IL404).

use crate::{rule::rule, secrets::report};

rule!(
    /// ## What it checks
    /// Values that are secrets by the name they are assigned to (`DB_PASSWORD=`, `--api-key`,
    /// `"client_secret":`) and that look random. In variables, labels, commands, build arguments and
    /// environment files the name decides, and it is an error. In documentation, tests and what
    /// distributions install (`/usr/lib`, `/usr/share`) it is information.
    ///
    /// ## Why it matters
    /// Whoever pulls the image has the value. Variables and the history are even shown by
    /// `docker inspect` and `docker history`.
    ///
    /// ## How to fix it
    /// Change the secret. Pass it to the container when it runs; in a build, mount it:
    ///
    /// ```dockerfile
    /// RUN --mount=type=secret,id=password,env=DB_PASSWORD make migrate
    /// ```
    AssignedSecret, "assigned-secret", "IL404", Warning, report;
    "change it, and pass it at run time or as RUN --mount=type=secret,id=password,env=PASSWORD …"
);

#[cfg(test)]
mod tests {
    use super::AssignedSecret;
    use crate::testing::{Image, Layer, findings};

    fn value() -> String {
        ["x9Kq", "27Lm", "Zp4T", "vB8w"].concat()
    }

    #[test]
    fn in_a_variable_the_name_decides() {
        let text = findings(&AssignedSecret, &Image::new("").env("DB_PASSWORD=hunter2"));
        assert!(text.starts_with("error config.Env: "), "{text}");
        assert!(text.contains(" in ENV DB_PASSWORD\n"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_build_argument_persists_in_the_history() {
        let row = format!("RUN |1 API_TOKEN={} /bin/sh -c make # buildkit", value());
        let image = Image::new("").layer(Layer::new().file("a", "a"), &row);
        let text = findings(&AssignedSecret, &image);
        assert!(
            text.starts_with("error layer 0 history[0].created_by: "),
            "{text}"
        );
        assert!(
            text.contains(" in the build argument API_TOKEN\n"),
            "{text}"
        );
        assert!(!text.contains(&value()), "{text}");
    }

    #[test]
    fn in_a_file_it_is_a_guess() {
        let content = format!("db:\n  password: {}\n", value());
        let layer = Layer::new().file("app/settings.yml", content);
        let text = findings(&AssignedSecret, &Image::new("").layer(layer, "a"));
        assert!(
            text.starts_with("warning layer 0 /app/settings.yml line 2: "),
            "{text}"
        );
    }

    #[test]
    fn numbers_paths_and_switches_are_fine() {
        for variable in [
            "PASSWORD_MIN_LENGTH=8",
            "DB_PASSWORD_FILE=/run/secrets/db",
            "TOKEN_CHECK=true",
            "GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
        ] {
            let text = findings(&AssignedSecret, &Image::new("").env(variable));
            assert_eq!(text, "", "{variable}");
        }
    }
}

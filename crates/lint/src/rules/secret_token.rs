//! `secret-token` (IL401).

use crate::{rule::rule, secrets::report};

rule!(
    /// ## What it checks
    /// Tokens whose form tells who issued them, wherever they ship: in files of any layer, deleted
    /// ones as well, inside archives, programs and encoded text, in names, variables, labels, commands
    /// and the history. Where a token has a checksum, it must hold. `imglint explain secret-token`
    /// lists every kind.
    ///
    /// Files as a distribution publishes them make it information; tests and documentation a warning.
    ///
    /// ## Why it matters
    /// Whoever pulls the image can act as you. Deleting the file in a later layer takes it out of
    /// sight, not out of the image.
    ///
    /// ## How to fix it
    /// Revoke the token, then give a new one to the build without storing it:
    ///
    /// ```dockerfile
    /// RUN --mount=type=secret,id=token,env=TOKEN fetch-dependencies
    /// ```
    SecretToken, "secret-token", "IL401", Error, report;
    "revoke it, and give a new one to the build as RUN --mount=type=secret,id=token,env=TOKEN …"
);

#[cfg(test)]
mod tests {
    use super::SecretToken;
    use crate::testing::{Image, Layer, findings, lint, token};

    fn shipped(path: &str, content: &str) -> Image {
        Image::new("").layer(Layer::new().file(path, content), "COPY . / # buildkit")
    }

    #[test]
    fn a_token_is_found_with_its_place_and_never_shown() {
        let text = findings(
            &SecretToken,
            &shipped("app/a.txt", &format!("one\n{}", token())),
        );
        assert!(
            text.starts_with("error layer 0 /app/a.txt line 2: GitHub token in /app/a.txt\n"),
            "{text}"
        );
        assert!(!text.contains(&token()), "{text}");
    }

    #[test]
    fn a_token_with_a_wrong_checksum_is_none() {
        let mut wrong = token();
        let last = if wrong.pop() == Some('0') { '1' } else { '0' };
        wrong.push(last);
        assert_eq!(findings(&SecretToken, &shipped("app/a.txt", &wrong)), "");
    }

    #[test]
    fn tests_and_documentation_make_it_a_warning() {
        for path in ["usr/share/doc/a/readme", "app/tests/login.txt"] {
            let text = findings(&SecretToken, &shipped(path, &token()));
            assert!(text.starts_with("warning layer 0 "), "{text}");
        }
    }

    #[test]
    fn one_token_in_many_places_is_one_finding() {
        let file = Layer::new().file("app/a", token()).file("app/b", token());
        let image = Image::new("")
            .layer(file.clone(), "COPY a /app # buildkit")
            .layer(file, "COPY b /app # buildkit")
            .env(&format!("TOKEN={}", token()));
        let list = lint(&image);
        let of_rule: Vec<_> = list
            .iter()
            .filter(|finding| finding.rule == "secret-token")
            .collect();
        assert_eq!(of_rule.len(), 1, "{of_rule:#?}");
        let places: Vec<_> = of_rule[0].places.iter().map(ToString::to_string).collect();
        assert_eq!(
            places,
            [
                "in /app/a, shipped again in layer 1 but shipped in layer 0",
                "in /app/b, shipped again in layer 1 but shipped in layer 0",
                "in /app/a",
                "in /app/b",
                "in ENV TOKEN",
            ]
        );
    }
}

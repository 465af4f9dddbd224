//! `url-password` (IL403).

use crate::{rule::rule, secrets::report};

rule!(
    /// ## What it checks
    /// Passwords inside URLs and connection strings, such as those of databases, brokers, package
    /// indexes and proxies, wherever they ship. Placeholders and the well-known passwords of examples
    /// are none.
    ///
    /// ## Why it matters
    /// Whoever pulls the image has the password, and the URL says where it fits.
    ///
    /// ## How to fix it
    /// Change the password. Pass the URL to the container when it runs; in a build, mount it:
    ///
    /// ```dockerfile
    /// RUN --mount=type=secret,id=index,env=PIP_INDEX_URL pip install -r requirements.txt
    /// ```
    UrlPassword, "url-password", "IL403", Error, report;
    "change the password, and pass the URL at run time or as RUN --mount=type=secret,id=url,env=URL …"
);

#[cfg(test)]
mod tests {
    use super::UrlPassword;
    use crate::testing::{Image, Layer, findings};

    fn url(password: &str) -> String {
        format!("postgres://app:{password}@db.internal.acme.io:5432/app")
    }

    #[test]
    fn a_password_in_a_url_is_found_and_never_shown() {
        let password = ["Vq7", "xT2m", "Lz9"].concat();
        let image = Image::new("").layer(Layer::new().file("app/config.txt", url(&password)), "a");
        let text = findings(&UrlPassword, &image);
        assert!(
            text.starts_with("error layer 0 /app/config.txt line 1: "),
            "{text}"
        );
        assert!(!text.contains(&password), "{text}");
    }

    #[test]
    fn a_password_in_a_variable_is_found() {
        let image = Image::new("").env(&format!("DATABASE_URL={}", url(&["Vq7", "xT2m"].concat())));
        let text = findings(&UrlPassword, &image);
        assert!(text.contains(" in ENV DATABASE_URL\n"), "{text}");
    }

    #[test]
    fn a_placeholder_is_fine() {
        for password in ["${PASSWORD}", "<password>", "%s"] {
            let layer = Layer::new().file("app/config.txt", url(password));
            assert_eq!(
                findings(&UrlPassword, &Image::new("").layer(layer, "a")),
                ""
            );
        }
    }
}

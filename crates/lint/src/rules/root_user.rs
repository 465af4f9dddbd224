//! `root-user` (IL101).

use imglint_layers::ImagePath;

use crate::{
    finding::{Findings, Location},
    image::ImageView,
    linter::LintOptions,
    rule::rule,
};

rule!(
    /// ## What it checks
    /// Images whose process runs as root: no `USER` at all, a number that is 0 (`0`, `0:0`, `00`),
    /// or a name that has uid 0 in the final `/etc/passwd`.
    ///
    /// ## Why it matters
    /// Whoever breaks into the process is root in the container, and one kernel or mount mistake
    /// away from the host.
    ///
    /// ## How to fix it
    /// Make a user and switch to it at the end of the Dockerfile; a number lets Kubernetes check
    /// it:
    ///
    /// ```dockerfile
    /// RUN useradd --system --uid 10001 app
    /// USER 10001
    /// ```
    RootUser, "root-user", "IL101", Warning, check;
    "make a user and end the Dockerfile with: USER 10001"
);

/// Programs that entry points use to give up being root.
const DROPPERS: [&str; 5] = [
    "usr/local/bin/gosu",
    "usr/local/sbin/gosu",
    "usr/sbin/gosu",
    "usr/bin/gosu",
    "sbin/su-exec",
];

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    let user = image.run_config().user.as_str();
    let Some(message) = why_root(user, image) else {
        return;
    };
    let dropper = DROPPERS
        .iter()
        .find(|path| image.stack().tree().get(&ImagePath::from(**path)).is_some());
    let mut draft = findings.report(Location::field("config.User"), message);
    if let Some(path) = dropper {
        draft.note(format!(
            "/{path} is there: if the entry point uses it to give up root, allow this rule"
        ));
    }
}

fn why_root(user: &str, image: &ImageView<'_>) -> Option<String> {
    let name = user.split(':').next().unwrap_or_default();
    if name.is_empty() {
        return Some("the process runs as root, since no USER is set".to_owned());
    }
    if is_number(name) {
        return is_zero(name).then(|| format!("the process runs as root: USER is {user:?}"));
    }
    let uid_zero = match image.kept_file("etc/passwd") {
        Some(passwd) => has_uid_zero(passwd, name)?,
        None => name == "root",
    };
    uid_zero.then(|| format!("the process runs as root: USER is {user:?}, which has uid 0"))
}

/// What Go's `strconv.Atoi` takes; engines ask it first (moby/sys, `user.GetExecUser`).
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_zero(number: &str) -> bool {
    number
        .trim_start_matches(['+', '-'])
        .bytes()
        .all(|byte| byte == b'0')
}

/// Whether the first line for `name` has uid 0; `None` if there is no such line.
///
/// Engines take a missing or malformed number for 0 (moby/sys, `user.parseParts`).
fn has_uid_zero(passwd: &[u8], name: &str) -> Option<bool> {
    let mut lines = passwd.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let line =
        lines.find(|line| line.split(|&byte| byte == b':').next() == Some(name.as_bytes()))?;
    let uid = line.split(|&byte| byte == b':').nth(2).unwrap_or_default();
    let uid = std::str::from_utf8(uid).unwrap_or_default();
    Some(!is_number(uid) || is_zero(uid))
}

#[cfg(test)]
mod tests {
    use super::RootUser;
    use crate::testing::{Image, Layer, findings};

    fn user(user: &str) -> String {
        let passwd =
            "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/:\nodd:x:zero:5\nshort\napp:x:10:10::/:\n";
        let layer = Layer::new().file("etc/passwd", passwd);
        findings(
            &RootUser,
            &Image::new("").layer(layer, "ADD rootfs.tar /").user(user),
        )
    }

    #[test]
    fn every_spelling_of_root_is_found() {
        for name in [
            "",
            "0",
            "0:0",
            "00",
            "+0",
            "root",
            "root:root",
            ":1000",
            "toor",
            "odd",
            "short",
        ] {
            assert!(
                user(name).starts_with("warning config.User: the process runs as root"),
                "{name}"
            );
        }
    }

    #[test]
    fn ordinary_users_are_fine() {
        for name in ["app", "app:root", "10", "1000:0", "0x0", "nobody"] {
            assert_eq!(user(name), "", "{name}");
        }
    }

    #[test]
    fn root_is_root_without_a_passwd_file() {
        assert!(findings(&RootUser, &Image::new("").user("root")).contains("uid 0"));
        assert_eq!(findings(&RootUser, &Image::new("").user("app")), "");
    }

    #[test]
    fn a_linked_passwd_file_is_followed() {
        let layer = Layer::new()
            .file("nix/store/abc-nss/etc/passwd", "app:x:0:0\n")
            .symlink("etc/passwd", "/nix/store/abc-nss/etc/passwd");
        let image = Image::new("").layer(layer, "a").user("app");
        assert!(findings(&RootUser, &image).contains("uid 0"));
    }

    #[test]
    fn a_passwd_file_of_a_later_layer_counts() {
        let image = Image::new("")
            .layer(Layer::new().file("etc/passwd", "app:x:10:10\n"), "a")
            .layer(Layer::new().file("etc/passwd", "app:x:0:0\n"), "b");
        assert!(findings(&RootUser, &image.user("app")).contains("uid 0"));
    }

    #[test]
    fn a_program_that_gives_up_root_is_named() {
        let image = Image::new("").layer(Layer::new().file("usr/local/bin/gosu", "x"), "a");
        assert!(findings(&RootUser, &image).contains("note: /usr/local/bin/gosu is there"));
    }
}

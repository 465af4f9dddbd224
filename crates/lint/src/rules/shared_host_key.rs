//! `shared-host-key` (IL408).

use crate::{rule::rule, secrets::report};

rule!(
    /// ## What it checks
    /// Keys that packages make at installation for one machine: `/etc/ssh/ssh_host_*_key`,
    /// `ssl-cert-snakeoil.key`.
    ///
    /// ## Why it matters
    /// Every container of the image, and whoever pulls it, has the same key: each can pass for any
    /// other, and read what is sent to it.
    ///
    /// ## How to fix it
    /// Delete the key in the instruction that installs the package, and make one when the container
    /// starts:
    ///
    /// ```dockerfile
    /// RUN apt-get install -y openssh-server && rm /etc/ssh/ssh_host_*
    /// CMD ssh-keygen -A && exec /usr/sbin/sshd -D
    /// ```
    SharedHostKey, "shared-host-key", "IL408", Warning, report;
    "delete it in the instruction that installs the package, and make one at start: ssh-keygen -A"
);

#[cfg(test)]
mod tests {
    use super::SharedHostKey;
    use crate::testing::{Image, Layer, findings, private_key};

    fn shipped(path: &str) -> String {
        let layer = Layer::new().file(path, private_key());
        findings(&SharedHostKey, &Image::new("").layer(layer, "a"))
    }

    #[test]
    fn keys_made_at_installation_are_found() {
        for path in [
            "etc/ssh/ssh_host_ed25519_key",
            "etc/ssl/private/ssl-cert-snakeoil.key",
        ] {
            assert!(shipped(path).starts_with("warning layer 0 "), "{path}");
        }
    }

    #[test]
    fn other_keys_are_told_by_another_rule() {
        assert_eq!(shipped("etc/ssh/id_ed25519"), "");
        assert_eq!(shipped("etc/ssl/private/server.key"), "");
    }
}

//! The engines of this machine.

use std::{process::Command, str::FromStr};

use miette::{Result, miette};

use crate::process;

/// A Docker daemon and the name of its archives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Daemon {
    pub(super) name: String,
    /// As `docker --host` takes it; none for the one that `docker` talks to by itself.
    url: Option<String>,
}

impl FromStr for Daemon {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, url) = text.split_once('=').ok_or("expected NAME=URL")?;
        if name.is_empty() || name.contains('/') || url.is_empty() {
            return Err("expected NAME=URL, and no / in the name".to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            url: Some(url.to_owned()),
        })
    }
}

impl Daemon {
    /// A docker command for this daemon.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command
            .args(self.url.iter().flat_map(|url| ["--host", url]))
            .args(arguments);
        command
    }

    /// Whether `docker history` gives sizes of content: the containerd store gives those of blocks
    /// and folders in its own file system.
    pub(super) fn counts_content(&self) -> Result<bool> {
        let driver = process::stdout(&mut self.command(&["info", "--format", "{{.Driver}}"]))?;
        Ok(driver.trim_ascii() == b"overlay2")
    }
}

/// Which engines are here, and which are not.
#[derive(Debug)]
pub(super) struct Engines {
    pub(super) daemons: Vec<Daemon>,
    tools: Vec<&'static str>,
    lacking: Vec<String>,
}

const TOOLS: &[&str] = &["buildah", "podman", "skopeo", "umoci", "crane"];

impl Engines {
    /// Tries each of them.
    pub(super) fn find(named: Vec<Daemon>) -> Self {
        let own = || {
            vec![Daemon {
                name: "default".to_owned(),
                url: None,
            }]
        };
        let daemons = if named.is_empty() { own() } else { named };
        let (daemons, silent): (Vec<_>, Vec<_>) = daemons
            .into_iter()
            .partition(|daemon| process::succeeds(&mut daemon.command(&["version"])));
        let (tools, missing): (Vec<_>, Vec<_>) = TOOLS
            .iter()
            .partition(|tool| process::succeeds(Command::new(tool).arg("--help")));
        let silent = silent
            .into_iter()
            .map(|daemon| format!("docker ({})", daemon.name));
        let lacking = silent
            .chain(missing.into_iter().map(str::to_owned))
            .collect();
        Self {
            daemons,
            tools,
            lacking,
        }
    }

    /// Whether a tool is here.
    pub(super) fn has(&self, tool: &str) -> bool {
        self.tools.contains(&tool)
    }

    /// Prints what is here and what is not.
    pub(super) fn tell(&self) {
        let daemons = self
            .daemons
            .iter()
            .map(|daemon| format!("docker ({})", daemon.name));
        let here: Vec<String> = daemons
            .chain(self.tools.iter().map(|&tool| tool.to_owned()))
            .collect();
        println!("engines here: {}", list(&here));
        println!("engines lacking: {}", list(&self.lacking));
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

/// The path in the form that commands take.
pub(super) fn utf8(path: &std::path::Path) -> Result<&str> {
    path.to_str()
        .ok_or_else(|| miette!("{} is not UTF-8", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_has_a_name_and_a_url() {
        let daemon: Daemon = "old=unix:///run/old.sock".parse().unwrap();
        assert_eq!(daemon.name, "old");
        let command = process::show(&daemon.command(&["version"]));
        assert_eq!(command, "docker --host unix:///run/old.sock version");
        for wrong in ["old", "=unix:///x", "old=", "a/b=unix:///x"] {
            assert!(wrong.parse::<Daemon>().is_err(), "{wrong}");
        }
    }
}

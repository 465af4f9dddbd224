//! How far a place lets a name alone decide that its value is a secret.

use crate::context::Context;

/// Weight of a name against the look of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Trust {
    /// Nothing is assigned here.
    #[default]
    None,
    /// Any file: a name is a hint, and the value must look generated.
    Hint,
    /// Settings, variables and commands: the name decides, whatever is not a placeholder counts.
    Name,
}

/// Ends of paths, in lower case, of files that hold settings or what was typed into a shell.
const TRUSTED: &[&str] = &[
    "/.envrc",
    "/etc/environment",
    "/.bash_history",
    "/.zsh_history",
    "/.zhistory",
    "/.sh_history",
    "/.ash_history",
    "/.ksh_history",
    "/fish_history",
    "/.history",
    "/.python_history",
    "/.mysql_history",
    "/.psql_history",
    "/.sqlite_history",
    "/.rediscli_history",
    "/.dbshell",
    "/.mongosh_repl_history",
    "/.node_repl_history",
    "/.irb_history",
    "/.viminfo",
    "/consolehost_history.txt",
    "/.bashrc",
    "/.bash_profile",
    "/.bash_aliases",
    "/.zshrc",
    "/.zshenv",
    "/.zprofile",
    "/.profile",
];

/// Names of files of variables: `.env`, and with any stage behind it.
const DOTENV: &str = ".env";

/// Ends of names of files that show how such a file is written.
const SAMPLES: &[&str] = &[
    "example", "sample", "template", "dist", "tmpl", "tpl", "defaults", "md", "js", "ts", "py",
    "rb", "go",
];

impl Trust {
    pub(super) fn of(context: Context<'_>) -> Self {
        match context {
            Context::Variable(_) | Context::Command => Self::Name,
            Context::File(path) => Self::of_file(path),
            Context::Document => Self::Hint,
            Context::Name => Self::None,
        }
    }

    fn of_file(path: &[u8]) -> Self {
        let mut lower = b"/".to_vec();
        lower.extend(path.to_ascii_lowercase());
        let name = lower.rsplit(|&b| b == b'/').next().unwrap_or_default();
        let named = |end: &&str| lower.ends_with(end.as_bytes());
        if TRUSTED.iter().any(named) || is_dotenv(name) {
            Self::Name
        } else {
            Self::Hint
        }
    }
}

/// `.env`, `.env.prod`, `prod.env`, but not `.env.example`.
fn is_dotenv(name: &[u8]) -> bool {
    let dotenv = DOTENV.as_bytes();
    let stage = name
        .strip_prefix(dotenv)
        .and_then(|rest| rest.strip_prefix(b"."));
    let sample = |stage: &[u8]| {
        SAMPLES
            .iter()
            .any(|sample| stage.ends_with(sample.as_bytes()))
    };
    let sampled = SAMPLES
        .iter()
        .any(|sample| name.starts_with(sample.as_bytes()));
    name.ends_with(dotenv) && !sampled || stage.is_some_and(|stage| !sample(stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_in_variables_commands_and_settings() {
        let file = |path: &str| Trust::of(Context::File(path.as_bytes()));
        for path in [
            ".env",
            "app/.env.production",
            "etc/app/prod.env",
            "root/.bash_history",
            "/root/.zshrc",
            ".profile",
            "etc/environment",
        ] {
            assert_eq!(file(path), Trust::Name, "{path}");
        }
        for path in [
            "src/env.py",
            ".env.example",
            "x/.env.sample",
            "example.env",
            "app/config.yml",
            "x.bashrc",
            "",
        ] {
            assert_eq!(file(path), Trust::Hint, "{path}");
        }
        assert_eq!(Trust::of(Context::Command), Trust::Name);
        assert_eq!(Trust::of(Context::Variable("A")), Trust::Name);
        assert_eq!(Trust::of(Context::Document), Trust::Hint);
        assert_eq!(Trust::of(Context::Name), Trust::None);
    }
}

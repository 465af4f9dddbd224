//! What was run, without the build arguments and the shell that builders write before it.

use std::iter;

/// The build arguments of `|N NAME=value … command`, and the command.
///
/// Values are not quoted, so one with spaces is told from the next argument by looks.
pub(super) fn split_build_args(text: &str) -> (Vec<(String, String)>, &str) {
    let counted = text.strip_prefix('|').and_then(|text| text.split_once(' '));
    let counted = counted.and_then(|(count, rest)| Some((count.parse().ok()?, rest)));
    let Some((count, rest)) = counted else {
        return (Vec::new(), text);
    };
    let starts = assignments(rest, count);
    let command = command_start(rest, &starts);
    let ends = starts.iter().copied().skip(1).chain(iter::once(command));
    let args = starts.iter().zip(ends).filter_map(|(&start, end)| {
        let (name, value) = rest.get(start..end)?.split_once('=')?;
        Some((name.to_owned(), value.trim_end().to_owned()))
    });
    (args.collect(), rest.get(command..).unwrap_or_default())
}

/// Where the first `count` words begin that look like `NAME=`.
fn assignments(text: &str, count: usize) -> Vec<usize> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    words(text)
        .filter(|(_, word)| {
            let name = word.split_once('=').map_or("", |(name, _)| name);
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(is_name)
        })
        .map(|(at, _)| at)
        .take(count)
        .collect()
}

/// Where a shell stands after the last argument; else the command begins at the word after it.
fn command_start(text: &str, arguments: &[usize]) -> usize {
    let last = arguments.last().copied();
    let mut after = words(text)
        .map(|(at, _)| at)
        .filter(|at| last.is_none_or(|last| *at > last));
    let next_word = after.next();
    let mut candidates = next_word.into_iter().chain(after);
    candidates
        .find(|at| text.get(*at..).and_then(split_shell).is_some())
        .or(next_word)
        .unwrap_or(text.len())
}

/// The shell that `text` begins with, down to its last option, and the command that it is given.
pub(super) fn split_shell(text: &str) -> Option<(&str, &str)> {
    /// More options than any shell is given.
    const OPTIONS: usize = 10;
    let mut words = words(text).take(OPTIONS);
    let (_, program) = words.next()?;
    let takes_command = command_option(program)?;
    let mut value_follows = false;
    for (at, word) in words {
        if takes_command(word) {
            let end = at.saturating_add(word.len());
            return Some((
                text.get(..end)?,
                text.get(end..)?.strip_prefix(' ').unwrap_or_default(),
            ));
        }
        if !value_follows && !word.starts_with(['-', '+', '/']) {
            return None;
        }
        // As in `-o pipefail`.
        value_follows = word.starts_with(['-', '+']) && word.ends_with('o');
    }
    None
}

/// How to tell the option after which the command follows, when `program` is a shell.
fn command_option(program: &str) -> Option<fn(&str) -> bool> {
    let name = program.rsplit(['/', '\\']).next()?.to_ascii_lowercase();
    match name.strip_suffix(".exe").unwrap_or(&name) {
        "sh" | "ash" | "bash" | "dash" | "ksh" | "mksh" | "zsh" => Some(|word| {
            let letters = word.strip_prefix('-').unwrap_or_default();
            letters.contains('c') && letters.bytes().all(|b| b.is_ascii_alphabetic())
        }),
        "cmd" => Some(|word| word.eq_ignore_ascii_case("/c")),
        "powershell" | "pwsh" => {
            Some(|word| word.eq_ignore_ascii_case("-command") || word.eq_ignore_ascii_case("-c"))
        }
        _ => None,
    }
}

/// Words between single spaces, and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0_usize;
    text.split(' ').map(move |word| {
        let start = at;
        at = at.saturating_add(word.len()).saturating_add(1);
        (start, word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(text: &str) -> (String, &str) {
        let (args, command) = split_build_args(text);
        let args: Vec<_> = args
            .iter()
            .map(|(name, value)| format!("{name}<{value}>"))
            .collect();
        (args.join(""), command)
    }

    #[test]
    fn arguments_are_counted() {
        assert_eq!(
            args("|1 A=b /bin/sh -c x y"),
            ("A<b>".into(), "/bin/sh -c x y")
        );
        assert_eq!(
            args("|2 A= B_C=d=e /bin/sh -c x"),
            ("A<>B_C<d=e>".into(), "/bin/sh -c x")
        );
        assert_eq!(args("|0 /bin/sh -c x"), (String::new(), "/bin/sh -c x"));
        assert_eq!(args("/bin/sh -c A=b"), (String::new(), "/bin/sh -c A=b"));
    }

    #[test]
    fn values_may_have_spaces() {
        assert_eq!(
            args("|1 FLAGS=-a B=c -d /bin/sh -c x"),
            ("FLAGS<-a B=c -d>".into(), "/bin/sh -c x")
        );
        assert_eq!(
            args("|2 A=one two B=three /bin/bash -o pipefail -c x"),
            ("A<one two>B<three>".into(), "/bin/bash -o pipefail -c x")
        );
        assert_eq!(
            args("|1 K=a\nb\n /bin/sh -c x"),
            ("K<a\nb>".into(), "/bin/sh -c x")
        );
    }

    #[test]
    fn without_a_shell_the_value_is_one_word() {
        assert_eq!(args("|1 A=b apk add curl"), ("A<b>".into(), "apk add curl"));
        assert_eq!(args("|1 A=b"), ("A<b>".into(), ""));
    }

    #[test]
    fn wrong_counts_do_no_harm() {
        assert_eq!(args("|9 A=b /bin/sh -c x"), ("A<b>".into(), "/bin/sh -c x"));
        assert_eq!(args("|x A=b"), (String::new(), "|x A=b"));
        assert_eq!(args("|"), (String::new(), "|"));
        assert_eq!(args("|1 "), (String::new(), ""));
        assert_eq!(
            args("|99999999999999999999 A=b").1,
            "|99999999999999999999 A=b"
        );
    }

    #[test]
    fn shells() {
        for (text, expected) in [
            ("/bin/sh -c rm /hi", Some(("/bin/sh -c", "rm /hi"))),
            (
                "bash -euxo pipefail -c a b",
                Some(("bash -euxo pipefail -c", "a b")),
            ),
            (
                "/bin/ash -eo pipefail -c a",
                Some(("/bin/ash -eo pipefail -c", "a")),
            ),
            ("cmd /S /C dir", Some(("cmd /S /C", "dir"))),
            (
                r"C:\Windows\System32\cmd.exe /s /c x",
                Some((r"C:\Windows\System32\cmd.exe /s /c", "x")),
            ),
            (
                "powershell -Command a; b",
                Some(("powershell -Command", "a; b")),
            ),
            ("/bin/sh -c", Some(("/bin/sh -c", ""))),
            ("/bin/sh script -c x", None),
            ("python -c x", None),
            ("sh", None),
            ("", None),
        ] {
            assert_eq!(split_shell(text), expected, "{text}");
        }
    }
}

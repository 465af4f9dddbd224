//! Arguments of instructions as builders print them with Go's `%v` and `%q`, made readable.

use super::InstructionKind;

/// The arguments of `kind` as one would write them in a Dockerfile.
pub(super) fn readable(kind: InstructionKind, arguments: &str) -> String {
    let arguments = arguments.trim();
    match kind {
        InstructionKind::Cmd | InstructionKind::Entrypoint => list(unwrap(arguments)),
        InstructionKind::Expose => ports(arguments),
        InstructionKind::User | InstructionKind::Volume => bare(arguments),
        InstructionKind::Shell => shell(arguments),
        InstructionKind::Healthcheck => healthcheck(arguments),
        _ => arguments.to_owned(),
    }
}

/// `&{…}` without its wrapping: a pointer to a struct.
fn unwrap(text: &str) -> &str {
    let inner = text
        .strip_prefix("&{")
        .and_then(|text| text.strip_suffix('}'));
    inner.unwrap_or(text)
}

/// `["a" "b"]` becomes `["a", "b"]`.
fn list(text: &str) -> String {
    let mut readable = String::with_capacity(text.len());
    let mut escaped = false;
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let closes = c == '"' && quoted && !escaped;
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && quoted && !escaped;
        readable.push(c);
        if closes && rest.peek() == Some(&' ') {
            readable.push(',');
        }
    }
    readable
}

/// `map[80/tcp:{} 443/tcp:{}]` and `[80/tcp]` become the ports alone.
fn ports(text: &str) -> String {
    let inner = text
        .strip_prefix("map[")
        .and_then(|text| text.strip_suffix(']'));
    inner.map_or_else(|| bare(text), |ports| ports.replace(":{}", ""))
}

/// `[/a /b]` without its brackets, unless it is a list of quoted texts.
fn bare(text: &str) -> String {
    let inner = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    match inner {
        Some(inner) if !inner.starts_with('"') => inner.to_owned(),
        _ => list(text),
    }
}

/// `[/bin/bash -o pipefail -c]` becomes a list of quoted words.
fn shell(text: &str) -> String {
    let inner = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    match inner {
        Some(inner) if !inner.starts_with('"') => {
            let words: Vec<_> = inner.split(' ').map(|word| format!("{word:?}")).collect();
            format!("[{}]", words.join(", "))
        }
        _ => list(text),
    }
}

/// `&{["CMD-SHELL" "curl localhost"] "30s" …}` becomes `CMD curl localhost`; times are in the config.
fn healthcheck(text: &str) -> String {
    let Some(words) = text.strip_prefix("&{[").and_then(test_of) else {
        return text.to_owned();
    };
    if words == "\"NONE\"" {
        return "NONE".to_owned();
    }
    if let Some(command) = words.strip_prefix("\"CMD-SHELL\" \"") {
        let command = command.strip_suffix('"').unwrap_or(command);
        return format!(
            "CMD {}",
            command.replace("\\\"", "\"").replace("\\\\", "\\")
        );
    }
    let words = words.strip_prefix("\"CMD\" ").unwrap_or(words);
    format!("CMD [{}]", list(words))
}

/// The text up to the `]` that stands outside quotes.
fn test_of(text: &str) -> Option<&str> {
    let mut quoted = false;
    let mut escaped = false;
    let end = text.find(|c| {
        let plain = !escaped;
        quoted ^= c == '"' && plain;
        escaped = c == '\\' && plain;
        c == ']' && !quoted
    })?;
    text.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: InstructionKind, printed: &str, expected: &str) {
        assert_eq!(readable(kind, printed), expected, "{printed}");
    }

    #[test]
    fn commands_get_commas() {
        use InstructionKind::{Cmd, Entrypoint};
        check(Cmd, r#"["echo" "hello"]"#, r#"["echo", "hello"]"#);
        check(Cmd, r#"["a\" b" "c\\" "d"]"#, r#"["a\" b", "c\\", "d"]"#);
        check(Cmd, r#"["a", "b"]"#, r#"["a", "b"]"#);
        check(
            Cmd,
            r#"["/bin/sh" "-c" "[ \"$x\" ]"]"#,
            r#"["/bin/sh", "-c", "[ \"$x\" ]"]"#,
        );
        check(
            Entrypoint,
            r#"&{["container-entrypoint"]}"#,
            r#"["container-entrypoint"]"#,
        );
        check(Cmd, "plain text", "plain text");
    }

    #[test]
    fn maps_and_slices_lose_their_brackets() {
        use InstructionKind::{Expose, Shell, User, Volume};
        check(Expose, "map[443/tcp:{} 80/tcp:{}]", "443/tcp 80/tcp");
        check(Expose, "[80/tcp]", "80/tcp");
        check(Expose, "8080/tcp", "8080/tcp");
        check(Volume, "[/data /logs]", "/data /logs");
        check(Volume, r#"["/data"]"#, r#"["/data"]"#);
        check(User, "[1001]", "1001");
        check(
            Shell,
            "[/bin/bash -o pipefail -c]",
            r#"["/bin/bash", "-o", "pipefail", "-c"]"#,
        );
    }

    #[test]
    fn healthchecks_show_their_command() {
        let check = |printed, expected| check(InstructionKind::Healthcheck, printed, expected);
        check(
            r#"&{["CMD-SHELL" "curl -f \"http://[::1]/\" || exit 1"] "30s" "3s" "0s" "0s" '\x03'}"#,
            r#"CMD curl -f "http://[::1]/" || exit 1"#,
        );
        check(
            r#"&{["CMD" "wget" "-q"] "0s" "0s" "0s" '\x00'}"#,
            r#"CMD ["wget", "-q"]"#,
        );
        check(r#"&{["NONE"] "0s" "0s" "0s" '\x00'}"#, "NONE");
        check("CMD true", "CMD true");
        check("&{[", "&{[");
    }
}

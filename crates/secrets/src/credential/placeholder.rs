//! Values that stand for a secret without being one.

/// Values, in lower case, that documentation and templates write.
const WORDS: &[&str] = &[
    "none",
    "null",
    "nil",
    "undefined",
    "todo",
    "tbd",
    "fixme",
    "empty",
    "secret",
    "password",
    "passwd",
    "pass",
    "pwd",
    "token",
    "test",
    "foo",
    "bar",
    "foobar",
    "foobarbaz",
    "user",
    "username",
    "redacted",
    "hidden",
    "masked",
    "removed",
    "dummy",
    "mypassword",
    "mysecret",
    "mytoken",
    "true",
    "false",
    "yes",
    "no",
    "prompt",
];

/// Fragments, in lower case, that no generated secret holds.
const FRAGMENTS: &[&str] = &[
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "example",
    "your-",
    "your_",
    "yourpass",
    "yourtoken",
    "<your",
    "replaceme",
    "replace-me",
    "replace_me",
    "insert-",
    "insert_",
    "redacted",
    "_here",
    "-here",
];

/// Marks of values that a template, a shell or a password manager fills in, or that are encrypted.
const TEMPLATES: &[(&str, &str)] = &[
    ("<", ">"),
    ("{", "}"),
    ("%", "%"),
    ("[", "]"),
    ("@", "@"),
    ("__", "__"),
    ("!vault", ""),
    ("!secret", ""),
    ("op://", ""),
    ("vault:", ""),
    ("ENC(", ")"),
    ("env:", ""),
    ("file:", ""),
    ("arn:aws:secretsmanager:", ""),
    ("secretref:", ""),
];

/// Whether `value` is empty, made of one character, a template or a word of documentation.
pub(crate) fn is(value: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(value) else {
        return false;
    };
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let only_one = |text: &str| text.bytes().all(|b| text.as_bytes().first() == Some(&b));
    only_one(&lower)
        || text.bytes().all(|b| b.is_ascii_punctuation())
        || is_template(text)
        || WORDS.contains(&lower.as_str())
        || FRAGMENTS.iter().any(|fragment| lower.contains(fragment))
}

fn is_template(text: &str) -> bool {
    let wraps = |&(open, close): &(&str, &str)| {
        text.len() > open.len() && text.starts_with(open) && text.ends_with(close)
    };
    let inside = ["${", "$(", "{{", "<%"]
        .iter()
        .any(|open| text.contains(open));
    // Some tools keep a token as a JSON object.
    let object = text.starts_with("{\"");
    inside || is_variable(text) || !object && TEMPLATES.iter().any(wraps)
}

/// `$NAME`: a dollar and a name in capitals, or in small letters throughout.
fn is_variable(text: &str) -> bool {
    let Some(name) = text.strip_prefix('$') else {
        return false;
    };
    let first = name
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_');
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let one_case = name.to_ascii_uppercase() == name || name.to_ascii_lowercase() == name;
    first && one_case && name.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is;

    #[test]
    fn documentation_is_a_placeholder() {
        for value in [
            "",
            " ",
            "xxxx",
            "********",
            "...",
            "changeme",
            "CHANGE_ME",
            "<token>",
            "${NPM_TOKEN}",
            "$NPM_TOKEN",
            "$token",
            "%TOKEN%",
            "{{ token }}",
            "$(cat token)",
            "your-token",
            "YOUR_TOKEN_HERE",
            "password",
            "null",
            "{COQLCE6DU6GtcS5P=}",
            "op://vault/item/field",
            "!vault |",
            "|",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "@NPM_TOKEN@",
            "__TOKEN__",
        ] {
            assert!(is(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn passwords_and_tokens_are_not() {
        for value in [
            "hunter2",
            "tr0ub4dor&3",
            "a$B{c}",
            "$2y$10$abc",
            "0f8e2d6c4b1a9375",
            "p<q>r",
            "$ecret!",
            "pa55word",
            "!Bang1",
            "{\"access_token\": \"ya29\"}",
        ] {
            assert!(!is(value.as_bytes()), "{value}");
        }
        assert!(!is(&[0xff, 0xfe, 0x41]));
    }
}

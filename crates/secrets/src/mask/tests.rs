use super::*;
use crate::{
    hits::MAX_HITS,
    tokens::tests::{ALNUM, chars},
};

fn token() -> String {
    format!("github_{}_{}_{}", "pat", chars(ALNUM, 22), chars(ALNUM, 59))
}

fn shown(token: &str) -> String {
    format!("{}********{}", &token[..4], &token[token.len() - 2..])
}

#[test]
fn tokens_are_masked_and_the_rest_stays() {
    let scanner = Scanner::new();
    let (one, two) = (token(), token());
    let text = format!("é git clone https://{one}@example.com/ && login {two} ü");
    let masked = scanner.mask(Context::Command, &text);
    assert!(!masked.contains(&one[8..20]), "{masked}");
    assert!(
        masked.ends_with(&format!(" && login {} ü", shown(&two))),
        "{masked}"
    );
    assert!(masked.starts_with("é git clone https://"), "{masked}");
}

#[test]
fn text_without_secrets_is_not_copied() {
    let scanner = Scanner::new();
    for text in ["", "short", "RUN apt-get update && apt-get install -y gcc"] {
        assert!(matches!(
            scanner.mask(Context::Command, text),
            Cow::Borrowed(_)
        ));
        assert!(matches!(scanner.mask_tokens(text), Cow::Borrowed(_)));
    }
}

#[test]
fn masking_again_changes_nothing() {
    let scanner = Scanner::new();
    let text = format!("a {} b {}", token(), token());
    let once = scanner.mask_tokens(&text).into_owned();
    assert_eq!(scanner.mask_tokens(&once), once);
}

#[test]
fn more_secrets_than_are_listed_are_all_masked() {
    let scanner = Scanner::new();
    let one = token();
    let text = format!("{one}\n").repeat(3 * MAX_HITS);
    assert!(!scanner.mask_tokens(&text).contains(&one[8..20]));
}

#[test]
fn the_rest_of_a_key_in_putty_form_goes_with_its_head() {
    let scanner = Scanner::new();
    let key = crate::samples::putty_key("none");
    let masked = scanner.mask(Context::Variable("KEY"), &key).into_owned();
    let secret = key.split("Private-Lines").nth(1).unwrap();
    let line = secret.lines().nth(1).unwrap();
    assert!(!masked.contains(line), "{masked}");
}

#[test]
fn a_text_that_is_not_looked_through_is_not_shown() {
    let text = format!("{} {}", "AKIA".repeat(400_000), token());
    assert_eq!(Scanner::new().mask(Context::Command, &text), MASK);
}

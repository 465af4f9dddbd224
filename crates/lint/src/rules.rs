//! The catalogue of rules.

mod absent_platform;
mod ambiguous_archive;
mod ambiguous_json;
mod ambiguous_tar;
mod assigned_secret;
mod compression_mismatch;
mod credential_file;
mod deleted_in_later_layer;
mod diff_id_mismatch;
mod digest_mismatch;
mod duplicate_entries;
mod encrypted_private_key;
mod engines_disagree;
mod history_mismatch;
mod invalid_reference;
mod latest_tag;
mod layer_order_mismatch;
mod malformed_document;
mod metadata_only_copy;
mod missing_blob;
mod missing_labels;
mod private_key;
mod root_user;
mod secret_token;
mod shared_host_key;
mod shell_history;
mod size_mismatch;
mod trailing_data;
mod unportable_compression;
mod unreadable_layer;
mod unreferenced_blob;
mod url_password;
mod wasted_space;

use imglint_secrets::{Family, Kind, Scanner};

use crate::rule::Rule;

pub(crate) use self::{
    absent_platform::AbsentPlatform, ambiguous_archive::AmbiguousArchive,
    ambiguous_json::AmbiguousJson, ambiguous_tar::AmbiguousTar, assigned_secret::AssignedSecret,
    credential_file::CredentialFile, diff_id_mismatch::DiffIdMismatch,
    digest_mismatch::DigestMismatch, duplicate_entries::DuplicateEntries,
    encrypted_private_key::EncryptedPrivateKey, engines_disagree::EnginesDisagree,
    invalid_reference::InvalidReference, malformed_document::MalformedDocument,
    missing_blob::MissingBlob, private_key::PrivateKey, secret_token::SecretToken,
    shared_host_key::SharedHostKey, size_mismatch::SizeMismatch, trailing_data::TrailingData,
    unportable_compression::UnportableCompression, unreadable_layer::UnreadableLayer,
    unreferenced_blob::UnreferencedBlob, url_password::UrlPassword,
};

/// Every rule, by its code.
pub const ALL: &[&dyn Rule] = &[
    &root_user::RootUser,
    &latest_tag::LatestTag,
    &history_mismatch::HistoryMismatch,
    &SecretToken,
    &UrlPassword,
    &AssignedSecret,
    &PrivateKey,
    &CredentialFile,
    &EncryptedPrivateKey,
    &SharedHostKey,
    &shell_history::ShellHistory,
    &wasted_space::WastedSpace,
    &deleted_in_later_layer::DeletedInLaterLayer,
    &metadata_only_copy::MetadataOnlyCopy,
    &missing_labels::MissingLabels,
    &DigestMismatch,
    &SizeMismatch,
    &DiffIdMismatch,
    &layer_order_mismatch::LayerOrderMismatch,
    &MissingBlob,
    &UnreferencedBlob,
    &compression_mismatch::CompressionMismatch,
    &UnportableCompression,
    &DuplicateEntries,
    &TrailingData,
    &AmbiguousArchive,
    &AmbiguousJson,
    &AmbiguousTar,
    &EnginesDisagree,
    &UnreadableLayer,
    &AbsentPlatform,
    &InvalidReference,
    &MalformedDocument,
];

/// The rule with this name or code, whatever the case of the code's letters.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Rule> {
    ALL.iter()
        .copied()
        .find(|rule| rule.id() == name || rule.code().eq_ignore_ascii_case(name))
}

/// The rule that tells of a kind of secret, and the kind, by the name of its detector.
#[must_use]
pub fn of_detector(name: &str) -> Option<(&'static dyn Rule, Kind)> {
    let kinds = Scanner::shared().kinds();
    let kind = kinds.into_iter().find(|kind| kind.id == name)?;
    Some((of_family(kind.family), kind))
}

/// The kinds of secrets that a rule tells of, by name; some encrypted and published keys are told by
/// other rules than the rest of their kind.
#[must_use]
pub fn kinds(rule: &dyn Rule) -> Vec<Kind> {
    let mut kinds = Scanner::shared().kinds();
    kinds.retain(|kind| of_family(kind.family).id() == rule.id());
    kinds
}

/// The rule that tells of a family of secrets.
pub(crate) fn of_family(family: Family) -> &'static dyn Rule {
    match family {
        Family::PrivateKey | Family::PublishedKey => &PrivateKey,
        Family::EncryptedPrivateKey => &EncryptedPrivateKey,
        Family::CredentialFile => &CredentialFile,
        Family::UrlPassword => &UrlPassword,
        Family::AssignedSecret => &AssignedSecret,
        _ => &SecretToken,
    }
}

/// The rule that was probably meant by a name that is none.
#[must_use]
pub fn suggest(name: &str) -> Option<&'static dyn Rule> {
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_lowercase().replace([' ', '_'], "-");
    let distance = |rule: &&'static dyn Rule| {
        edits(&name, rule.id()).min(edits(&name, &rule.code().to_ascii_lowercase()))
    };
    let mut alike = ALL
        .iter()
        .copied()
        .filter(|rule| !name.is_empty() && rule.id().contains(&name));
    if let (Some(rule), None) = (alike.next(), alike.next()) {
        return Some(rule);
    }
    let best = ALL.iter().copied().min_by_key(distance)?;
    (distance(&best) <= name.len() / 3).then_some(best)
}

/// Which of some names was probably meant by one that is none of them.
#[must_use]
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_lowercase().replace([' ', '_'], "-");
    let distances = names.into_iter().map(|known| (edits(&name, known), known));
    let (distance, known) = distances.min()?;
    (distance <= name.len() / 3).then_some(known)
}

/// Levenshtein distance: characters to insert, delete or replace.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, to) in row.iter_mut().skip(1).zip(b.chars()) {
            let replaced = diagonal + usize::from(from != to);
            diagonal = *cell;
            left = replaced.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    #[test]
    fn every_file_in_the_folder_is_one_rule_of_the_table() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let stem = |entry: fs::DirEntry| {
            entry
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .replace('_', "-")
        };
        let files: BTreeSet<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| stem(entry.unwrap()))
            .collect();
        let table: BTreeSet<_> = ALL.iter().map(|rule| rule.id().to_owned()).collect();
        assert_eq!(files, table);
        assert_eq!(table.len(), ALL.len());
    }

    #[test]
    fn codes_are_in_order_and_each_stands_once() {
        assert!(ALL.is_sorted_by(|a, b| a.code() < b.code()));
    }

    #[test]
    fn every_page_says_what_why_and_how() {
        for rule in ALL {
            let headings: Vec<_> = rule
                .page()
                .lines()
                .filter(|line| line.starts_with("## "))
                .collect();
            assert_eq!(
                headings,
                ["## What it checks", "## Why it matters", "## How to fix it"],
                "{}",
                rule.id()
            );
            assert!(
                rule.summary().ends_with(['.', ':']),
                "{}: {}",
                rule.id(),
                rule.summary()
            );
        }
    }

    #[test]
    fn rules_are_found_by_name_and_code() {
        assert_eq!(find("root-user").unwrap().code(), "IL101");
        assert_eq!(find("il101").unwrap().id(), "root-user");
        assert!(find("root").is_none());
    }

    #[test]
    fn every_kind_of_secret_is_told_by_a_rule_that_lists_it() {
        let (rule, kind) = of_detector("github-token").unwrap();
        assert_eq!((rule.id(), kind.what), ("secret-token", "GitHub token"));
        assert!(of_detector("root-user").is_none());
        let listed: usize = ALL.iter().map(|rule| kinds(*rule).len()).sum();
        assert_eq!(listed, Scanner::shared().kinds().len());
        assert!(kinds(ALL[0]).is_empty());
    }

    #[test]
    fn a_misspelt_name_finds_its_rule_and_nonsense_does_not() {
        for name in [
            "root-usr",
            "rootuser",
            "Root_User",
            "root",
            "root-users",
            "IL1O1",
        ] {
            assert_eq!(suggest(name).map(Rule::id), Some("root-user"), "{name}");
        }
        for name in ["", "frobnicate", &"x".repeat(10_000), &"é".repeat(70)] {
            assert!(suggest(name).is_none(), "{name}");
        }
    }

    #[test]
    fn edits_are_counted_as_levenshtein_did() {
        for (a, b, distance) in [
            ("kitten", "sitting", 3),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
        ] {
            assert_eq!(edits(a, b), distance, "{a} {b}");
        }
    }
}

//! Finds secrets in bytes: private keys and credential files, validated and never shown.
//!
//! Bytes come in chunks of any size and are never held beyond a bounded window. A marker or a file
//! name alone is no finding: key material must decode, and a credential file must hold a value that
//! is not a placeholder. This crate opens no files and asks no server whether a secret is still valid.
//!
//! # Example
//! ```
//! let scanner = imglint_secrets::Scanner::new();
//! let mut scan = scanner.file(b"root/.npmrc");
//! scan.feed(b"//registry.example.com/:_authTo");
//! scan.feed(b"ken=0f8e2d6c4b1a9375\n");
//! let hits = scan.finish();
//! assert_eq!(hits[0].line, Some(1));
//! assert!(!hits[0].excerpt.contains("0f8e2d6c4b1a9375"));
//! ```

mod anchors;
mod assign;
mod context;
mod credential;
mod decode;
mod detector;
mod hit;
mod hits;
mod key;
mod kind;
mod mask;
mod place;
#[cfg(test)]
mod samples;
mod scan;
mod scanner;
mod secret;
mod sweep;
mod tokens;
mod url;

pub use crate::{
    context::Context,
    decode::{Cut, Limits},
    hit::{Family, Hit, Proof, Weight},
    kind::Kind,
    mask::{KnownSecrets, masked},
    scan::FileScan,
    scanner::Scanner,
    secret::SecretFingerprint,
};

//! Opens archives of every writer, sound and broken, through the public interface.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail as tests do"
)]

mod changes;
mod documents;
mod forms;
mod hybrid;
mod malformed;
mod members;
mod properties;
mod v1;

use std::io::Read as _;

use imglint_archive::{Archive, OpenError, Options};
use imglint_format::{BlobReader, Image};
use miette::Diagnostic as _;

/// Opens bytes as if they came on standard input.
fn open(bytes: &[u8]) -> Archive {
    Archive::from_reader("app.tar", bytes, &Options::default())
        .unwrap_or_else(|e| panic!("{}", told(&e)))
}

/// The error for these bytes.
fn refused(bytes: &[u8]) -> OpenError {
    match Archive::from_reader("app.tar", bytes, &Options::default()) {
        Ok(archive) => panic!("opened: {archive:?}"),
        Err(error) => error,
    }
}

/// Message, causes and help, as a user sees them.
fn told(error: &OpenError) -> String {
    let mut lines = vec![error.to_string()];
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        lines.push(cause.to_string());
        source = cause.source();
    }
    let help = error.help().map(|help| help.to_string());
    assert!(error.code().is_some() && help.is_some(), "{lines:?}");
    lines.extend(help);
    lines.join("\n")
}

/// The bytes of each layer as they lie in the archive.
fn layers(archive: &Archive, image: &Image) -> Vec<Vec<u8>> {
    let read = |blob| {
        let mut bytes = Vec::new();
        BlobReader::new(archive, blob)
            .read_to_end(&mut bytes)
            .unwrap();
        bytes
    };
    image
        .layers
        .iter()
        .map(|layer| layer.blob.map(read).unwrap_or_default())
        .collect()
}

/// Everything odd about the archive and its images, a line each.
fn anomalies(archive: &Archive) -> Vec<String> {
    let images = archive.images().iter().flat_map(|image| &image.anomalies);
    let all = archive.anomalies().iter().chain(images);
    all.map(ToString::to_string).collect()
}

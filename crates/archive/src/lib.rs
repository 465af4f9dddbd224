//! Opens container image archives of any form, without an engine.
//!
//! Reads what `docker save` has written in thirteen years, OCI layouts and what other builders make of both,
//! from a file, a directory or a stream, and gives the images in it and their bytes at any offset.
//! It looks into no layer and unpacks nothing.
//!
//! # Example
//!
//! ```no_run
//! use std::path::Path;
//!
//! let archive = imglint_archive::Archive::open(Path::new("app.tar"), &Default::default())?;
//! for image in archive.images() {
//!     println!("{} has {} layers", image.names.join(", "), image.layers.len());
//! }
//! # Ok::<(), imglint_archive::OpenError>(())
//! ```

mod archive;
mod bounded;
mod contents;
mod directory;
mod docker;
mod error;
mod form;
mod gather;
mod image;
mod leftover;
mod manifest;
mod marks;
mod members;
mod name;
mod oci;
mod options;
mod outer;
mod reading;
mod select;
mod spool;
mod store;
mod stranger;
mod v1;

pub use crate::{
    archive::Archive,
    error::OpenError,
    form::Form,
    gather::{AbsentPlatform, Attestation},
    leftover::Unreferenced,
    options::Options,
    select::SelectError,
    stranger::Stranger,
};

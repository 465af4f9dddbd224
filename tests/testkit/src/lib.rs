//! Builds container images byte by byte, as an independent witness for tests.
//!
//! It uses none of imglint's own crates, so that a mistake of theirs is not
//! repeated here, and it builds broken things as gladly as good ones. Not for
//! programs: whatever cannot be built panics.
//!
//! # Example
//! ```
//! use imglint_testkit::{Image, Layer, archive};
//!
//! let image = Image::new("app:1.0")
//!     .layer(Layer::new().file("hi", "hello"), "RUN echo hello > /hi")
//!     .layer(Layer::new().whiteout("hi"), "RUN rm /hi");
//! let archive = archive::docker_save(&[image]);
//! assert!(archive::members(&archive).iter().any(|member| member.path == "manifest.json"));
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a witness that cannot build what a test asks for has nothing to say"
)]

pub mod archive;
mod compress;
mod digest;
mod fault;
mod image;
mod pax;
pub mod planted;
mod tar_file;

pub use crate::{
    compress::{Compress, compress},
    digest::sha256,
    image::Image,
    tar_file::{Layer, Meta, Outer, TarFile},
};
pub use tar::{EntryType, Header};

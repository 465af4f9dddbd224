//! Tar streams as container engines read them, with every anomaly reported.
//!
//! Every container engine reads layers with Go's `archive/tar`, and other readers see other
//! files in a crafted stream. This crate reads as Go does, tells where readers would differ,
//! and hands out every byte of the stream, also those that belong to no file. It pulls from a
//! buffered reader and writes nowhere; to unpack an archive, use another.
//!
//! # Example
//!
//! ```
//! use imglint_tar::{Event, Limits, Reader};
//!
//! let stream = [0; 1024]; // Two zero blocks: an archive without members.
//! let mut reader = Reader::new(&stream[..], Limits::default());
//! while let Some(event) = reader.next_event()? {
//!     if let Event::Entry(entry) = event {
//!         println!("{} bytes", entry.size);
//!     }
//! }
//! # Ok::<(), imglint_tar::TarError>(())
//! ```
//!
//! # Features
//!
//! `gzip`, `zstd`, `xz` and `bzip2` (all default): what [`Decoder`] can decode.
//! [`Compression::detect`] knows each kind without its feature.

mod anomaly;
mod compression;
mod entry;
mod error;
mod extensions;
mod header;
mod limits;
mod member;
mod name;
mod pax;
mod queue;
mod reader;
mod source;
mod sparse;

pub use crate::{
    anomaly::{Anomaly, AnomalyKind},
    compression::{Compression, CompressionAnomaly, CompressionError, Decoded, Decoder, Hidden},
    entry::{Entry, EntryKind, Format, Segment, Timestamp},
    error::{Inside, LimitKind, TarError},
    limits::Limits,
    name::Name,
    pax::{PaxRecord, PaxRecords},
    reader::{Event, Reader},
};

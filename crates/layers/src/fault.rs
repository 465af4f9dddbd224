//! What keeps a layer from being read whole.

use std::fmt;

use miette::Diagnostic;
use thiserror::Error;

/// Something that hid a part of a layer from the pass over it: the layer must not be called clean.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct ReadFault {
    /// At which stage reading failed.
    pub stage: FaultStage,
    /// What happened and where: a lowercase fragment.
    pub message: String,
    /// How many bytes of the stored blob had been read.
    pub blob_offset: Option<u64>,
    /// Where in the uncompressed tar.
    pub tar_offset: Option<u64>,
}

/// The stage of reading that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultStage {
    /// Reading the stored blob.
    Read,
    /// Decompressing it.
    Decompress,
    /// Making sense of the tar.
    Tar,
    /// A limit of the program was met before the end of the layer.
    Limit,
}

impl ReadFault {
    /// A limit that was met before the layer was read at all.
    #[must_use]
    pub fn limit(message: String) -> Self {
        Self {
            stage: FaultStage::Limit,
            message,
            blob_offset: None,
            tar_offset: None,
        }
    }

    pub(crate) fn tar(message: String, tar_offset: Option<u64>) -> Self {
        Self {
            stage: FaultStage::Tar,
            message,
            blob_offset: None,
            tar_offset,
        }
    }
}

impl Diagnostic for ReadFault {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(match self.stage {
            FaultStage::Read => "imglint::layers::unreadable",
            FaultStage::Decompress => "imglint::layers::damaged_compression",
            FaultStage::Tar => "imglint::layers::damaged_tar",
            FaultStage::Limit => "imglint::layers::limit",
        }))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(match self.stage {
            FaultStage::Read => "check the file and the disk it stands on",
            FaultStage::Decompress | FaultStage::Tar => {
                "save the image again; if that does not help, rebuild it with another builder"
            }
            FaultStage::Limit => {
                "no ordinary image is like this; raise the limit if you trust this one"
            }
        }))
    }
}

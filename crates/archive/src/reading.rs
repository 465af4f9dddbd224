//! Finding, reading and verifying the documents of an archive.

use std::{cell::Cell, io};

use imglint_format::{
    Algorithm, Anomaly, AnomalyKind, BlobId, BlobRole, BlobSource, Digest, DocumentError, Limits,
    Parsed,
};
use sha2::{Digest as _, Sha512};

use crate::{
    OpenError,
    members::{MAX_HOPS, Miss},
    name,
    store::Store,
};

/// Bytes of all documents of an archive together; each counts as often as it is named.
const MAX_DOCUMENTS: u64 = 256 << 20;

/// An archive whose documents are being read.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    /// For messages.
    pub(crate) archive: &'a str,
    pub(crate) store: &'a Store,
    pub(crate) limits: &'a Limits,
    /// Bytes of documents that may still be read.
    budget: Cell<u64>,
}

/// A document that was read.
#[derive(Debug)]
pub(crate) struct Document<T> {
    pub(crate) value: T,
    pub(crate) bytes: Vec<u8>,
}

/// What a descriptor or a name promises about a blob.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Promise<'a> {
    pub(crate) digest: Option<&'a Digest>,
    pub(crate) size: Option<i64>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(archive: &'a str, store: &'a Store, limits: &'a Limits) -> Self {
        let budget = Cell::new(MAX_DOCUMENTS);
        Self {
            archive,
            store,
            limits,
            budget,
        }
    }

    /// The bytes of a document, or nothing and an anomaly when there are more than `cap` or the budget is spent.
    pub(crate) fn bytes(
        &self,
        blob: BlobId,
        cap: u64,
        anomalies: &mut Vec<Anomaly>,
    ) -> Result<Option<Vec<u8>>, OpenError> {
        let cap = cap.min(self.budget.get());
        let read = self
            .store
            .read(blob, cap)
            .map_err(|source| self.io(source))?;
        let size = self.store.size(blob);
        if read.is_some() {
            self.budget.set(self.budget.get().saturating_sub(size));
        } else {
            let error = DocumentError::TooLarge { size, limit: cap };
            anomalies.push(self.unreadable(blob, error));
        }
        Ok(read)
    }

    pub(crate) fn same_bytes(&self, a: BlobId, b: BlobId) -> Result<bool, OpenError> {
        self.store
            .same_bytes(a, b)
            .map_err(|source| self.io(source))
    }

    /// An anomaly of the archive at the header of a member.
    pub(crate) fn anomaly_of(&self, blob: BlobId, kind: AnomalyKind) -> Anomaly {
        let offset = self
            .store
            .members
            .get(blob)
            .and_then(|member| member.offset);
        Anomaly {
            offset,
            ..Anomaly::new(self.archive, kind)
        }
    }

    fn io(&self, source: io::Error) -> OpenError {
        OpenError::Io {
            archive: self.archive.to_owned(),
            source,
        }
    }

    /// Reads and parses a document; one that cannot be understood gives nothing and an anomaly.
    pub(crate) fn load<T>(
        &self,
        blob: BlobId,
        cap: u64,
        parse: impl FnOnce(&[u8], &Limits) -> Result<Parsed<T>, DocumentError>,
        anomalies: &mut Vec<Anomaly>,
    ) -> Result<Option<Document<T>>, OpenError> {
        let Some(bytes) = self.bytes(blob, cap, anomalies)? else {
            return Ok(None);
        };
        match parse(&bytes, self.limits) {
            Ok(parsed) => {
                let (value, odd) = parsed.named(&self.store.describe(blob));
                anomalies.extend(odd);
                Ok(Some(Document { value, bytes }))
            }
            Err(error) => {
                anomalies.push(self.unreadable(blob, error));
                Ok(None)
            }
        }
    }

    pub(crate) fn unreadable(&self, blob: BlobId, error: DocumentError) -> Anomaly {
        Anomaly::new(self.store.describe(blob), AnomalyKind::Unreadable(error))
    }

    /// Compares a blob's bytes with what was promised about them.
    pub(crate) fn verify(
        &self,
        blob: BlobId,
        role: BlobRole,
        bytes: &[u8],
        promise: Promise<'_>,
    ) -> Vec<Anomaly> {
        let digest = promise
            .digest
            .filter(|digest| digest.verify(bytes) == Some(false));
        let digest = digest.map(|expected| AnomalyKind::DigestMismatch {
            blob: role,
            expected: expected.clone(),
            actual: actual(expected, bytes),
        });
        let length = bytes.len() as u64;
        let size = promise
            .size
            .filter(|&size| u64::try_from(size) != Ok(length));
        let size = size.map(|expected| AnomalyKind::SizeMismatch {
            blob: role,
            expected,
            actual: length,
        });
        let document = self.store.describe(blob);
        digest
            .into_iter()
            .chain(size)
            .map(|kind| Anomaly::new(document.clone(), kind))
            .collect()
    }

    /// The file that `document` calls `name`, or why there is none.
    pub(crate) fn locate(
        &self,
        document: &str,
        name: &[u8],
        missing: AnomalyKind,
        anomalies: &mut Vec<Anomaly>,
    ) -> Option<BlobId> {
        if name::clean(name).escapes {
            let detail = format!(
                "name \"{}\" leads out of the archive: docker refuses it; taken from the archive's root",
                name::show(name)
            );
            anomalies.push(container(document, None, "name-escapes", detail));
        }
        let member = || name::show(name);
        let kind = match self.store.members.find(name) {
            Ok(blob) => return Some(blob),
            Err(Miss::Absent | Miss::NotAFile) => missing,
            Err(Miss::Cycle) => AnomalyKind::LinkCycle { member: member() },
            Err(Miss::TooManyHops) => AnomalyKind::LinkTooLong {
                member: member(),
                limit: MAX_HOPS,
            },
            Err(Miss::Outside) => AnomalyKind::Container {
                code: "link-leaves-directory",
                detail: format!("link \"{}\" leaves the directory; not followed", member()),
                incomplete: true,
            },
        };
        anomalies.push(Anomaly::new(document, kind));
        None
    }
}

/// An anomaly of the container itself that loses nothing.
pub(crate) fn container(
    document: &str,
    offset: Option<u64>,
    code: &'static str,
    detail: String,
) -> Anomaly {
    let kind = AnomalyKind::Container {
        code,
        detail,
        incomplete: false,
    };
    Anomaly {
        offset,
        ..Anomaly::new(document, kind)
    }
}

/// The digest of `bytes` by the algorithm of `expected`, as far as that is known.
fn actual(expected: &Digest, bytes: &[u8]) -> Digest {
    match expected.algorithm() {
        Algorithm::Sha512 => Digest::sha512(Sha512::digest(bytes).into()),
        _ => Digest::of_bytes(bytes),
    }
}

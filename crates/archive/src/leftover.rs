//! Members that no document leads to, and members that stand twice.

use std::collections::BTreeSet;

use imglint_format::{AnomalyKind, BlobId, BlobSource, Limits, V1Layer};

use crate::{
    OpenError,
    bounded::Bounded,
    contents::entry,
    gather::Gathering,
    members::{Member, MemberKind, Place},
    name::{self, is_hex, show},
    reading::Reading,
};

/// Bytes of a file that may be the `json` of a v1 layer; Docker's are a few hundred.
const MAX_LEGACY: u64 = 1 << 20;

/// Bytes that ship although no document leads to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreferenced {
    /// The bytes.
    pub blob: BlobId,
    /// Whether a builder puts them there by design: what older readers of the form need.
    pub expected: bool,
}

/// Compares members that share a name, and says which are only copies of the one that counts.
pub(crate) fn duplicates(gathering: &mut Gathering<'_>) -> Result<BTreeSet<BlobId>, OpenError> {
    let reading = gathering.reading;
    let mut copies = BTreeSet::new();
    let mut odd = Bounded::default();
    for run in reading.store.members.duplicates() {
        let Some((&last, others)) = run.split_last() else {
            continue;
        };
        let member = reading.store.describe(last);
        for &other in others {
            if reading.same_bytes(other, last)? {
                copies.insert(other);
            } else if name::base(member.as_bytes()) != b"manifest.json" {
                let kind = AnomalyKind::DuplicateMember {
                    member: member.clone(),
                    first_entry: entry(other),
                    second_entry: entry(last),
                    same_bytes: false,
                };
                odd.push(reading.anomaly_of(other, kind));
            }
        }
    }
    let more = odd.finish(reading.archive, "members stand twice");
    gathering.anomalies.extend(more);
    Ok(copies)
}

/// What ships unread; blobs that nobody expects there are anomalies too.
pub(crate) fn unreferenced(
    gathering: &mut Gathering<'_>,
    copies: &BTreeSet<BlobId>,
) -> Result<Vec<Unreferenced>, OpenError> {
    let reading = gathering.reading;
    let mut found = Vec::new();
    let mut odd = Bounded::default();
    for (blob, member) in reading.store.members.files() {
        if gathering.used.contains(&blob) || copies.contains(&blob) {
            continue;
        }
        let name = reading.store.members.relative(&member.name);
        let name = name.unwrap_or(&member.name);
        let expected = is_metadata(name) || is_legacy_json(reading, blob, name)?;
        if !expected && !is_stray(member) {
            let kind = AnomalyKind::UnreferencedBlob {
                member: show(name),
                size: reading.store.size(blob),
            };
            odd.push(reading.anomaly_of(blob, kind));
        }
        found.push(Unreferenced { blob, expected });
    }
    let more = odd.finish(reading.archive, "members ship but no manifest names them");
    gathering.anomalies.extend(more);
    Ok(found)
}

/// Bytes outside any member were an anomaly when they were met.
fn is_stray(member: &Member) -> bool {
    matches!(member.kind, MemberKind::File(Place::Stray { .. }))
}

/// Files that a form has besides its documents and blobs.
fn is_metadata(name: &[u8]) -> bool {
    let legacy = matches!(name::base(name), b"json" | b"VERSION") && is_hex(name::parent(name), 64);
    legacy
        || name.starts_with(b"signature-")
        || matches!(name, b"oci-layout" | b"repositories" | b"version")
}

/// The v1 `json` that Docker from 25 on writes among the blobs for each layer.
fn is_legacy_json(reading: &Reading<'_>, blob: BlobId, name: &[u8]) -> Result<bool, OpenError> {
    if name::parent(name) != b"blobs/sha256" || reading.store.size(blob) > MAX_LEGACY {
        return Ok(false);
    }
    let Some(bytes) = reading.bytes(blob, MAX_LEGACY, &mut Vec::new())? else {
        return Ok(false);
    };
    let layer = V1Layer::parse(&bytes, &Limits::default());
    Ok(layer.is_ok_and(|layer| is_hex(layer.value.id.as_bytes(), 64)))
}

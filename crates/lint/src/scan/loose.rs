//! Blobs that are no layers: read as a tar where they look like one, else as they are.

use std::io::Read as _;

use imglint_format::{BlobId, BlobReader, BlobSource};
use imglint_layers::{FaultStage, LayerIndex, ReadFault, ReadOptions, read_layer};
use imglint_secrets::{Context, Scanner};

use crate::{
    facts::{LayerFacts, SecretPlace},
    sink::{FactsSink, Run, Secrets},
};

/// Bytes that tell what a blob is: as many as the header of a tar has.
const HEAD: usize = 512;

/// Bytes read at once.
const CHUNK: usize = 128 * 1024;

/// First bytes of compressed files (RFC 1952, RFC 8878, the formats of xz and bzip2).
const COMPRESSED: [&[u8]; 4] = [b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\0", b"BZh"];

/// Looks for secrets in a blob.
pub(super) fn read(
    source: &dyn BlobSource,
    blob: BlobId,
    options: &ReadOptions,
    scanner: &Scanner,
) -> LayerFacts {
    if !is_packed(source, blob) {
        return as_it_is(source, blob, scanner);
    }
    let mut sink = FactsSink::new(Some(scanner));
    let index = read_layer(BlobReader::new(source, blob), options, &mut sink);
    let packed = sink.finish(index);
    let is_limit = |fault: &ReadFault| fault.stage == FaultStage::Limit;
    if packed.index.faults.iter().all(is_limit) {
        return packed;
    }
    // Nobody promised a sound tar here: what cannot be unpacked is looked at as it is.
    let mut raw = as_it_is(source, blob, scanner);
    raw.secrets.extend(packed.secrets);
    raw.rejected = raw.rejected.saturating_add(packed.rejected);
    raw.more_secrets |= packed.more_secrets;
    raw.cuts.extend(packed.cuts);
    raw.more_cuts = raw.more_cuts.saturating_add(packed.more_cuts);
    let limits = packed.index.faults.iter().filter(|fault| is_limit(fault));
    raw.index.faults.extend(limits.cloned());
    raw.index.entries = packed.index.entries;
    raw
}

/// Whether the blob begins like a tar or a compressed file.
fn is_packed(source: &dyn BlobSource, blob: BlobId) -> bool {
    let mut head = Vec::with_capacity(HEAD);
    let reader = BlobReader::new(source, blob).take(HEAD as u64);
    let read = { reader }.read_to_end(&mut head);
    let is_tar = head.get(257..262) == Some(b"ustar");
    read.is_ok() && (is_tar || COMPRESSED.iter().any(|magic| head.starts_with(magic)))
}

fn as_it_is(source: &dyn BlobSource, blob: BlobId, scanner: &Scanner) -> LayerFacts {
    let mut run = Run::new(scanner);
    let mut secrets = Secrets::default();
    let mut index = LayerIndex::default();
    let mut chunk = vec![0; CHUNK];
    let mut offset = 0;
    loop {
        match source.read_at(blob, offset, &mut chunk) {
            Ok(0) => break,
            Ok(count) => {
                let bytes = chunk.get(..count).unwrap_or_default();
                secrets.add(run.feed(Context::Document, offset, bytes), None, place);
                offset = offset.saturating_add(count as u64);
            }
            Err(error) => {
                index.faults.push(ReadFault::limit(format!(
                    "cannot be read from byte {offset} on: {error}"
                )));
                break;
            }
        }
    }
    secrets.add(run.close(), None, place);
    index.blob_size = offset;
    LayerFacts::of(index, secrets)
}

fn place(offset: u64) -> SecretPlace {
    SecretPlace::Blob { offset }
}

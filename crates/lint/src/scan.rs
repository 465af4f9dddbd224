//! From bytes to facts: each distinct layer is read once, and all of them in parallel.

mod budget;
mod loose;
mod owners;

use std::{cmp::Reverse, collections::BTreeMap, io, num::NonZeroUsize, thread};

use imglint_format::{Algorithm, BlobId, BlobReader, BlobSource, Image};
use imglint_layers::{ReadOptions, read_layer};
use imglint_secrets::Scanner;

use self::budget::Budget;
use crate::{
    facts::{Facts, LayerFacts, LooseBlob, LooseRole},
    sink::FactsSink,
};

/// What of an archive to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope<'a> {
    /// Images whose layers are read.
    pub images: &'a [&'a Image],
    /// Documents that led to images; looked through as they stand, for what their reader drops.
    pub documents: &'a [BlobId],
    /// Attestations, signatures and the like.
    pub attestations: &'a [BlobId],
    /// Bytes that ship although no document leads to them.
    pub unreferenced: &'a [BlobId],
}

impl<'a> Scope<'a> {
    /// The layers of some images, and nothing else.
    #[must_use]
    pub fn of(images: &'a [&'a Image]) -> Self {
        Self {
            images,
            ..Self::default()
        }
    }

    fn loose(&self) -> impl Iterator<Item = (LooseRole, BlobId)> {
        let with = |role| move |blob: &BlobId| (role, *blob);
        let documents = self.documents.iter().map(with(LooseRole::Document));
        let attestations = self.attestations.iter().map(with(LooseRole::Attestation));
        let others = self.unreferenced.iter().map(with(LooseRole::Unreferenced));
        documents.chain(attestations).chain(others)
    }
}

/// How to read layers.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ScanOptions {
    /// Threads; as many as the machine offers unless set.
    pub jobs: NonZeroUsize,
    /// Whether to look for secrets.
    pub secrets: bool,
    /// How to read a layer, and how far.
    pub read: ReadOptions,
    /// Bytes that all compressed layers together may decode to; 64 GiB.
    pub decoded_bytes: u64,
    /// Bytes of memory that the indexes of all layers may take, roughly; 4 GiB.
    ///
    /// The layers that one image stacks may take as many, one that it lists twice counted twice.
    pub index_bytes: u64,
}

impl Default for ScanOptions {
    fn default() -> Self {
        let jobs = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            jobs,
            secrets: true,
            read: ReadOptions::default(),
            decoded_bytes: 64 << 30,
            index_bytes: 4 << 30,
        }
    }
}

/// Is told how far a scan has come, from any thread.
pub trait Progress: Send + Sync {
    /// The scan begins: stored bytes and number of distinct layers.
    fn begin(&self, bytes: u64, layers: usize);

    /// So many more stored bytes were read.
    fn advance(&self, bytes: u64);

    /// The scan is over.
    fn end(&self);
}

impl Progress for () {
    fn begin(&self, _: u64, _: usize) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
}

/// Reads every distinct layer and other blob once, the largest first.
///
/// Layers are read once more, if there are secrets, to see which files are as some package published
/// them.
///
/// Never fails: what could not be read is among the faults of the layer. The result does not depend
/// on the number of threads.
pub fn scan(
    source: &dyn BlobSource,
    scope: &Scope<'_>,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Facts {
    let scanner = options.secrets.then(Scanner::shared);
    let jobs = jobs(source, scope, options);
    progress.begin(
        jobs.iter().fold(0, |sum, job| sum.saturating_add(job.size)),
        jobs.len(),
    );
    let counted = Counted { source, progress };
    let budget = Budget::new(options, jobs.len());
    let work = || {
        while let Some((at, job)) = budget.next().and_then(|at| Some((at, jobs.get(at)?))) {
            budget.spend(at, read(&counted, job, scanner));
        }
    };
    thread::scope(|scope| {
        for _ in 1..options.jobs.get().min(jobs.len()) {
            scope.spawn(work);
        }
        work();
    });
    progress.end();
    let blobs = jobs.iter().map(|job| job.size);
    let read = jobs.iter().zip(budget.settle(blobs));
    let (mut layers, loose) = parted(source, read);
    owners::note(source, &mut layers, options);
    Facts::new(layers, loose, options.secrets, options.index_bytes)
}

/// One blob to read.
struct Job {
    blob: BlobId,
    size: u64,
    read: ReadOptions,
    /// What it is and its place among those that are no layers.
    loose: Option<(usize, LooseRole)>,
}

fn jobs(source: &dyn BlobSource, scope: &Scope<'_>, options: &ScanOptions) -> Vec<Job> {
    let mut sha512: BTreeMap<BlobId, bool> = BTreeMap::new();
    for layer in scope.images.iter().flat_map(|image| &image.layers) {
        let Some(blob) = layer.blob else { continue };
        let asked = layer
            .digest
            .as_ref()
            .is_some_and(|digest| digest.algorithm() == Algorithm::Sha512);
        *sha512.entry(blob).or_default() |= asked;
    }
    let mut loose: BTreeMap<BlobId, (usize, LooseRole)> = BTreeMap::new();
    let others = scope.loose().enumerate();
    for (at, (role, blob)) in others.filter(|_| options.secrets) {
        if !sha512.contains_key(&blob) {
            loose.entry(blob).or_insert((at, role));
        }
    }
    let layer = |(blob, asked)| {
        let mut read = options.read.clone();
        read.sha512 |= asked;
        Job {
            blob,
            size: source.size(blob),
            read,
            loose: None,
        }
    };
    let other = |(blob, loose)| Job {
        blob,
        size: source.size(blob),
        read: options.read.clone(),
        loose: Some(loose),
    };
    let layers = sha512.into_iter().map(layer);
    let mut jobs: Vec<_> = layers.chain(loose.into_iter().map(other)).collect();
    jobs.sort_by_key(|job| Reverse(job.size));
    jobs
}

fn read(source: &dyn BlobSource, job: &Job, scanner: Option<&Scanner>) -> LayerFacts {
    if let (Some(_), Some(scanner)) = (job.loose, scanner) {
        return loose::read(source, job.blob, &job.read, scanner);
    }
    let mut sink = FactsSink::new(scanner);
    let index = read_layer(BlobReader::new(source, job.blob), &job.read, &mut sink);
    sink.finish(index)
}

/// Layers by their blobs, and the others in the order in which they were given.
fn parted<'j>(
    source: &dyn BlobSource,
    read: impl Iterator<Item = (&'j Job, LayerFacts)>,
) -> (BTreeMap<BlobId, LayerFacts>, Vec<LooseBlob>) {
    let mut layers = BTreeMap::new();
    let mut loose = BTreeMap::new();
    for (job, facts) in read {
        match job.loose {
            None => {
                layers.insert(job.blob, facts);
            }
            Some((at, role)) => {
                let name = source.describe(job.blob);
                loose.insert(at, LooseBlob { role, name, facts });
            }
        }
    }
    (layers, loose.into_values().collect())
}

/// Tells the progress of each read.
struct Counted<'a> {
    source: &'a dyn BlobSource,
    progress: &'a dyn Progress,
}

impl BlobSource for Counted<'_> {
    fn size(&self, blob: BlobId) -> u64 {
        self.source.size(blob)
    }

    fn read_at(&self, blob: BlobId, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(blob, offset, buf)?;
        self.progress.advance(count as u64);
        Ok(count)
    }

    fn describe(&self, blob: BlobId) -> String {
        self.source.describe(blob)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

    use imglint_format::{Digest, LayerRef, MemoryBlobs};
    use imglint_testkit::{Compress, Layer, compress};

    use super::*;
    use crate::ImageView;

    #[derive(Default)]
    struct Tally {
        promised: AtomicU64,
        layers: AtomicUsize,
        read: AtomicU64,
        ended: AtomicUsize,
    }

    impl Progress for Tally {
        fn begin(&self, bytes: u64, layers: usize) {
            self.promised.store(bytes, Ordering::Relaxed);
            self.layers.store(layers, Ordering::Relaxed);
        }

        fn advance(&self, bytes: u64) {
            self.read.fetch_add(bytes, Ordering::Relaxed);
        }

        fn end(&self) {
            self.ended.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// An image of layers with one file each, the last layer listed twice.
    fn image(count: usize) -> (MemoryBlobs, Image) {
        let mut source = MemoryBlobs::new();
        let layers = (0..count).map(|n| LayerRef {
            blob: source.add(
                format!("{n}"),
                Layer::new().file("a", vec![b'a'; n]).bytes(),
            ),
            ..LayerRef::default()
        });
        let mut layers: Vec<_> = layers.collect();
        layers.push(layers[count - 1].clone());
        (
            source,
            Image {
                layers,
                ..Image::default()
            },
        )
    }

    fn options(jobs: usize) -> ScanOptions {
        ScanOptions {
            jobs: NonZeroUsize::new(jobs).unwrap(),
            ..ScanOptions::default()
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_facts() {
        let (source, image) = image(20);
        let one = format!(
            "{:?}",
            scan(&source, &Scope::of(&[&image]), &options(1), &())
        );
        for jobs in [2, 7, 100] {
            assert_eq!(
                format!(
                    "{:?}",
                    scan(&source, &Scope::of(&[&image]), &options(jobs), &())
                ),
                one
            );
        }
    }

    #[test]
    fn each_blob_is_read_once_however_often_it_is_listed() {
        let (source, image) = image(3);
        let tally = Tally::default();
        scan(&source, &Scope::of(&[&image, &image]), &options(2), &tally);
        let bytes: u64 = (0..3).map(|n| source.size(BlobId::new(n))).sum();
        assert_eq!(tally.layers.into_inner(), 3);
        assert_eq!(
            (tally.promised.into_inner(), tally.read.into_inner()),
            (bytes, bytes)
        );
        assert_eq!(tally.ended.into_inner(), 1);
    }

    /// A `.tar.gz` of so many zeros, and an image of it and of others as large.
    fn bombs(count: usize, zeros: usize) -> (MemoryBlobs, Image) {
        let mut source = MemoryBlobs::new();
        let layers = (0..count).map(|n| {
            let tar = Layer::new().file(format!("{n}"), vec![0; zeros]).bytes();
            LayerRef {
                blob: source.add(format!("{n}"), compress(&tar, Compress::Gzip)),
                ..LayerRef::default()
            }
        });
        let layers = layers.collect();
        (
            source,
            Image {
                layers,
                ..Image::default()
            },
        )
    }

    #[test]
    fn what_layers_decode_to_is_bounded_for_all_together() {
        let (source, image) = bombs(9, 1 << 20);
        for jobs in [1, 2, 9] {
            let mut options = options(jobs);
            options.decoded_bytes = 5 << 20;
            let facts = scan(&source, &Scope::of(&[&image]), &options, &());
            let view = ImageView::new(&image, &facts);
            let whole = (0..9).filter(|&n| facts.get(BlobId::new(n)).unwrap().index.is_complete());
            assert_eq!(whole.count(), 4, "with headers, the fifth is too much");
            let reasons = view.incomplete_reasons();
            assert_eq!(reasons.len(), 5);
            assert!(reasons[0].contains("decode to more than 5242880 bytes"));
        }
    }

    #[test]
    fn the_entries_of_all_layers_together_are_bounded() {
        let (source, image) = image(9);
        for jobs in [1, 2, 9] {
            let mut options = options(jobs);
            options.index_bytes = 1;
            let facts = scan(&source, &Scope::of(&[&image]), &options, &());
            assert!((0..9).all(|n| !facts.get(BlobId::new(n)).unwrap().index.is_complete()));
        }
    }

    #[test]
    fn a_layer_listed_without_end_is_not_stacked_without_end() {
        let (source, mut image) = image(1);
        image.layers = vec![image.layers[0].clone(); 1000];
        let facts = scan(&source, &Scope::of(&[&image]), &options(1), &());
        let memory = facts.get(BlobId::new(0)).unwrap().index.memory;
        let mut options = options(1);
        options.index_bytes = memory * 10;
        let facts = scan(&source, &Scope::of(&[&image]), &options, &());
        let view = ImageView::new(&image, &facts);
        assert_eq!(
            view.layers().iter().filter(|layer| layer.stacked).count(),
            10
        );
        let reasons = view.incomplete_reasons();
        assert_eq!(reasons.len(), 1);
        assert!(reasons[0].starts_with("layer 10 "));
    }

    #[test]
    fn nothing_to_read_is_no_error() {
        let (source, _) = image(1);
        let missing = Image {
            layers: vec![LayerRef::default()],
            ..Image::default()
        };
        assert!(
            scan(&source, &Scope::of(&[&missing]), &options(4), &())
                .get(BlobId::new(0))
                .is_none()
        );
    }

    #[test]
    fn sha512_is_made_when_a_descriptor_asks_for_it() {
        let (source, mut image) = image(1);
        let facts = scan(&source, &Scope::of(&[&image]), &options(1), &());
        assert_eq!(facts.get(BlobId::new(0)).unwrap().index.blob_sha512, None);
        image.layers[0].digest = Some(Digest::sha512([0; 64]));
        let facts = scan(&source, &Scope::of(&[&image]), &options(1), &());
        assert!(
            facts
                .get(BlobId::new(0))
                .unwrap()
                .index
                .blob_sha512
                .is_some()
        );
    }
}

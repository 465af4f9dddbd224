//! Images that indexes and manifests name by digest: OCI layouts and `dir:` folders.

use std::collections::{BTreeMap, HashMap};

use imglint_format::{
    Anomaly, AnomalyKind, BlobId, BlobRole, BlobSource, Descriptor, Digest, Index, MediaKind,
    MediaType,
};

use crate::{
    OpenError,
    gather::{AbsentPlatform, Attestation, Gathering},
    reading::{Document, Promise},
};

/// Indexes within indexes that are followed.
const MAX_DEPTH: usize = 8;

/// Descriptors that are followed in one archive; an image has a dozen platforms.
const MAX_DESCRIPTORS: usize = 200_000;

/// How blobs are named by their digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// `blobs/<algorithm>/<hex>`.
    Layout,
    /// `<hex>`, and `<hex>.manifest.json`, of skopeo's `dir:`.
    Dir,
}

/// A way through the indexes of an archive.
#[derive(Debug)]
pub(crate) struct Walk {
    naming: Naming,
    /// The images that each digest led to; a digest is followed once.
    done: HashMap<Digest, Vec<usize>>,
    steps: usize,
    overfull: bool,
}

/// Where a descriptor stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot<'a> {
    pub(crate) document: &'a str,
    /// 0 in the top document.
    pub(crate) depth: usize,
    pub(crate) descriptor: &'a Descriptor,
}

impl Walk {
    pub(crate) fn new(naming: Naming) -> Self {
        Self {
            naming,
            done: HashMap::new(),
            steps: 0,
            overfull: false,
        }
    }

    /// The usual name of a blob.
    pub(crate) fn name(&self, digest: &Digest) -> String {
        self.names(digest).into_iter().next().unwrap_or_default()
    }

    /// Names under which a blob may stand, the usual one first.
    fn names(&self, digest: &Digest) -> Vec<String> {
        let (algorithm, hex) = (digest.algorithm_name(), digest.hex());
        match self.naming {
            Naming::Layout => vec![format!("blobs/{algorithm}/{hex}")],
            Naming::Dir if algorithm == "sha256" => {
                vec![
                    hex.to_owned(),
                    format!("{hex}.manifest.json"),
                    format!("{hex}.tar"),
                ]
            }
            Naming::Dir => vec![
                format!("{algorithm}-{hex}"),
                format!("{algorithm}-{hex}.manifest.json"),
            ],
        }
    }
}

impl Gathering<'_> {
    /// Reads an `index.json`; the numbers of its images, with the names it gives them.
    pub(crate) fn oci(
        &mut self,
        walk: &mut Walk,
        blob: BlobId,
    ) -> Result<Vec<(usize, Vec<String>)>, OpenError> {
        let (reading, cap) = (self.reading, self.limits().index);
        let index = reading.load(blob, cap, Index::parse, &mut self.anomalies)?;
        let Some(Document { value: index, .. }) = index else {
            return Ok(Vec::new());
        };
        let document = reading.store.describe(blob);
        let mut listed = Vec::new();
        for descriptor in &index.manifests {
            let names = names(&descriptor.annotations);
            let spot = Spot {
                document: &document,
                depth: 0,
                descriptor,
            };
            for number in self.follow(walk, spot)? {
                self.name(number, &names);
                listed.push((number, names.clone()));
            }
        }
        Ok(listed)
    }

    /// Reads the `manifest.json` of a `dir:` folder, which is a manifest or an index.
    pub(crate) fn dir(&mut self, blob: BlobId) -> Result<(), OpenError> {
        let mut walk = Walk::new(Naming::Dir);
        let document = self.reading.store.describe(blob);
        let descriptor = Descriptor::default();
        let spot = Spot {
            document: &document,
            depth: 0,
            descriptor: &descriptor,
        };
        self.read(&mut walk, spot, blob).map(drop)
    }

    /// Follows a descriptor of an index to its images.
    fn follow(&mut self, walk: &mut Walk, spot: Spot<'_>) -> Result<Vec<usize>, OpenError> {
        walk.steps = walk.steps.saturating_add(1);
        if walk.steps > MAX_DESCRIPTORS {
            self.too_many(walk, spot.document);
            return Ok(Vec::new());
        }
        let Some(digest) = spot.descriptor.digest.clone() else {
            let kind = AnomalyKind::MissingBlob {
                blob: BlobRole::Manifest,
                name: None,
            };
            self.anomalies.push(Anomaly::new(spot.document, kind));
            return Ok(Vec::new());
        };
        if let Some(known) = walk.done.get(&digest) {
            walk.steps = walk.steps.saturating_add(known.len());
            return Ok(known.clone());
        }
        // Ends circles, which only blobs with wrong digests can form.
        walk.done.insert(digest.clone(), Vec::new());
        let images = if let Some(blob) = self.find_blob(walk, &digest) {
            self.read(walk, spot, blob)?
        } else {
            self.missing_manifest(walk, spot, &digest);
            Vec::new()
        };
        walk.done.insert(digest, images.clone());
        Ok(images)
    }

    fn too_many(&mut self, walk: &mut Walk, document: &str) {
        if !std::mem::replace(&mut walk.overfull, true) {
            let kind = AnomalyKind::Container {
                code: "too-many-descriptors",
                detail: format!(
                    "more than {MAX_DESCRIPTORS} descriptors to follow; the rest was not read"
                ),
                incomplete: true,
            };
            self.anomalies.push(Anomaly::new(document, kind));
        }
    }

    /// Nested manifests may be absent: containerd leaves out the platforms that it lacks.
    fn missing_manifest(&mut self, walk: &Walk, spot: Spot<'_>, digest: &Digest) {
        if is_attestation(spot.descriptor) {
            return;
        }
        if spot.depth > 0 {
            return self.note_absent(spot, digest);
        }
        let missing = AnomalyKind::MissingBlob {
            blob: BlobRole::Manifest,
            name: Some(digest.to_string()),
        };
        let name = walk.name(digest);
        self.reading
            .locate(spot.document, name.as_bytes(), missing, &mut self.anomalies);
    }

    pub(crate) fn note_absent(&mut self, spot: Spot<'_>, digest: &Digest) {
        let platform = spot.descriptor.platform.clone();
        let digest = digest.clone();
        self.absent.push(AbsentPlatform {
            platform: platform.clone(),
            digest: digest.clone(),
        });
        let kind = AnomalyKind::AbsentPlatform { platform, digest };
        self.anomalies.push(Anomaly::new(spot.document, kind));
    }

    pub(crate) fn find_blob(&self, walk: &Walk, digest: &Digest) -> Option<BlobId> {
        let members = &self.reading.store.members;
        walk.names(digest)
            .iter()
            .find_map(|name| members.find(name.as_bytes()).ok())
    }

    /// The blob of a digest, or an anomaly that says why there is none.
    pub(crate) fn locate_blob(
        &mut self,
        walk: &Walk,
        document: &str,
        digest: &Digest,
        missing: AnomalyKind,
        anomalies: &mut Vec<Anomaly>,
    ) -> Option<BlobId> {
        let found = self.find_blob(walk, digest).or_else(|| {
            let name = walk.name(digest);
            self.reading
                .locate(document, name.as_bytes(), missing, anomalies)
        });
        self.used.extend(found);
        found
    }

    /// Reads a manifest or index, whichever it is by its own fields: a lie about its type hides nothing.
    fn read(
        &mut self,
        walk: &mut Walk,
        spot: Spot<'_>,
        blob: BlobId,
    ) -> Result<Vec<usize>, OpenError> {
        self.used.insert(blob);
        let stated = spot.descriptor.media_type.as_ref();
        let stated = stated
            .map(MediaType::kind)
            .filter(|kind| is_document(*kind));
        let found = self.kind(spot, blob)?;
        if let Some((stated, found)) = stated.zip(found).filter(|(stated, found)| stated != found) {
            let why = format!("its descriptor calls it {stated:?} but it reads as {found:?}");
            let document = self.reading.store.describe(blob);
            let kind = AnomalyKind::AmbiguousManifest { why };
            self.anomalies.push(Anomaly::new(document, kind));
        }
        match found.or(stated) {
            Some(MediaKind::Index) => self.index(walk, spot, blob),
            Some(MediaKind::Schema1) => self.schema1(walk, blob),
            Some(_) => self.manifest(walk, spot, blob),
            None => {
                // Media types that are unknown in an index must not be an error (image-spec, `image-index.md`).
                self.attestations.push(Attestation {
                    subject: None,
                    blobs: vec![blob],
                });
                Ok(Vec::new())
            }
        }
    }

    /// What a blob is by its fields, when it has any that tell.
    fn kind(&mut self, spot: Spot<'_>, blob: BlobId) -> Result<Option<MediaKind>, OpenError> {
        let (reading, cap) = (self.reading, self.limits().index);
        let mut odd = Vec::new();
        let Some(document) = reading.load(blob, cap, Index::parse, &mut odd)? else {
            if spot.descriptor.media_type.is_none() {
                self.anomalies.append(&mut odd);
            }
            return Ok(None);
        };
        // What is odd about a document is told when it is read as what it is.
        let index = document.value;
        let own = index.media_type.map(|media_type| media_type.kind());
        Ok(if index.config.is_some() || !index.layers.is_empty() {
            Some(MediaKind::Manifest)
        } else if !index.manifests.is_empty() {
            Some(MediaKind::Index)
        } else if index.schema_version == Some(1) {
            Some(MediaKind::Schema1)
        } else {
            own.filter(|kind| is_document(*kind))
        })
    }

    fn index(
        &mut self,
        walk: &mut Walk,
        spot: Spot<'_>,
        blob: BlobId,
    ) -> Result<Vec<usize>, OpenError> {
        let (reading, cap) = (self.reading, self.limits().index);
        let Some(index) = reading.load(blob, cap, Index::parse, &mut self.anomalies)? else {
            return Ok(Vec::new());
        };
        let promise = promise(spot.descriptor);
        let bad = reading.verify(blob, BlobRole::Index, &index.bytes, promise);
        self.anomalies.extend(bad);
        let document = reading.store.describe(blob);
        self.children(walk, spot.depth, &document, &index.value.manifests)
    }

    /// Follows what an index at this depth lists.
    pub(crate) fn children(
        &mut self,
        walk: &mut Walk,
        depth: usize,
        document: &str,
        descriptors: &[Descriptor],
    ) -> Result<Vec<usize>, OpenError> {
        let depth = depth.saturating_add(1);
        if depth > MAX_DEPTH {
            let kind = AnomalyKind::NestedIndexTooDeep { limit: MAX_DEPTH };
            self.anomalies.push(Anomaly::new(document, kind));
            return Ok(Vec::new());
        }
        let mut images = Vec::new();
        for descriptor in descriptors {
            let found = self.follow(
                walk,
                Spot {
                    document,
                    depth,
                    descriptor,
                },
            )?;
            images.extend(found);
        }
        Ok(images)
    }
}

/// Names of the images that a descriptor of `index.json` leads to: containerd's, or else the spec's.
fn names(annotations: &BTreeMap<String, String>) -> Vec<String> {
    let keys = [
        "io.containerd.image.name",
        "org.opencontainers.image.ref.name",
    ];
    let name = keys
        .iter()
        .find_map(|&key| annotations.get(key).filter(|name| !name.is_empty()));
    name.into_iter().cloned().collect()
}

fn is_document(kind: MediaKind) -> bool {
    matches!(
        kind,
        MediaKind::Index | MediaKind::Manifest | MediaKind::Schema1
    )
}

/// As `BuildKit` marks attestations (`docs/attestations/attestation-storage.md`).
fn is_attestation(descriptor: &Descriptor) -> bool {
    let marked = descriptor.annotations.get("vnd.docker.reference.type");
    let typed = descriptor.artifact_type.as_ref();
    marked.is_some_and(|kind| kind == "attestation-manifest")
        || typed.is_some_and(|kind| {
            kind.as_str() == "application/vnd.docker.attestation.manifest.v1+json"
        })
}

/// What a descriptor says about the bytes it points at.
pub(crate) fn promise(descriptor: &Descriptor) -> Promise<'_> {
    Promise {
        digest: descriptor.digest.as_ref(),
        size: descriptor.size,
    }
}

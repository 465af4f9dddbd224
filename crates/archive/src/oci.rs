//! Images that indexes and manifests name by digest: OCI layouts and `dir:` folders.

use std::collections::{BTreeMap, HashMap};

use imglint_format::{
    Anomaly, AnomalyKind, BlobId, BlobRole, BlobSource, Descriptor, Digest, Index, MediaKind,
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
                digest: None,
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
        let images = match self.find_blob(walk, &digest) {
            Some(blob) if is_attestation(spot.descriptor) => {
                self.attestation(walk, spot, blob)?;
                Vec::new()
            }
            Some(blob) => self.read(walk, spot, blob)?,
            None => {
                self.missing_manifest(walk, spot, &digest);
                Vec::new()
            }
        };
        walk.done.insert(digest, images.clone());
        Ok(images)
    }

    fn too_many(&mut self, walk: &Walk, document: &str) {
        if walk.steps == MAX_DESCRIPTORS.saturating_add(1) {
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
            digest: Some(digest.clone()),
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

    /// Reads a manifest or index, whichever its media type or else its fields say it is.
    fn read(
        &mut self,
        walk: &mut Walk,
        spot: Spot<'_>,
        blob: BlobId,
    ) -> Result<Vec<usize>, OpenError> {
        self.used.insert(blob);
        match self.kind(spot, blob)? {
            Some(MediaKind::Index) => self.index(walk, spot, blob),
            Some(MediaKind::Manifest) => self.manifest(walk, spot, blob),
            Some(MediaKind::Schema1) => self.schema1(walk, blob),
            Some(_) => {
                // Media types that are unknown in an index must not be an error (image-spec, `image-index.md`).
                self.attestations.push(Attestation {
                    subject: None,
                    blobs: vec![blob],
                });
                Ok(Vec::new())
            }
            None => Ok(Vec::new()),
        }
    }

    /// What a blob is: as its descriptor says, or by its own fields when that says nothing.
    fn kind(&mut self, spot: Spot<'_>, blob: BlobId) -> Result<Option<MediaKind>, OpenError> {
        if let Some(stated) = &spot.descriptor.media_type
            && !stated.as_str().is_empty()
        {
            return Ok(Some(stated.kind()));
        }
        let (reading, cap) = (self.reading, self.limits().index);
        let mut ignored = Vec::new();
        let index = reading.load(blob, cap, Index::parse, &mut ignored)?;
        let Some(Document { value: index, .. }) = index else {
            self.anomalies.append(&mut ignored);
            return Ok(None);
        };
        let is_index = !index.manifests.is_empty()
            || index
                .media_type
                .is_some_and(|it| it.kind() == MediaKind::Index);
        Ok(Some(match index.schema_version {
            Some(1) => MediaKind::Schema1,
            _ if is_index => MediaKind::Index,
            _ => MediaKind::Manifest,
        }))
    }

    fn index(
        &mut self,
        walk: &mut Walk,
        spot: Spot<'_>,
        blob: BlobId,
    ) -> Result<Vec<usize>, OpenError> {
        let (reading, cap) = (self.reading, self.limits().index);
        let mut odd = Vec::new();
        let index = reading.load(blob, cap, Index::parse, &mut odd)?;
        if let Some(Document { value, .. }) = &index
            && (value.config.is_some() || !value.layers.is_empty())
        {
            // Both at once (CVE-2021-41190): some reader takes it for a manifest.
            return self.manifest(walk, spot, blob);
        }
        self.anomalies.append(&mut odd);
        let Some(index) = index else {
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

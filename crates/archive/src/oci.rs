//! Images that indexes and manifests name by digest: OCI layouts and `dir:` folders.

use std::collections::{BTreeMap, HashMap};

use imglint_format::{
    Anomaly, AnomalyKind, BlobId, BlobRole, BlobSource, Descriptor, Digest, Image, Index, LayerRef,
    Manifest, MediaKind, Schema1,
};

use crate::{
    OpenError,
    gather::{AbsentPlatform, Attestation, Gathering},
    image,
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
struct Spot<'a> {
    document: &'a str,
    depth: usize,
    descriptor: &'a Descriptor,
}

impl Walk {
    pub(crate) fn new(naming: Naming) -> Self {
        Self {
            naming,
            done: HashMap::new(),
            steps: 0,
        }
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
    pub(crate) fn oci(&mut self, blob: BlobId) -> Result<Vec<(usize, Vec<String>)>, OpenError> {
        self.used.insert(blob);
        let (reading, cap) = (self.reading, self.limits().index);
        let index = reading.load(blob, cap, Index::parse, &mut self.anomalies)?;
        let Some(Document { value: index, .. }) = index else {
            return Ok(Vec::new());
        };
        let document = reading.store.describe(blob);
        let mut walk = Walk::new(Naming::Layout);
        let mut listed = Vec::new();
        for descriptor in &index.manifests {
            let names = names(&descriptor.annotations);
            let spot = Spot {
                document: &document,
                depth: 0,
                descriptor,
            };
            for number in self.follow(&mut walk, spot)? {
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
        let images = match self.find_manifest(walk, spot, &digest) {
            Some(blob) if is_attestation(spot.descriptor) => {
                self.attestation(walk, spot, blob)?;
                Vec::new()
            }
            Some(blob) => self.read(walk, spot, blob)?,
            None => Vec::new(),
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

    /// The blob of a manifest or index. Nested ones may be absent: containerd leaves out the platforms that it lacks.
    fn find_manifest(&mut self, walk: &Walk, spot: Spot<'_>, digest: &Digest) -> Option<BlobId> {
        let found = self.find_blob(walk, digest);
        let attests = is_attestation(spot.descriptor);
        if found.is_none() && spot.depth > 0 && !attests {
            self.note_absent(spot.document, spot.descriptor.platform.clone(), digest);
        } else if found.is_none() && !attests {
            let missing = AnomalyKind::MissingBlob {
                blob: BlobRole::Manifest,
                digest: Some(digest.clone()),
            };
            return self.locate_blob(walk, spot.document, digest, missing, None);
        }
        found
    }

    fn note_absent(
        &mut self,
        document: &str,
        platform: Option<imglint_format::Platform>,
        digest: &Digest,
    ) {
        let absent = AbsentPlatform {
            platform: platform.clone(),
            digest: digest.clone(),
        };
        if !self.absent.contains(&absent) {
            self.absent.push(absent);
            let kind = AnomalyKind::AbsentPlatform {
                platform,
                digest: digest.clone(),
            };
            self.anomalies.push(Anomaly::new(document, kind));
        }
    }

    fn find_blob(&self, walk: &Walk, digest: &Digest) -> Option<BlobId> {
        let members = &self.reading.store.members;
        walk.names(digest)
            .iter()
            .find_map(|name| members.find(name.as_bytes()).ok())
    }

    /// The blob of a digest, or an anomaly for `anomalies` (the archive's own when `None`).
    fn locate_blob(
        &mut self,
        walk: &Walk,
        document: &str,
        digest: &Digest,
        missing: AnomalyKind,
        anomalies: Option<&mut Vec<Anomaly>>,
    ) -> Option<BlobId> {
        if let Some(blob) = self.find_blob(walk, digest) {
            self.used.insert(blob);
            return Some(blob);
        }
        let name = walk.names(digest).into_iter().next().unwrap_or_default();
        let anomalies = anomalies.unwrap_or(&mut self.anomalies);
        self.reading
            .locate(document, name.as_bytes(), missing, anomalies)
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
        let Some(index) = reading.load(blob, cap, Index::parse, &mut self.anomalies)? else {
            return Ok(Vec::new());
        };
        let bad = reading.verify(
            blob,
            BlobRole::Index,
            &index.bytes,
            promise(spot.descriptor),
        );
        self.anomalies.extend(bad);
        let document = reading.store.describe(blob);
        let mut images = self.children(walk, spot.depth, &document, &index.value.manifests)?;
        if index.value.config.is_some() || !index.value.layers.is_empty() {
            // Both at once (CVE-2021-41190): some reader takes it for a manifest.
            images.extend(self.manifest_image(walk, spot, blob)?);
        }
        Ok(images)
    }

    fn children(
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

    fn manifest(
        &mut self,
        walk: &mut Walk,
        spot: Spot<'_>,
        blob: BlobId,
    ) -> Result<Vec<usize>, OpenError> {
        let mut images: Vec<usize> = self.manifest_image(walk, spot, blob)?.into_iter().collect();
        let (reading, cap) = (self.reading, self.limits().manifest);
        if let Some(Document { value, .. }) =
            reading.load(blob, cap, Manifest::parse, &mut Vec::new())?
        {
            let document = reading.store.describe(blob);
            images.extend(self.children(walk, spot.depth, &document, &value.manifests)?);
        }
        Ok(images)
    }

    /// The image that a manifest describes; `None` when it is absent or not an image.
    fn manifest_image(
        &mut self,
        walk: &Walk,
        spot: Spot<'_>,
        blob: BlobId,
    ) -> Result<Option<usize>, OpenError> {
        let (reading, cap) = (self.reading, self.limits().manifest);
        let Some(document) = reading.load(blob, cap, Manifest::parse, &mut self.anomalies)? else {
            return Ok(None);
        };
        let manifest = &document.value;
        let bad = reading.verify(
            blob,
            BlobRole::Manifest,
            &document.bytes,
            promise(spot.descriptor),
        );
        self.anomalies.extend(bad);
        if !is_image(manifest) {
            self.artifact(walk, blob, manifest);
            return Ok(None);
        }
        let digest = Digest::of_bytes(&document.bytes);
        if spot.depth > 0 && self.has_nothing_of(walk, manifest) {
            self.note_absent(spot.document, spot.descriptor.platform.clone(), &digest);
            return Ok(None);
        }
        let mut image = Image {
            platform: spot.descriptor.platform.clone(),
            manifest_digest: Some(digest),
            index_annotations: pairs(&spot.descriptor.annotations),
            manifest_annotations: pairs(&manifest.annotations),
            ..Image::default()
        };
        let name = reading.store.describe(blob);
        self.config(walk, &name, manifest, &mut image)?;
        self.layers(walk, &name, manifest, &mut image);
        Ok(Some(self.add(image)))
    }

    fn has_nothing_of(&self, walk: &Walk, manifest: &Manifest) -> bool {
        let blobs = manifest.config.iter().chain(&manifest.layers);
        let mut digests = blobs.filter_map(|descriptor| descriptor.digest.as_ref());
        digests.all(|digest| self.find_blob(walk, digest).is_none())
    }

    fn config(
        &mut self,
        walk: &Walk,
        document: &str,
        manifest: &Manifest,
        image: &mut Image,
    ) -> Result<(), OpenError> {
        let descriptor = manifest.config.as_ref();
        let digest = descriptor.and_then(|it| it.digest.clone());
        let missing = AnomalyKind::MissingBlob {
            blob: BlobRole::Config,
            digest: digest.clone(),
        };
        let (Some(descriptor), Some(digest)) = (descriptor, digest) else {
            image.anomalies.push(Anomaly::new(document, missing));
            return Ok(());
        };
        let found = self.locate_blob(walk, document, &digest, missing, Some(&mut image.anomalies));
        let Some(blob) = found else {
            return Ok(());
        };
        let platform = image.platform.take();
        image::read_config(self.reading, blob, promise(descriptor), image)?;
        image.platform = image.platform.take().or(platform);
        Ok(())
    }

    fn layers(&mut self, walk: &Walk, document: &str, manifest: &Manifest, image: &mut Image) {
        let total = manifest.layers.len();
        for (index, descriptor) in manifest.layers.iter().enumerate() {
            let role = BlobRole::Layer { index, total };
            let layer = self.layer(walk, document, descriptor, role, &mut image.anomalies);
            image.layers.push(layer);
        }
        image::join_diff_ids(document, image);
    }

    fn layer(
        &mut self,
        walk: &Walk,
        document: &str,
        descriptor: &Descriptor,
        role: BlobRole,
        anomalies: &mut Vec<Anomaly>,
    ) -> LayerRef {
        let digest = descriptor.digest.as_ref();
        let name = digest.and_then(|digest| walk.names(digest).into_iter().next());
        let mut layer = image::described_layer(descriptor, name.unwrap_or_default());
        let missing = image::missing(&layer, role);
        if let Some(digest) = digest {
            layer.blob = self.locate_blob(walk, document, digest, missing, Some(anomalies));
        } else {
            anomalies.push(Anomaly::new(document, missing));
        }
        let negative = descriptor.size.filter(|&size| size < 0).zip(layer.blob);
        let negative = negative.map(|(expected, blob)| AnomalyKind::SizeMismatch {
            blob: role,
            expected,
            actual: self.reading.store.size(blob),
        });
        let odd = image::unscannable(&layer, role).into_iter().chain(negative);
        anomalies.extend(odd.map(|kind| Anomaly::new(document, kind)));
        layer
    }

    fn attestation(&mut self, walk: &Walk, spot: Spot<'_>, blob: BlobId) -> Result<(), OpenError> {
        self.used.insert(blob);
        let (reading, cap) = (self.reading, self.limits().manifest);
        let Some(document) = reading.load(blob, cap, Manifest::parse, &mut self.anomalies)? else {
            return Ok(());
        };
        let bad = reading.verify(
            blob,
            BlobRole::Manifest,
            &document.bytes,
            promise(spot.descriptor),
        );
        self.anomalies.extend(bad);
        self.artifact(walk, blob, &document.value);
        let subject = spot
            .descriptor
            .annotations
            .get("vnd.docker.reference.digest");
        let subject = subject.and_then(|text| Digest::parse(text).ok());
        if let Some(attestation) = self.attestations.last_mut() {
            attestation.subject = attestation.subject.take().or(subject);
        }
        Ok(())
    }

    /// Keeps what a manifest ships that is no image.
    fn artifact(&mut self, walk: &Walk, blob: BlobId, manifest: &Manifest) {
        let parts = manifest.config.iter().chain(&manifest.layers);
        let digests = parts.filter_map(|descriptor| descriptor.digest.as_ref());
        let mut blobs = vec![blob];
        blobs.extend(digests.filter_map(|digest| self.find_blob(walk, digest)));
        self.used.extend(&blobs);
        let subject = manifest
            .subject
            .as_ref()
            .and_then(|subject| subject.digest.clone());
        self.attestations.push(Attestation { subject, blobs });
    }

    /// Reads a manifest of schema 1, which lists the top layer first and has no config.
    fn schema1(&mut self, walk: &Walk, blob: BlobId) -> Result<Vec<usize>, OpenError> {
        let (reading, cap) = (self.reading, self.limits().manifest);
        let Some(document) = reading.load(blob, cap, Schema1::parse, &mut self.anomalies)? else {
            return Ok(Vec::new());
        };
        let name = reading.store.describe(blob);
        let mut image = Image {
            manifest_digest: Some(Digest::of_bytes(&document.bytes)),
            config_bytes: document.bytes,
            ..Image::default()
        };
        match document.value.config(self.limits()) {
            Ok(parsed) => (image.config, image.anomalies) = parsed.named(&name),
            Err(error) => image.anomalies.push(reading.unreadable(blob, error)),
        }
        image.v1_id = Some(image.config.id.clone()).filter(|id| !id.is_empty());
        image.platform = image.config.platform();
        // A throwaway layer is the same empty blob each time.
        let empty = image.config.history.iter().map(|entry| entry.empty_layer);
        let empty: Vec<bool> = empty
            .chain(std::iter::repeat(false))
            .take(document.value.fs_layers.len())
            .collect();
        let stored = document.value.fs_layers.iter().rev().zip(empty);
        let stored: Vec<_> = stored
            .filter(|&(_, empty)| !empty)
            .map(|(layer, _)| layer)
            .collect();
        let total = stored.len();
        for (index, layer) in stored.into_iter().enumerate() {
            let mut descriptor = Descriptor::default();
            descriptor.digest.clone_from(&layer.blob_sum);
            let role = BlobRole::Layer { index, total };
            let layer = self.layer(walk, &name, &descriptor, role, &mut image.anomalies);
            image.layers.push(layer);
        }
        Ok(vec![self.add(image)])
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

/// Whether a root file system can be made of it, as opposed to an attestation, a signature or a chart.
fn is_image(manifest: &Manifest) -> bool {
    let kind = |descriptor: &Descriptor| {
        descriptor
            .media_type
            .as_ref()
            .map(imglint_format::MediaType::kind)
    };
    let layers = || manifest.layers.iter().map(kind);
    if !manifest.layers.is_empty() && layers().all(|kind| kind == Some(MediaKind::InToto)) {
        return false;
    }
    let config = manifest.config.as_ref().and_then(kind);
    matches!(config, None | Some(MediaKind::Config))
        || layers().any(|kind| matches!(kind, None | Some(MediaKind::Layer(_))))
}

fn promise(descriptor: &Descriptor) -> Promise<'_> {
    Promise {
        digest: descriptor.digest.as_ref(),
        size: descriptor.size,
    }
}

fn pairs(annotations: &BTreeMap<String, String>) -> Vec<(String, String)> {
    annotations.clone().into_iter().collect()
}

//! Manifests in OCI layouts and `dir:` folders: images, attestations, Docker's schema 1.

use std::collections::BTreeMap;

use imglint_format::{
    Anomaly, AnomalyKind, BlobId, BlobRole, BlobSource, Descriptor, Digest, FsLayer, Image,
    ImageConfig, LayerRef, Manifest, MediaKind, MediaType, Schema1,
};

use crate::{
    OpenError,
    gather::{Attestation, Gathering},
    image,
    oci::{Spot, Walk, promise},
    reading::Document,
};

impl Gathering<'_> {
    /// The image that a manifest describes, and those of manifests that it should not list but does.
    pub(crate) fn manifest(
        &mut self,
        walk: &mut Walk,
        spot: Spot<'_>,
        blob: BlobId,
    ) -> Result<Vec<usize>, OpenError> {
        let (reading, cap) = (self.reading, self.limits().manifest);
        let Some(document) = reading.load(blob, cap, Manifest::parse, &mut self.anomalies)? else {
            return Ok(Vec::new());
        };
        let bad = reading.verify(
            blob,
            BlobRole::Manifest,
            &document.bytes,
            promise(spot.descriptor),
        );
        self.anomalies.extend(bad);
        let mut images = Vec::new();
        if is_image(&document.value) {
            images.extend(self.image(walk, spot, blob, &document)?);
        } else {
            self.artifact(walk, spot, blob, &document.value);
        }
        let name = reading.store.describe(blob);
        images.extend(self.children(walk, spot.depth, &name, &document.value.manifests)?);
        Ok(images)
    }

    /// The image of a manifest, unless nothing of it is in the archive.
    fn image(
        &mut self,
        walk: &Walk,
        spot: Spot<'_>,
        blob: BlobId,
        document: &Document<Manifest>,
    ) -> Result<Option<usize>, OpenError> {
        let manifest = &document.value;
        let digest = Digest::of_bytes(&document.bytes);
        if spot.depth > 0 && self.has_nothing_of(walk, manifest) {
            self.note_absent(spot, &digest);
            return Ok(None);
        }
        let mut image = Image {
            platform: spot.descriptor.platform.clone(),
            manifest_digest: Some(digest),
            index_annotations: pairs(&spot.descriptor.annotations),
            manifest_annotations: pairs(&manifest.annotations),
            ..Image::default()
        };
        let name = self.reading.store.describe(blob);
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
            name: digest.as_ref().map(ToString::to_string),
        };
        let (Some(descriptor), Some(digest)) = (descriptor, digest) else {
            image.anomalies.push(Anomaly::new(document, missing));
            return Ok(());
        };
        let found = self.locate_blob(walk, document, &digest, missing, &mut image.anomalies);
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
        let room = self.room_for_layers(document, total);
        for (index, descriptor) in manifest.layers.iter().enumerate().take(room) {
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
        let name = digest.map(|digest| walk.name(digest));
        let mut layer = image::described_layer(descriptor, name.unwrap_or_default());
        let missing = image::missing(&layer, role);
        if let Some(digest) = digest {
            layer.blob = self.locate_blob(walk, document, digest, missing, anomalies);
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

    /// Keeps what a manifest ships that is no image.
    fn artifact(&mut self, walk: &Walk, spot: Spot<'_>, blob: BlobId, manifest: &Manifest) {
        let parts = manifest.config.iter().chain(&manifest.layers);
        let digests = parts.filter_map(|descriptor| descriptor.digest.as_ref());
        let mut blobs = vec![blob];
        blobs.extend(digests.filter_map(|digest| self.find_blob(walk, digest)));
        self.used.extend(&blobs);
        let stated = spot
            .descriptor
            .annotations
            .get("vnd.docker.reference.digest");
        let stated = stated.and_then(|text| Digest::parse(text).ok());
        let subject = manifest.subject.as_ref();
        let subject = subject
            .and_then(|subject| subject.digest.clone())
            .or(stated);
        self.attestations.push(Attestation { subject, blobs });
    }

    /// Reads a manifest of schema 1, which lists the top layer first and has no config.
    pub(crate) fn schema1(&mut self, walk: &Walk, blob: BlobId) -> Result<Vec<usize>, OpenError> {
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
        let stored = stored_layers(&document.value, &image.config);
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

/// Layers of schema 1 that are real, lowest first; a throwaway one is the same empty blob each time.
fn stored_layers<'m>(manifest: &'m Schema1, config: &ImageConfig) -> Vec<&'m FsLayer> {
    let empty = config.history.iter().map(|entry| entry.empty_layer);
    let empty = empty.chain(std::iter::repeat(false));
    let layers = manifest.fs_layers.iter().rev().zip(empty);
    layers
        .filter(|&(_, empty)| !empty)
        .map(|(layer, _)| layer)
        .collect()
}

/// Whether a root file system can be made of it, as opposed to an attestation, a signature or a chart.
fn is_image(manifest: &Manifest) -> bool {
    let kind = |descriptor: &Descriptor| {
        let stated = descriptor.media_type.as_ref();
        let stated = stated.filter(|media_type| !media_type.as_str().is_empty());
        stated.map(MediaType::kind)
    };
    let layers = || manifest.layers.iter().map(kind);
    if !manifest.layers.is_empty() && layers().all(|kind| kind == Some(MediaKind::InToto)) {
        return false;
    }
    let config = manifest.config.as_ref().and_then(kind);
    matches!(config, None | Some(MediaKind::Config))
        || layers().any(|kind| matches!(kind, None | Some(MediaKind::Layer(_))))
}

fn pairs(annotations: &BTreeMap<String, String>) -> Vec<(String, String)> {
    annotations.clone().into_iter().collect()
}

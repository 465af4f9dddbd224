//! Gathering the images of an archive while its documents are read.

use std::collections::{BTreeSet, HashMap, HashSet};

use imglint_format::{
    Anomaly, AnomalyKind, BlobId, Digest, Image, ImageId, LayerRef, Limits, Platform, Reference,
};

use crate::reading::Reading;

/// Layers of all images together, a shared one counted each time; Docker allows 127 in one image.
const MAX_LAYERS: usize = 100_000;

/// A platform that an index of the archive lists and of which the archive has nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AbsentPlatform {
    /// As the index says.
    pub platform: Option<Platform>,
    /// Of its manifest.
    pub digest: Digest,
}

/// What an archive ships about an image, or beside it, that no root file system is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attestation {
    /// The image manifest that it is about, when it says so.
    pub subject: Option<Digest>,
    /// Its manifest, config and statements, as far as they are in the archive.
    pub blobs: Vec<BlobId>,
}

/// What has been found so far.
#[derive(Debug)]
pub(crate) struct Gathering<'a> {
    pub(crate) reading: &'a Reading<'a>,
    pub(crate) images: Vec<Image>,
    pub(crate) absent: Vec<AbsentPlatform>,
    pub(crate) attestations: Vec<Attestation>,
    pub(crate) anomalies: Vec<Anomaly>,
    /// Blobs that some document led to.
    pub(crate) used: HashSet<BlobId>,
    /// Layers that may still be listed.
    pub(crate) layers_left: usize,
    overfull: bool,
    known: HashMap<Key, usize>,
    names: Vec<BTreeSet<String>>,
}

/// Two images are one when they have the same config and the same layers.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    id: Option<ImageId>,
    v1_id: Option<String>,
    layers: Vec<(Option<BlobId>, String)>,
}

impl<'a> Gathering<'a> {
    pub(crate) fn new(reading: &'a Reading<'a>, anomalies: Vec<Anomaly>) -> Self {
        Self {
            reading,
            images: Vec::new(),
            absent: Vec::new(),
            attestations: Vec::new(),
            anomalies,
            used: HashSet::new(),
            layers_left: MAX_LAYERS,
            overfull: false,
            known: HashMap::new(),
            names: Vec::new(),
        }
    }

    pub(crate) fn limits(&self) -> &'a Limits {
        self.reading.limits
    }

    /// How many of `count` layers may still be listed; says so once when it is not all.
    pub(crate) fn room_for_layers(&mut self, document: &str, count: usize) -> usize {
        if count > self.layers_left && !self.overfull {
            self.overfull = true;
            let kind = AnomalyKind::Container {
                code: "too-many-layers",
                detail: format!(
                    "the images have more than {MAX_LAYERS} layers; the rest was not read"
                ),
                incomplete: true,
            };
            self.anomalies.push(Anomaly::new(document, kind));
        }
        let room = count.min(self.layers_left);
        self.layers_left = self.layers_left.saturating_sub(room);
        room
    }

    /// Keeps an image and says which one it is; one that is known already only brings its names.
    pub(crate) fn add(&mut self, mut image: Image) -> usize {
        let names = std::mem::take(&mut image.names);
        let next = self.images.len();
        let number = *self.known.entry(key(&image)).or_insert(next);
        if number == next {
            self.images.push(image);
            self.names.push(BTreeSet::new());
        } else {
            self.merge(number, image);
        }
        self.name(number, &names);
        number
    }

    /// What a second description of an image adds to the first.
    fn merge(&mut self, number: usize, image: Image) {
        let Some(known) = self.images.get_mut(number) else {
            return;
        };
        let new = image.anomalies.into_iter();
        let new: Vec<_> = new.filter(|it| !known.anomalies.contains(it)).collect();
        known.anomalies.extend(new);
        if known.manifest_digest.is_none() {
            known.manifest_digest = image.manifest_digest;
            known.index_annotations = image.index_annotations;
            known.manifest_annotations = image.manifest_annotations;
        }
        for (layer, other) in known.layers.iter_mut().zip(image.layers) {
            merge_layer(layer, other);
        }
    }

    /// Gives an image names that it does not have yet, however they are spelled.
    pub(crate) fn name(&mut self, number: usize, names: &[String]) {
        let (Some(image), Some(known)) = (self.images.get_mut(number), self.names.get_mut(number))
        else {
            return;
        };
        for name in names {
            if known.insert(normalised(name)) {
                image.names.push(name.clone());
            }
        }
    }
}

/// A name as Docker reads it, or as it stands when Docker would not.
pub(crate) fn normalised(name: &str) -> String {
    name.parse::<Reference>().map_or_else(
        |_| name.to_owned(),
        |reference| reference.or_latest().to_string(),
    )
}

fn key(image: &Image) -> Key {
    let layer = |layer: &LayerRef| match layer.blob {
        Some(blob) => (Some(blob), String::new()),
        None => (None, layer.name.clone()),
    };
    Key {
        id: image.id.clone(),
        v1_id: image.v1_id.clone(),
        layers: image.layers.iter().map(layer).collect(),
    }
}

fn merge_layer(layer: &mut LayerRef, other: LayerRef) {
    layer.media_type = layer.media_type.take().or(other.media_type);
    layer.digest = layer.digest.take().or(other.digest);
    layer.size = layer.size.or(other.size);
    if layer.annotations.is_empty() {
        layer.annotations = other.annotations;
    }
    if layer.urls.is_empty() {
        layer.urls = other.urls;
    }
}

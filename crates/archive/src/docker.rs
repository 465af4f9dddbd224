//! Images that a `manifest.json` of `docker save`'s kind names.

use imglint_format::{
    Anomaly, AnomalyKind, BlobId, BlobRole, BlobSource, Digest, DockerManifest, DockerManifestItem,
    Image, LayerRef, Reference, ReferenceError,
};

use crate::{
    OpenError,
    gather::Gathering,
    image,
    name::{self, is_hex},
    reading::{Document, Promise},
};

/// What one `manifest.json` gave.
#[derive(Debug, Default)]
pub(crate) struct ItemList {
    /// Numbers of its images, with the names it gives them.
    pub(crate) images: Vec<(usize, Vec<String>)>,
    /// Whether it has `LayerSources`, as Docker writes from 25 on.
    pub(crate) sources: bool,
    /// What stands there instead of a list of images.
    pub(crate) instead: Option<&'static str>,
}

impl ItemList {
    fn without(instead: &'static str) -> Self {
        Self {
            instead: Some(instead),
            ..Self::default()
        }
    }
}

impl Gathering<'_> {
    /// Reads one `manifest.json` and adds its images.
    pub(crate) fn docker(&mut self, blob: BlobId) -> Result<ItemList, OpenError> {
        let (reading, cap) = (self.reading, self.limits().docker_manifest);
        let document = reading.load(blob, cap, DockerManifest::parse, &mut self.anomalies)?;
        let Some(Document { value, .. }) = document else {
            return Ok(ItemList::default());
        };
        let items = match value {
            DockerManifest::Items(items) if items.is_empty() => {
                return Ok(ItemList::without("an empty list"));
            }
            DockerManifest::Items(items) => items,
            DockerManifest::Null => return Ok(ItemList::without("null")),
            _ => return Ok(ItemList::without("an object")),
        };
        let mut listed = ItemList::default();
        let document = reading.store.describe(blob);
        for item in items {
            listed.sources |= !item.layer_sources.is_empty();
            let image = self.docker_image(&document, &item)?;
            listed.images.push((self.add(image), item.repo_tags));
        }
        Ok(listed)
    }

    fn docker_image(
        &mut self,
        document: &str,
        item: &DockerManifestItem,
    ) -> Result<Image, OpenError> {
        let room = self.room_for_layers(document, item.layers.len());
        let mut image = Image {
            names: item.repo_tags.clone(),
            anomalies: bad_names(document, &item.repo_tags),
            ..Image::default()
        };
        self.docker_config(document, &item.config, &mut image)?;
        image.layers = item
            .layers
            .iter()
            .take(room)
            .map(|name| named_layer(name, &item.config))
            .collect();
        image::join_diff_ids(document, &mut image);
        let total = image.layers.len();
        for (index, layer) in image.layers.iter_mut().enumerate() {
            add_source(layer, item);
            let role = BlobRole::Layer { index, total };
            self.docker_layer(document, layer, role, &mut image.anomalies);
        }
        Ok(image)
    }

    fn docker_config(
        &mut self,
        document: &str,
        name: &str,
        image: &mut Image,
    ) -> Result<(), OpenError> {
        let promised = digest_of_config_name(name.as_bytes());
        let missing = AnomalyKind::MissingBlob {
            blob: BlobRole::Config,
            name: Some(name::show(name.as_bytes())),
        };
        let reading = self.reading;
        let found = reading.locate(document, name.as_bytes(), missing, &mut image.anomalies);
        let Some(blob) = found else {
            return Ok(());
        };
        self.used.insert(blob);
        let promise = Promise {
            digest: promised.as_ref(),
            size: None,
        };
        image::read_config(reading, blob, promise, image)
    }

    fn docker_layer(
        &mut self,
        document: &str,
        layer: &mut LayerRef,
        role: BlobRole,
        anomalies: &mut Vec<Anomaly>,
    ) {
        if layer.name.is_empty() {
            let kind = AnomalyKind::PartialArchive { layer: role };
            anomalies.push(Anomaly::new(document, kind));
            return;
        }
        let name = layer.name.as_bytes();
        let missing = image::missing(layer, role);
        layer.blob = self.reading.locate(document, name, missing, anomalies);
        self.used.extend(layer.blob);
        let unscannable = image::unscannable(layer, role);
        anomalies.extend(unscannable.map(|kind| Anomaly::new(document, kind)));
    }
}

/// Names that Docker refuses to load; those without a tag are among them.
fn bad_names(document: &str, names: &[String]) -> Vec<Anomaly> {
    let bad = |name: &String| {
        let why = match name.parse::<Reference>() {
            Ok(reference) if reference.tag().is_some() => return None,
            Ok(_) => ReferenceError::Format,
            Err(why) => why,
        };
        let reference = name.clone();
        let kind = AnomalyKind::InvalidReference { reference, why };
        Some(Anomaly::new(document, kind))
    };
    names.iter().filter_map(bad).collect()
}

fn named_layer(name: &str, config: &str) -> LayerRef {
    let clean = name::clean(name.as_bytes()).name;
    // containers/image stores layers as they are, under their diff IDs.
    let of_diff_tar = || sha256(clean.strip_suffix(b".tar")?);
    // go-containerregistry names config and layers by their digests; others give `.tar.gz` other meanings.
    let crane = config.starts_with("sha256:");
    let of_gzip = || sha256(clean.strip_suffix(b".tar.gz").filter(|_| crane)?);
    LayerRef {
        name: name.to_owned(),
        digest: digest_of_blob_name(&clean)
            .or_else(of_diff_tar)
            .or_else(of_gzip),
        ..LayerRef::default()
    }
}

/// Adds what `LayerSources` says of a layer.
///
/// Its size and digest count only when they describe the blob that is stored: before Docker 25 they
/// are those of the foreign layer that a stored one was unpacked from.
fn add_source(layer: &mut LayerRef, item: &DockerManifestItem) {
    let diff_id = layer.diff_id.as_ref().map(ToString::to_string);
    let Some(source) = diff_id.and_then(|id| item.layer_sources.get(&id)) else {
        return;
    };
    if layer.digest.is_some() && layer.digest == source.digest {
        layer.size = source.size_bytes();
        layer.media_type.clone_from(&source.media_type);
        layer.annotations = source.annotations.clone().into_iter().collect();
    }
    layer.urls.clone_from(&source.urls);
}

/// The digest that a config's name states: `<hex>.json`, `sha256:<hex>`, `blobs/sha256/<hex>`.
fn digest_of_config_name(raw: &[u8]) -> Option<Digest> {
    let name = name::clean(raw).name;
    digest_of_blob_name(&name)
        .or_else(|| sha256(name.strip_prefix(b"sha256:")?))
        .or_else(|| sha256(name.strip_suffix(b".json")?))
}

/// The digest that `blobs/<algorithm>/<hex>` states.
fn digest_of_blob_name(name: &[u8]) -> Option<Digest> {
    let name = std::str::from_utf8(name).ok()?.strip_prefix("blobs/")?;
    let (algorithm, hex) = name.split_once('/')?;
    Digest::parse(&format!("{algorithm}:{hex}")).ok()
}

fn sha256(hex: &[u8]) -> Option<Digest> {
    let hex = std::str::from_utf8(hex)
        .ok()
        .filter(|hex| is_hex(hex.as_bytes(), 64))?;
    Digest::parse(&format!("sha256:{hex}")).ok()
}

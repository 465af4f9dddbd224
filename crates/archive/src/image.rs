//! Putting an image together from its config and layers, whatever document named them.

use imglint_format::{
    Anomaly, AnomalyKind, BlobId, BlobRole, Descriptor, Image, ImageConfig, ImageId, LayerFormat,
    LayerRef, MediaKind,
};

use crate::{
    OpenError,
    name::show,
    reading::{Promise, Reading},
};

/// Reads the config into `image`; one that cannot be read leaves the layers to be judged alone.
pub(crate) fn read_config(
    reading: &Reading<'_>,
    blob: BlobId,
    promise: Promise<'_>,
    image: &mut Image,
) -> Result<(), OpenError> {
    let cap = reading.limits.config;
    let document = reading.load(blob, cap, ImageConfig::parse, &mut image.anomalies)?;
    let Some(document) = document else {
        return Ok(());
    };
    let bad = reading.verify(blob, BlobRole::Config, &document.bytes, promise);
    image.anomalies.extend(bad);
    image.id = Some(ImageId::from(imglint_format::Digest::of_bytes(
        &document.bytes,
    )));
    image.platform = document.value.platform();
    image.config = document.value;
    image.config_bytes = document.bytes;
    Ok(())
}

/// What a descriptor says about a layer, and what that means for reading it.
pub(crate) fn described_layer(descriptor: &Descriptor, name: String) -> LayerRef {
    LayerRef {
        blob: None,
        name,
        media_type: descriptor.media_type.clone(),
        digest: descriptor.digest.clone(),
        size: descriptor.size_bytes(),
        diff_id: None,
        urls: descriptor.urls.clone(),
        annotations: descriptor.annotations.clone().into_iter().collect(),
    }
}

/// Why a layer of this media type cannot be scanned, if so.
pub(crate) fn unscannable(layer: &LayerRef, role: BlobRole) -> Option<AnomalyKind> {
    let media_type = layer.media_type.as_ref()?;
    let unknown = || AnomalyKind::UnknownMediaType {
        blob: role,
        media_type: media_type.as_str().to_owned(),
    };
    match media_type.kind() {
        MediaKind::Layer(media) if media.encrypted => {
            Some(AnomalyKind::EncryptedLayer { layer: role })
        }
        MediaKind::Layer(media) if media.format == LayerFormat::Erofs => Some(unknown()),
        MediaKind::Layer(_) => None,
        _ if media_type.as_str().is_empty() => None,
        _ => Some(unknown()),
    }
}

/// Why a layer's bytes are not in the archive.
pub(crate) fn missing(layer: &LayerRef, role: BlobRole) -> AnomalyKind {
    let foreign = layer
        .media_type
        .as_ref()
        .and_then(imglint_format::MediaType::layer)
        .is_some_and(|media| media.foreign);
    if foreign || !layer.urls.is_empty() {
        return AnomalyKind::ForeignLayer { layer: role };
    }
    AnomalyKind::MissingBlob {
        blob: role,
        name: match &layer.digest {
            Some(digest) => Some(digest.to_string()),
            None => (!layer.name.is_empty()).then(|| show(layer.name.as_bytes())),
        },
    }
}

/// Joins layers and the config's diff IDs, once both are known.
pub(crate) fn join_diff_ids(document: &str, image: &mut Image) {
    let (layers, diff_ids) = (image.layers.len(), image.config.rootfs.diff_ids.len());
    for (index, layer) in image.layers.iter_mut().enumerate() {
        layer.diff_id = image.config.rootfs.diff_id(index);
    }
    // Without a config there is nothing to compare with, which is an anomaly already.
    if layers != diff_ids && image.id.is_some() {
        let kind = AnomalyKind::LayerCountMismatch { layers, diff_ids };
        image.anomalies.push(Anomaly::new(document, kind));
    }
}

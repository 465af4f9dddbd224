//! Whether a layer's bytes are those that manifest and config promise.

use imglint_format::{Algorithm, DiffId, Digest};

use crate::image::{ImageView, LayerView};

/// What is stated, and what was found.
pub(crate) type Mismatch<T> = Option<(T, T)>;

impl<'a> LayerView<'a> {
    /// Digest of the stored blob.
    pub(crate) fn wrong_digest(&self) -> Mismatch<&'a Digest> {
        let stated = self.reference.digest.as_ref()?;
        let index = &self.facts?.index;
        let actual = match stated.algorithm() {
            Algorithm::Sha256 => index.blob_digest.as_ref(),
            Algorithm::Sha512 => index.blob_sha512.as_ref(),
            _ => None,
        };
        differ(stated, actual?)
    }

    /// The stated digest of the stored blob, if this program cannot make one by its algorithm.
    pub(crate) fn unverifiable_digest(&self) -> Option<&'a Digest> {
        let stated = self.reference.digest.as_ref()?;
        let known = matches!(stated.algorithm(), Algorithm::Sha256 | Algorithm::Sha512);
        (!known).then_some(stated)
    }

    /// The stated diff ID, if this program cannot make one by its algorithm.
    pub(crate) fn unverifiable_diff_id(&self) -> Option<&'a DiffId> {
        let stated = self.reference.diff_id.as_ref()?;
        (stated.digest().algorithm() != Algorithm::Sha256).then_some(stated)
    }

    /// Bytes of the stored blob.
    pub(crate) fn wrong_size(&self) -> Mismatch<u64> {
        differ(self.reference.size?, self.facts?.index.blob_size)
    }

    /// Digest of the uncompressed tar.
    ///
    /// No bytes at all and 1024 bytes of zero are one: engines take either for a layer without
    /// entries.
    pub(crate) fn wrong_diff_id(&self) -> Mismatch<&'a DiffId> {
        let (stated, actual) = self.diff_ids()?;
        let both_empty = stated.digest().is_empty_layer() && actual.digest().is_empty_layer();
        let comparable = stated.digest().algorithm() == actual.digest().algorithm();
        if both_empty || !comparable {
            None
        } else {
            differ(stated, actual)
        }
    }

    /// Whether nothing that is stated of its bytes is wrong.
    pub(crate) fn is_as_promised(&self) -> bool {
        self.wrong_digest().is_none()
            && self.wrong_size().is_none()
            && self.wrong_diff_id().is_none()
    }

    fn diff_ids(&self) -> Option<(&'a DiffId, &'a DiffId)> {
        Some((
            self.reference.diff_id.as_ref()?,
            self.facts?.index.diff_id.as_ref()?,
        ))
    }
}

/// Whether the config states the right diff IDs, but in another order than the layers have.
pub(crate) fn wrong_order(image: &ImageView<'_>) -> bool {
    let pairs: Option<Vec<_>> = image.layers().iter().map(LayerView::diff_ids).collect();
    let (mut stated, mut actual): (Vec<_>, Vec<_>) = pairs.unwrap_or_default().into_iter().unzip();
    if stated == actual {
        return false;
    }
    stated.sort();
    actual.sort();
    stated == actual
}

fn differ<T: PartialEq>(stated: T, actual: T) -> Mismatch<T> {
    (stated != actual).then_some((stated, actual))
}

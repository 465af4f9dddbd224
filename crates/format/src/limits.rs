//! How large a document may be before it is refused.

/// Bounds for documents that an archive brings along.
///
/// The defaults are above what any legitimate image needs and follow what clients apply
/// (containers/image `iolimits`, containerd's 20 MiB for JSON in archives).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of an image manifest.
    pub manifest: u64,
    /// Bytes of an image config or of a v1 layer `json`.
    pub config: u64,
    /// Bytes of an image index or manifest list.
    pub index: u64,
    /// Bytes of a Docker archive's `manifest.json` or `repositories`.
    pub docker_manifest: u64,
    /// Arrays and objects within each other; more than [`Limits::MAX_DEPTH`] counts as that.
    pub depth: usize,
    /// Values (scalars, arrays and objects) in one document.
    pub values: usize,
    /// Anomalies listed per document; the rest is only counted.
    pub anomalies: usize,
}

impl Limits {
    /// The deepest nesting that any document is read to. Go stops at 10 000.
    pub const MAX_DEPTH: usize = 1_000;
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            manifest: 4 * MIB,
            config: 4 * MIB,
            index: 20 * MIB,
            docker_manifest: 20 * MIB,
            depth: Self::MAX_DEPTH,
            values: 250_000,
            anomalies: 100,
        }
    }
}

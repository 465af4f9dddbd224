//! What package managers say of the files that they installed.

/// Who published a file's content as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Ownership {
    /// A package of some language: it is unmodified, but may be anybody's.
    Package,
    /// A package of the distribution: everybody has it.
    Distribution,
}

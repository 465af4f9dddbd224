//! The directory of entries.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use miette::Diagnostic;
use tempfile::NamedTempFile;
use thiserror::Error;

use crate::{
    entry::{Key, OVERHEAD},
    owner::{self, Stranger},
};

/// Why a store cannot be opened or written; reading never fails.
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum StoreError {
    /// The directory cannot be made or written.
    #[error("cannot use {} as a cache", dir.display())]
    #[diagnostic(
        code(imglint::store::unusable),
        help("name a directory that you can write, or run without a cache")
    )]
    Unusable {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory belongs to somebody else.
    #[error("cache directory {} belongs to another user", dir.display())]
    #[diagnostic(
        code(imglint::store::foreign),
        help("its owner could make a bad image look clean; name a directory of your own")
    )]
    Foreign {
        /// The directory.
        dir: PathBuf,
    },
    /// The directory's mode lets others write.
    #[error("cache directory {} can be written by others", dir.display())]
    #[diagnostic(
        code(imglint::store::writable_by_others),
        help("others could make a bad image look clean; run chmod go-w on it")
    )]
    WritableByOthers {
        /// The directory.
        dir: PathBuf,
    },
    /// The value is over [`Options::max_bytes`].
    #[error("value of {size} bytes is over the limit of {max_bytes}")]
    #[diagnostic(code(imglint::store::too_large), help("raise the size of the cache"))]
    TooLarge {
        /// Bytes of the value.
        size: usize,
        /// The limit.
        max_bytes: u64,
    },
}

/// Limits of a [`Store`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// No value is larger than this many bytes, neither written nor read.
    pub max_bytes: u64,
}

impl Default for Options {
    /// One gibibyte.
    fn default() -> Self {
        Self { max_bytes: 1 << 30 }
    }
}

/// A directory of values by key, shared with other processes of the same user.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    options: Options,
}

impl Store {
    /// Opens the store in `dir`, which is made if it is missing, for this user alone.
    ///
    /// # Errors
    /// When the directory cannot be written, belongs to another user, or can be written by others.
    pub fn open(dir: &Path, options: Options) -> Result<Self, StoreError> {
        let unusable = |source| StoreError::Unusable {
            dir: dir.to_owned(),
            source,
        };
        owner::create(dir).map_err(unusable)?;
        // Later changes to links on the way cannot lead elsewhere.
        let dir = dir.canonicalize().map_err(unusable)?;
        match stranger(&dir).map_err(unusable)? {
            Some(Stranger::Owner) => Err(StoreError::Foreign { dir }),
            Some(Stranger::Mode) => Err(StoreError::WritableByOthers { dir }),
            None => Ok(Self { dir, options }),
        }
    }

    /// The value under `key`, if it is there and whole.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.dir.join(key.file_name());
        // Opening a pipe would wait for a writer.
        let size = fs::symlink_metadata(&path)
            .ok()
            .filter(fs::Metadata::is_file)?
            .len();
        let limit = self.options.max_bytes.saturating_add(OVERHEAD as u64);
        if size > limit {
            return None;
        }
        let mut entry = Vec::with_capacity(usize::try_from(size).ok()?);
        File::open(path)
            .ok()?
            .take(limit)
            .read_to_end(&mut entry)
            .ok()?;
        key.value_of(entry)
    }

    /// Keeps `value` under `key`, in place of what was there. Readers see the old value or the new one.
    ///
    /// It is not forced to disk: after a loss of power the entry may be a miss.
    ///
    /// # Errors
    /// When the value is over the limit, or the directory cannot be written.
    pub fn put(&self, key: &Key, value: &[u8]) -> Result<(), StoreError> {
        let max_bytes = self.options.max_bytes;
        if value.len() as u64 > max_bytes {
            return Err(StoreError::TooLarge {
                size: value.len(),
                max_bytes,
            });
        }
        self.replace(key, value)
            .map_err(|source| StoreError::Unusable {
                dir: self.dir.clone(),
                source,
            })
    }

    fn replace(&self, key: &Key, value: &[u8]) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.dir)?;
        file.write_all(&key.head(value))?;
        file.write_all(value)?;
        file.persist(self.dir.join(key.file_name()))?;
        Ok(())
    }
}

/// A new file belongs to whom this process acts for, which the standard library cannot say otherwise.
fn stranger(dir: &Path) -> io::Result<Option<Stranger>> {
    let own_file = NamedTempFile::new_in(dir)?.as_file().metadata()?;
    Ok(owner::stranger(&dir.metadata()?, &own_file))
}

#[cfg(test)]
mod tests;

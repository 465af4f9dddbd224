//! A local content-addressed cache, verified on reading and safe for parallel processes.
//!
//! What is damaged, cut, foreign or written by a later version is a miss, never an error: a cache
//! only saves work. It does not know what its values mean, and it never removes one.
//!
//! # Example
//! ```
//! # let dir = tempfile::tempdir()?;
//! use imglint_format::Digest;
//! use imglint_store::{Key, Options, Store};
//!
//! let store = Store::open(&dir.path().join("facts"), Options::default())?;
//! let key = Key::new(&Digest::of_bytes(b"a layer"), "scanner 1");
//! store.put(&key, b"what was found")?;
//! assert_eq!(store.get(&key).as_deref(), Some(&b"what was found"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod entry;
mod owner;
mod store;

pub use crate::{
    entry::Key,
    store::{Options, Store, StoreError},
};

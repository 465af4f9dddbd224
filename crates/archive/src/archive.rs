//! An open archive: its images, and the bytes of all its members.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use imglint_format::{Anomaly, AnomalyKind, BlobId, BlobSource, Image, Platform};
use imglint_tar::Compression;

use crate::{
    AbsentPlatform, Attestation, Form, OpenError, Options, SelectError, Unreferenced,
    contents::Contents,
    directory,
    marks::{self, Marks},
    members::{Member, MemberKind, Members, Place},
    name::show,
    outer::{self, Listing},
    reading::Reading,
    select::select,
    spool::{self, Input},
    store::Store,
};

/// Levels of a directory that are looked into; no form has more than three.
const MAX_LEVELS: usize = 16;

/// A container image archive in any form, opened for reading at any offset.
///
/// It stays as it was opened: the file may be unlinked or renamed meanwhile, and nothing is unpacked to disk.
/// Only who writes into the file can change it, as [`Archive::check_unchanged`] tells.
#[derive(Debug)]
pub struct Archive {
    name: String,
    compression: Compression,
    store: Store,
    contents: Contents,
}

impl Archive {
    /// Opens a file, whatever its compression, or a directory.
    ///
    /// # Errors
    /// When no image can be had from it; the error says what it is instead, or where it is damaged.
    pub fn open(path: &Path, options: &Options) -> Result<Self, OpenError> {
        let archive = show(path.as_os_str().as_encoded_bytes());
        let cannot = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => OpenError::NotFound {
                archive: archive.clone(),
            },
            _ => OpenError::Io {
                archive: archive.clone(),
                source,
            },
        };
        let kind = fs::metadata(path).map_err(cannot)?;
        if kind.is_dir() {
            return Self::of_directory(&archive, path, options);
        }
        let file = File::open(path).map_err(cannot)?;
        let input = if kind.is_file() {
            spool::of_file(&archive, file, options)?
        } else {
            spool::of_reader(&archive, file, options)?
        };
        Self::of_input(&archive, input, options)
    }

    /// Reads an archive to its end, into a temporary file that has no name; `name` is for messages.
    ///
    /// # Errors
    /// As [`Archive::open`], and when the temporary file is full or over its cap.
    pub fn from_reader(name: &str, input: impl Read, options: &Options) -> Result<Self, OpenError> {
        let name = show(name.as_bytes());
        let input = spool::of_reader(&name, input, options)?;
        Self::of_input(&name, input, options)
    }

    fn of_directory(archive: &str, path: &Path, options: &Options) -> Result<Self, OpenError> {
        let limit = options.tar.entries;
        let top = Members::new(directory::walk(archive, path, 1, limit)?);
        if !marks::worth_a_walk(&top) {
            let has = |name: &str| path.join(name).symlink_metadata().is_ok();
            return Err(marks::stranger(archive, has));
        }
        let members = Members::new(directory::walk(archive, path, MAX_LEVELS, limit)?);
        let store = Store {
            file: None,
            seen: None,
            members,
        };
        Self::of_store(archive, store, Compression::None, Vec::new(), options)
    }

    fn of_input(archive: &str, input: Input, options: &Options) -> Result<Self, OpenError> {
        let Listing {
            mut members,
            mut anomalies,
            unended,
        } = outer::list(archive, &input, options.tar)?;
        members.extend(hidden(&input));
        for oddity in input.oddities {
            let kind = AnomalyKind::Container {
                code: oddity.code,
                detail: oddity.detail,
                incomplete: oddity.lost,
            };
            anomalies.push(Anomaly::new(archive, kind));
        }
        let store = Store {
            file: Some(input.file),
            seen: input.seen,
            members: Members::new(members),
        };
        let opened = Self::of_store(archive, store, input.compression, anomalies, options)?;
        let last = opened.store.members.has(b"repositories");
        match unended {
            // All later forms are known by a document that comes after the layers, so the start of
            // one that was cut between two members looks like v1, but for the last member of v1.
            Some(offset) if opened.form() == Form::DockerV1 && !last => Err(OpenError::Truncated {
                archive: archive.to_owned(),
                offset,
                entry: None,
            }),
            _ => Ok(opened),
        }
    }

    fn of_store(
        archive: &str,
        mut store: Store,
        compression: Compression,
        mut anomalies: Vec<Anomaly>,
        options: &Options,
    ) -> Result<Self, OpenError> {
        let mut marks = Marks::of(&store.members);
        if !marks.any() {
            let Some(prefix) = marks::common_prefix(&mut store.members) else {
                let has = |name: &str| store.members.has(name.as_bytes());
                return Err(marks::stranger(archive, has));
            };
            let prefix = show(&prefix);
            anomalies.push(Anomaly::new(archive, AnomalyKind::CommonPrefix { prefix }));
            marks = Marks::of(&store.members);
        }
        let reading = Reading::new(archive, &store, &options.documents);
        let contents = Contents::read(&reading, marks, anomalies)?;
        Ok(Self {
            name: archive.to_owned(),
            compression,
            store,
            contents,
        })
    }

    /// Errs when a file was written to, or in a directory replaced, after the archive was opened.
    ///
    /// What was read since may then be a mixture that no archive ever was: call it last.
    ///
    /// # Errors
    /// [`OpenError::Changed`] with the first such file, or when the system does not say how it is.
    pub fn check_unchanged(&self) -> Result<(), OpenError> {
        self.store.check_unchanged(&self.name)
    }

    /// How the archive is laid out.
    #[must_use]
    pub fn form(&self) -> Form {
        self.contents.form
    }

    /// Compression of the whole file.
    #[must_use]
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// Every runnable image of which the archive has anything, in the order in which its documents name them.
    ///
    /// What `index.json` and `manifest.json` both name comes once, with the names of both.
    #[must_use]
    pub fn images(&self) -> &[Image] {
        &self.contents.images
    }

    /// Platforms that an index lists and of which the archive has nothing.
    #[must_use]
    pub fn absent(&self) -> &[AbsentPlatform] {
        &self.contents.absent
    }

    /// Attestations, signatures and whatever else is described like an image without being one.
    #[must_use]
    pub fn attestations(&self) -> &[Attestation] {
        &self.contents.attestations
    }

    /// Documents that led to the images: `manifest.json`, indexes, manifests, configs.
    #[must_use]
    pub fn documents(&self) -> &[BlobId] {
        &self.contents.documents
    }

    /// Bytes that ship although no document leads to them.
    #[must_use]
    pub fn unreferenced(&self) -> &[Unreferenced] {
        &self.contents.unreferenced
    }

    /// What is odd about the archive as a whole; an image has anomalies of its own.
    #[must_use]
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.contents.anomalies
    }

    /// The images that are asked for: all, or those of a name or image ID, of a platform.
    ///
    /// A name is compared as Docker does, so `app` finds `docker.io/library/app:latest`.
    ///
    /// # Errors
    /// When there is no such image; the error lists what there is.
    pub fn select(
        &self,
        name: Option<&str>,
        platform: Option<&Platform>,
    ) -> Result<Vec<&Image>, SelectError> {
        select(self.images(), self.absent(), name, platform)
    }
}

impl BlobSource for Archive {
    fn size(&self, blob: BlobId) -> u64 {
        self.store.size(blob)
    }

    fn read_at(&self, blob: BlobId, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.store.read_at(blob, offset, buf)
    }

    fn describe(&self, blob: BlobId) -> String {
        self.store.describe(blob)
    }
}

/// What the compression of the whole file hid, as bytes outside any member.
fn hidden(input: &Input) -> Option<Member> {
    let (offset, end) = (input.hidden.start, input.hidden.end);
    (offset < end).then(|| Member {
        name: Box::default(),
        offset: None,
        kind: MemberKind::File(Place::Stray {
            offset,
            size: end.saturating_sub(offset),
        }),
    })
}

//! What an archive holds: reading each of its documents and comparing what they say.

use std::collections::{BTreeMap, BTreeSet};

use imglint_format::{Anomaly, AnomalyKind, BlobId, DocumentError, Image};

use crate::{
    AbsentPlatform, Attestation, Form, OpenError,
    gather::{Gathering, normalised},
    leftover::{Unreferenced, duplicates, unreferenced},
    marks::{self, Marks},
    members::Members,
    name::show,
    oci::{Naming, Walk},
    reading::{Reading, container},
};

/// Members called `manifest.json` or `index.json` that are read; a sound archive has one.
const MAX_COPIES: usize = 16;

/// Images by their numbers, with the names that one document gives them.
type Named = Vec<(usize, Vec<String>)>;

#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) form: Form,
    pub(crate) images: Vec<Image>,
    pub(crate) absent: Vec<AbsentPlatform>,
    pub(crate) attestations: Vec<Attestation>,
    pub(crate) documents: Vec<BlobId>,
    pub(crate) unreferenced: Vec<Unreferenced>,
    pub(crate) anomalies: Vec<Anomaly>,
}

impl Contents {
    /// Reads whatever `marks` shows to be there; `anomalies` are those known before.
    pub(crate) fn read(
        reading: &Reading<'_>,
        marks: Marks,
        anomalies: Vec<Anomaly>,
    ) -> Result<Self, OpenError> {
        let mut gathering = Gathering::new(reading, anomalies);
        let listed = gathering.everything(marks)?;
        if gathering.images.is_empty() {
            return Err(no_image(gathering, marks, &listed));
        }
        let form = form(&reading.store.members, marks, &listed);
        gathering.compare(&listed);
        let copies = duplicates(&mut gathering)?;
        let unreferenced = unreferenced(&mut gathering, &copies)?;
        Ok(Self {
            form,
            documents: gathering.documents(),
            images: gathering.images,
            absent: gathering.absent,
            attestations: gathering.attestations,
            unreferenced,
            anomalies: gathering.anomalies,
        })
    }
}

/// What the documents of an archive listed.
#[derive(Debug, Default)]
struct Listed {
    docker: Named,
    oci: Named,
    /// Whether a `manifest.json` has `LayerSources`.
    sources: bool,
    /// Whether `manifest.json` is the manifest of a `dir:` folder.
    dir: bool,
    /// What stands in `manifest.json` instead of images.
    instead: Option<&'static str>,
}

impl Gathering<'_> {
    fn everything(&mut self, marks: Marks) -> Result<Listed, OpenError> {
        let mut listed = Listed::default();
        let manifests = self.copies("manifest.json")?;
        if let [first, .., last] = manifests.as_slice() {
            self.anomalies.push(Anomaly::new(
                "manifest.json",
                AnomalyKind::ManifestTwice {
                    first_entry: entry(*first),
                    second_entry: entry(*last),
                },
            ));
        }
        for blob in manifests {
            let found = self.docker(blob)?;
            listed.sources |= found.sources;
            if marks.dir && found.instead == Some("an object") {
                self.dir(blob)?;
                listed.dir = true;
                continue;
            }
            listed.instead = found.instead.or(listed.instead);
            listed.docker.extend(found.images);
        }
        let mut walk = Walk::new(Naming::Layout);
        for blob in self.copies("index.json")? {
            listed.oci.extend(self.oci(&mut walk, blob)?);
        }
        if marks.v1 && self.images.is_empty() {
            self.v1()?;
        }
        Ok(listed)
    }

    /// Every member of this name that differs from the others, in archive order.
    fn copies(&mut self, name: &str) -> Result<Vec<BlobId>, OpenError> {
        let mut all = self.reading.store.members.find_all(name.as_bytes());
        self.used.extend(&all);
        if all.len() > MAX_COPIES {
            let detail = format!(
                "{} members of this name; only the first {MAX_COPIES} were read",
                all.len()
            );
            let kind = AnomalyKind::Container {
                code: "too-many-copies",
                detail,
                incomplete: true,
            };
            self.anomalies.push(Anomaly::new(name, kind));
            all.truncate(MAX_COPIES);
        }
        let mut distinct: Vec<BlobId> = Vec::new();
        for blob in all {
            let mut known = false;
            for &other in &distinct {
                known |= self.reading.same_bytes(blob, other)?;
            }
            if !known {
                distinct.push(blob);
            }
        }
        Ok(distinct)
    }

    /// Looks for images of which `index.json` and `manifest.json` say different things.
    ///
    /// Either may be the shorter one by its writer's design: containerd lists one platform only in
    /// `manifest.json`, and Docker 25 leaves untagged images out of `index.json` (moby#47065, moby#51389).
    fn compare(&mut self, listed: &Listed) {
        if listed.oci.is_empty() {
            return;
        }
        if let Some(instead) = listed.instead.filter(|_| listed.docker.is_empty()) {
            let detail = format!(
                "manifest.json is {instead}: docker loads nothing, containerd and podman what index.json names"
            );
            self.anomalies.push(container(
                "manifest.json",
                None,
                "manifest-without-images",
                detail,
            ));
            return;
        }
        if !listed.docker.is_empty() && disagree(&listed.docker, &listed.oci) {
            self.anomalies.push(Anomaly::new(
                "index.json",
                AnomalyKind::IndexManifestDisagree,
            ));
        }
    }

    /// What was read to find the images and is neither a layer nor an attestation.
    fn documents(&self) -> Vec<BlobId> {
        let layers = self.images.iter().flat_map(|image| &image.layers);
        let mut others: BTreeSet<BlobId> = layers.filter_map(|layer| layer.blob).collect();
        others.extend(self.attestations.iter().flat_map(|it| &it.blobs));
        let documents: BTreeSet<BlobId> = self.used.iter().copied().collect();
        documents.difference(&others).copied().collect()
    }
}

fn form(members: &Members, marks: Marks, listed: &Listed) -> Form {
    match marks {
        _ if listed.dir => Form::Dir,
        Marks {
            oci: true,
            docker: true,
            ..
        } if listed.sources => Form::DockerSaveOci,
        Marks {
            oci: true,
            docker: true,
            ..
        } => Form::Containerd,
        Marks { oci: true, .. } => Form::OciLayout,
        Marks { docker: true, .. } => marks::docker_form(members),
        _ => Form::DockerV1,
    }
}

fn disagree(docker: &Named, oci: &Named) -> bool {
    let numbers = |named: &Named| {
        named
            .iter()
            .map(|&(number, _)| number)
            .collect::<BTreeSet<_>>()
    };
    let (a, b) = (numbers(docker), numbers(oci));
    if !a.is_subset(&b) && !b.is_subset(&a) {
        return true;
    }
    let (docker, oci) = (by_name(docker), by_name(oci));
    docker.iter().any(|(name, images)| {
        oci.get(name)
            .is_some_and(|others| !images.is_subset(others))
    })
}

fn by_name(named: &Named) -> BTreeMap<String, BTreeSet<usize>> {
    let mut images: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for (number, names) in named {
        for name in names {
            images.entry(normalised(name)).or_default().insert(*number);
        }
    }
    images
}

/// Number of a member's entry in the tar, from 1.
pub(crate) fn entry(blob: BlobId) -> u64 {
    u64::from(blob.index()).saturating_add(1)
}

fn no_image(gathering: Gathering<'_>, marks: Marks, listed: &Listed) -> OpenError {
    let archive = gathering.reading.archive.to_owned();
    let (why, help) = why_no_image(&gathering, marks, listed);
    let why = show(why.as_bytes());
    match gathering.anomalies.into_iter().find_map(unreadable) {
        Some((document, source)) => OpenError::BadDocument {
            archive,
            document,
            source,
        },
        None => OpenError::NoImage { archive, why, help },
    }
}

fn unreadable(anomaly: Anomaly) -> Option<(String, DocumentError)> {
    match anomaly.kind {
        AnomalyKind::Unreadable(error) => Some((anomaly.document, error)),
        _ => None,
    }
}

fn why_no_image(
    gathering: &Gathering<'_>,
    marks: Marks,
    listed: &Listed,
) -> (String, &'static str) {
    const AGAIN: &str = "save the image again: `docker save IMAGE -o image.tar`";
    if let Some(absent) = gathering.absent.first() {
        let platform = absent
            .platform
            .as_ref()
            .map_or_else(|| absent.digest.to_string(), ToString::to_string);
        let why = format!(
            "its index lists platforms ({platform} and others) but none of them is in the archive"
        );
        return (
            why,
            "pull the platform before you save it: `docker pull --platform OS/ARCH IMAGE`",
        );
    }
    if !gathering.attestations.is_empty() {
        return ("only attestations or other artifacts".to_owned(), AGAIN);
    }
    if let Some(anomaly) = gathering
        .anomalies
        .iter()
        .find(|anomaly| anomaly.incomplete())
    {
        return (anomaly.to_string(), AGAIN);
    }
    match listed.instead {
        Some("an object") => (
            "manifest.json is an object, not a list of images".to_owned(),
            "a `dir:` folder of skopeo has a file `version` beside it; give that folder whole",
        ),
        Some(instead) => (format!("manifest.json is {instead}"), AGAIN),
        None if marks.oci => ("index.json lists none".to_owned(), AGAIN),
        None => ("manifest.json is not a file".to_owned(), AGAIN),
    }
}

//! Findings about secrets: one for each secret, with all its places.

mod path_class;
mod severity;
mod texts;

use std::collections::{HashMap, HashSet};

use imglint_layers::{EntryId, Fate, ImagePath};
use imglint_secrets::{Context, Hit, Scanner, SecretFingerprint};

use crate::{
    facts::{Facts, FileSecrets, LayerFacts, LooseBlob, LooseRole, SecretPlace},
    finding::{Finding, Findings, Location},
    image::{ImageView, LayerView},
    linter::LintOptions,
    origin::Origin,
    place::{FoundSecret, HiddenBy, Place},
    sink::{Ended, Run},
};

/// The reason of a place that its own line allows.
const ALLOWED: &str = "imglint:allow on its line";

/// Reports what one rule has to tell of an image's secrets.
pub(crate) fn report(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    findings.extend(&image.secrets().findings);
}

/// Secrets listed of the texts of one image; a config with more is made to fill memory.
const MOST_IN_TEXTS: usize = 10_000;

/// Makes findings of hits: one for each secret and rule.
#[derive(Debug, Default)]
pub struct SecretFindings {
    list: Vec<Finding>,
    /// The place of each in the list, by its rule and its secret.
    known: HashMap<(&'static str, SecretFingerprint), usize>,
}

impl SecretFindings {
    /// No findings yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a hit in a file that belongs to no image.
    pub fn add_file(&mut self, hit: &Hit, path: &ImagePath) {
        let location = Location {
            line: hit.line,
            column: hit.column,
            offset: Some(hit.offset),
            ..Location::default().at(path)
        };
        let severity = severity::of_file(hit, path, None);
        let mut place = Place::new(hit, location, format!("in {path}"), severity);
        place.suppressed = hit.allowed.then(|| ALLOWED.to_owned());
        self.add(hit, place);
    }

    /// Adds a hit at some place.
    pub fn add(&mut self, hit: &Hit, place: Place) {
        let rule = severity::rule(hit, place.location.path.as_ref());
        let key = (rule.id(), hit.fingerprint);
        let known = self.known.get(&key).copied();
        if let Some(finding) = known.and_then(|at| self.list.get_mut(at)) {
            if finding.places.last() != Some(&place) {
                finding.places.push(place);
            }
            return;
        }
        let mut findings = Findings::new(rule);
        findings
            .report(place.location.clone(), "")
            .notes((!hit.excerpt.is_empty()).then(|| hit.excerpt.clone()))
            .secret(FoundSecret::of(hit), place, hit.fingerprint.into());
        self.known.insert(key, self.list.len());
        self.list.append(&mut findings.into_list());
    }

    /// The findings, in the order in which their secrets were first added.
    #[must_use]
    pub fn finish(mut self) -> Vec<Finding> {
        self.list.iter_mut().for_each(Finding::settle);
        self.list
    }
}

/// All secrets of an image: in its layers, lowest first, and in its texts.
pub(crate) fn of_image(image: &ImageView<'_>) -> ImageSecrets {
    let mut findings = SecretFindings::new();
    let fates = fates(image);
    for layer in image.layers() {
        let Some(facts) = layer.facts else { continue };
        for (file, hit) in hits(facts) {
            findings.add(hit, in_layer(image, layer, facts, file, hit, &fates));
        }
    }
    let more = image.wants_secrets() && add_texts(image, &mut findings);
    ImageSecrets {
        findings: findings.finish(),
        more,
    }
}

/// The secrets in an image's texts alone.
pub(crate) fn in_texts(image: &ImageView<'_>) -> Vec<Finding> {
    let mut findings = SecretFindings::new();
    add_texts(image, &mut findings);
    findings.finish()
}

/// Adds the secrets in an image's texts; whether there are more than are listed.
fn add_texts(image: &ImageView<'_>, findings: &mut SecretFindings) -> bool {
    let mut room = MOST_IN_TEXTS;
    let mut more = false;
    let mut run = Run::new(Scanner::shared());
    texts::each(image, &mut |text| {
        let ended = run.text(text.context, text.content.as_bytes());
        let hits = ended.as_ref().map_or(&[][..], |ended| &ended.hits);
        more |= hits.len() > room || ended.as_ref().is_some_and(Ended::is_cut);
        for hit in hits.iter().take(room) {
            findings.add(hit, in_text(image, &text, hit));
        }
        room = room.saturating_sub(hits.len());
    });
    more
}

/// The secrets of an image.
#[derive(Debug)]
pub(crate) struct ImageSecrets {
    pub(crate) findings: Vec<Finding>,
    /// Whether its texts hold more than that.
    pub(crate) more: bool,
}

/// All secrets of the blobs that are no layers; `told` is what was found in the images.
///
/// Documents are looked through as they stand, so most of what they hold was told from the texts
/// that were read out of them.
pub(crate) fn of_loose(facts: &Facts, told: &[&Finding]) -> Vec<Finding> {
    let is_text = |finding: &&&Finding| {
        let mut places = finding.places.iter();
        places.any(|place| place.location.field.is_some())
    };
    let secrets = told
        .iter()
        .filter(is_text)
        .filter_map(|finding| finding.secret.as_ref());
    let clear: HashSet<&[u8]> = secrets.map(FoundSecret::clear).collect();
    let mut findings = SecretFindings::new();
    for blob in facts.loose() {
        for (file, hit) in hits(&blob.facts) {
            if blob.role != LooseRole::Document || !clear.contains(hit.clear()) {
                findings.add(hit, in_loose(blob, file, hit));
            }
        }
    }
    findings.finish()
}

fn hits<'f>(facts: &'f LayerFacts) -> impl Iterator<Item = (&'f FileSecrets, &'f Hit)> {
    let of_file = |file: &'f FileSecrets| file.hits.iter().map(move |hit| (file, hit));
    facts.secrets.iter().flat_map(of_file)
}

type Fates = HashMap<(usize, EntryId), Fate>;

/// What became of the files that hold secrets.
fn fates(image: &ImageView<'_>) -> Fates {
    let facts = image.layers().iter().filter_map(|layer| layer.facts);
    if facts.flat_map(hits).next().is_none() {
        return HashMap::new();
    }
    let payloads = image.stack().payloads().iter();
    payloads
        .map(|payload| ((payload.layer, payload.entry), payload.fate))
        .collect()
}

fn in_layer(
    image: &ImageView<'_>,
    layer: &LayerView<'_>,
    facts: &LayerFacts,
    file: &FileSecrets,
    hit: &Hit,
    fates: &Fates,
) -> Place {
    let path = facts.path(file.place);
    let fate = file
        .place
        .entry()
        .and_then(|entry| fates.get(&(layer.index, entry)).copied());
    let mut place = in_blob(facts, file, hit, layer.location());
    place.origin = Some(layer.origin);
    place.hidden = match fate {
        Some(Fate::Wasted {
            cause,
            killer_layer,
            ..
        }) => Some(HiddenBy {
            layer: killer_layer,
            cause,
            instruction: image.location(killer_layer).instruction,
        }),
        _ => None,
    };
    if let (SecretPlace::Entry(entry), Some(path)) = (file.place, path) {
        place.severity = severity::of_file(hit, path, image.owned(layer.index, entry));
        // Nobody allows secrets to those who build upon him.
        let allowed = hit.allowed && layer.origin == Origin::Own;
        place.suppressed = allowed.then(|| ALLOWED.to_owned());
    }
    place
}

fn in_loose(blob: &LooseBlob, file: &FileSecrets, hit: &Hit) -> Place {
    let location = Location::field(blob.name.clone());
    let mut place = in_blob(&blob.facts, file, hit, location);
    let name = &blob.name;
    let whole = match blob.role {
        LooseRole::Document => format!("the document {name}"),
        LooseRole::Attestation => format!("the attestation {name}"),
        LooseRole::Unreferenced => format!("{name}, which no document leads to"),
    };
    place.text = match place.location.path {
        Some(_) => format!("{} of {whole}", place.text),
        None => format!("in {whole}"),
    };
    place
}

/// A place in a layer, or in another blob; `location` is what is known of all of it.
fn in_blob(facts: &LayerFacts, file: &FileSecrets, hit: &Hit, location: Location) -> Place {
    let path = facts.path(file.place);
    let shown = path.map(|path| match file.place {
        SecretPlace::Name(_) => without(path, hit),
        _ => path.clone(),
    });
    let of = |path: &ImagePath| match (file.place, &file.label) {
        (SecretPlace::Name(_), _) => format!("in the name {path}"),
        (SecretPlace::Link(_), _) => format!("in the link target of {path}"),
        (SecretPlace::Owner(_), _) => format!("in the owner of {path}"),
        (SecretPlace::Records(_), Some(label)) => format!("in the attribute {label} of {path}"),
        (SecretPlace::Records(_), None) => format!("in the attributes of {path}"),
        _ => format!("in {path}"),
    };
    let text = match (&shown, file.place) {
        (Some(path), _) => of(path),
        (None, SecretPlace::Blob { .. }) => "in bytes around the compressed layer".to_owned(),
        (None, _) => "in bytes of the layer that belong to no file".to_owned(),
    };
    let (begin, in_file) = match file.place {
        SecretPlace::Entry(_) => (Some(0), true),
        SecretPlace::Tar { offset } | SecretPlace::Blob { offset } => (Some(offset), false),
        _ => (None, false),
    };
    let location = Location {
        path: shown,
        line: hit.line.filter(|_| in_file),
        column: hit.column.filter(|_| in_file),
        offset: begin.map(|begin| hit.offset.saturating_add(begin)),
        ..location
    };
    Place::new(hit, location, text, severity::of_hit(hit, path))
}

fn in_text(image: &ImageView<'_>, text: &texts::Text<'_>, hit: &Hit) -> Place {
    let row = text.row.and_then(|row| image.history().get(row));
    let layer = row.and_then(|row| row.layer);
    let location = Location {
        field: Some(text.field.clone()),
        instruction: row.map(|row| row.instruction.text.clone()),
        ..layer.map_or_else(Location::default, |layer| image.location(layer))
    };
    let mut place = Place::new(
        hit,
        location,
        text.place.clone(),
        severity::of_hit(hit, None),
    );
    place.origin = text.row.map(|row| image.origin_of_row(row));
    // The message names it already.
    if let Context::Variable(_) = text.context {
        place.name = None;
    }
    place
}

/// A path without the secret that stands in it.
fn without(path: &ImagePath, hit: &Hit) -> ImagePath {
    let (bytes, clear) = (path.as_bytes(), hit.clear());
    let at = bytes
        .windows(clear.len().max(1))
        .position(|window| window == clear);
    let parts = at.and_then(|at| Some((bytes.get(..at)?, bytes.get(at + clear.len()..)?)));
    match parts {
        Some((before, after)) => {
            let name = [before, b"********", after].concat();
            ImagePath::from_tar_name(&name).0
        }
        None => path.clone(),
    }
}

#[cfg(test)]
mod tests;

//! What the rules about secrets have in common: where a secret ships, and where it went.

use std::collections::{BTreeMap, HashMap};

use imglint_layers::{EntryId, Fate, ImagePath};
use imglint_secrets::{Family, Hit, SecretFingerprint};

use crate::{
    facts::SecretPlace,
    finding::{Draft, Findings, Location},
    image::{ImageView, LayerView},
};

/// One secret under one path, with every layer that ships it.
pub(crate) struct Secret<'v, 'a> {
    /// In the lowest layer that ships it.
    pub(crate) hit: &'a Hit,
    /// The file; `None` for bytes that belong to none.
    pub(crate) path: Option<&'a ImagePath>,
    layer: &'v LayerView<'a>,
    place: SecretPlace,
    /// What became of it in the highest layer that ships it.
    fate: Option<Fate>,
    again: Vec<&'v LayerView<'a>>,
}

/// The secrets of some families, lowest layer first.
pub(crate) fn secrets<'v, 'a>(
    image: &'v ImageView<'a>,
    families: &[Family],
) -> Vec<Secret<'v, 'a>> {
    let fates = fates(image);
    let mut seen: BTreeMap<(Option<&ImagePath>, SecretFingerprint), usize> = BTreeMap::new();
    let mut secrets: Vec<Secret<'v, 'a>> = Vec::new();
    for (layer, place, hit) in hits(image).filter(|(_, _, hit)| families.contains(&hit.family)) {
        let path = entry(place).and_then(|id| Some(&layer.facts?.index.entry(id)?.path));
        let fate = entry(place).and_then(|id| fates.get(&(layer.index, id)).copied());
        if let Some(secret) = seen
            .get(&(path, hit.fingerprint))
            .and_then(|&at| secrets.get_mut(at))
        {
            secret.seen_again(layer, fate);
        } else {
            seen.insert((path, hit.fingerprint), secrets.len());
            secrets.push(Secret {
                hit,
                path,
                layer,
                place,
                fate,
                again: Vec::new(),
            });
        }
    }
    secrets
}

fn hits<'v, 'a>(
    image: &'v ImageView<'a>,
) -> impl Iterator<Item = (&'v LayerView<'a>, SecretPlace, &'a Hit)> + use<'v, 'a> {
    image.layers().iter().flat_map(|layer| {
        let files = layer
            .facts
            .map(|facts| facts.secrets.as_slice())
            .unwrap_or_default();
        files
            .iter()
            .flat_map(move |file| file.hits.iter().map(move |hit| (layer, file.place, hit)))
    })
}

/// What became of the files that hold secrets.
fn fates(image: &ImageView<'_>) -> HashMap<(usize, EntryId), Fate> {
    if hits(image).next().is_none() {
        return HashMap::new();
    }
    let payloads = image.stack().payloads().iter();
    payloads
        .map(|payload| ((payload.layer, payload.entry), payload.fate))
        .collect()
}

fn entry(place: SecretPlace) -> Option<EntryId> {
    match place {
        SecretPlace::Entry(id) | SecretPlace::Records(id) => Some(id),
        SecretPlace::Tar { .. } | SecretPlace::Blob { .. } => None,
    }
}

impl<'v, 'a> Secret<'v, 'a> {
    fn seen_again(&mut self, layer: &'v LayerView<'a>, fate: Option<Fate>) {
        self.fate = fate;
        if layer.index != self.layer.index
            && !self.again.iter().any(|again| again.index == layer.index)
        {
            self.again.push(layer);
        }
    }

    /// Reports it with all that is known of it; never with its value.
    pub(crate) fn report<'f>(
        &self,
        image: &ImageView<'_>,
        findings: &'f mut Findings,
    ) -> Draft<'f> {
        let message = match &self.hit.field {
            Some(field) => format!("{} in {} ({field})", self.hit.what, self.place_text()),
            None => format!("{} in {}", self.hit.what, self.place_text()),
        };
        let evidence = self.path.map(ImagePath::as_bytes).unwrap_or_default();
        let mut draft = findings.report(self.location(), format!("{message}{}", self.gone(image)));
        draft
            .notes((!self.hit.excerpt.is_empty()).then(|| self.hit.excerpt.clone()))
            .notes(
                self.killed_by(image)
                    .map(|killer| format!("no longer visible since {}", killer.label())),
            )
            .notes(
                self.again
                    .iter()
                    .map(|layer| format!("shipped again by {}", layer.label())),
            )
            .origin(self.layer.origin)
            .evidence([evidence, self.hit.fingerprint.0.as_slice()]);
        draft
    }

    fn location(&self) -> Location {
        let begin = match self.place {
            SecretPlace::Tar { offset } | SecretPlace::Blob { offset } => offset,
            SecretPlace::Entry(_) | SecretPlace::Records(_) => 0,
        };
        let in_file = matches!(self.place, SecretPlace::Entry(_));
        Location {
            path: self.path.cloned(),
            line: self.hit.line.filter(|_| in_file),
            column: self.hit.column.filter(|_| in_file),
            offset: Some(self.hit.offset.saturating_add(begin)),
            ..self.layer.location()
        }
    }

    fn place_text(&self) -> String {
        match (self.place, self.path) {
            (SecretPlace::Records(_), Some(path)) => format!("the PAX records of {path}"),
            (_, Some(path)) => format!("{path}"),
            (SecretPlace::Blob { .. }, None) => "bytes around the compressed layer".to_owned(),
            (_, None) => "bytes of the layer that belong to no file".to_owned(),
        }
    }

    /// The end of the message if no container sees the file.
    fn gone(&self, image: &ImageView<'_>) -> String {
        let layer = self.layer.index;
        match self.killed_by(image) {
            Some(killer) if killer.index != layer => {
                format!(
                    ", gone in layer {} but shipped in layer {layer}",
                    killer.index
                )
            }
            Some(_) => format!(", never visible but shipped in layer {layer}"),
            None => String::new(),
        }
    }

    fn killed_by<'i, 'b>(&self, image: &'i ImageView<'b>) -> Option<&'i LayerView<'b>> {
        match self.fate? {
            Fate::Wasted { killer_layer, .. } => image.layers().get(killer_layer),
            Fate::Live => None,
        }
    }
}

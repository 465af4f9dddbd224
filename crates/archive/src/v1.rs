//! Images of Docker up to 1.9: layer folders that name their parents.

use std::collections::{BTreeMap, BTreeSet};

use imglint_format::{
    Anomaly, AnomalyKind, BlobId, BlobRole, BlobSource, Image, ImageConfig, LayerRef, Repositories,
    V1Layer,
};

use crate::{OpenError, gather::Gathering, marks, name, reading::Document};

/// Layers of all images together, a shared one counted each time; Docker allowed 127 in one image.
const MAX_LAYERS: usize = 100_000;

/// Layer folders by their ids.
type Folders = BTreeMap<String, Folder>;

#[derive(Debug)]
struct Folder {
    json: BlobId,
    layer: V1Layer,
}

/// The way from a head down to its lowest layer.
#[derive(Debug, Default)]
struct Chain<'a> {
    /// Top first.
    ids: Vec<&'a str>,
    /// Why it does not end at a layer without a parent.
    broken: Option<AnomalyKind>,
}

impl Gathering<'_> {
    /// Adds an image for each head: each id that `repositories` names or that is nobody's parent.
    pub(crate) fn v1(&mut self) -> Result<(), OpenError> {
        let folders = self.v1_folders()?;
        let tags = self.v1_tags()?;
        let mut rest: BTreeSet<&str> = folders.keys().map(String::as_str).collect();
        let mut layers = 0_usize;
        for head in self.v1_heads(&folders, &tags) {
            self.v1_image(&folders, &tags, head, &mut rest, &mut layers)?;
        }
        // What no head leads to can only be circles.
        while let Some(head) = rest.pop_first() {
            self.v1_image(&folders, &tags, head, &mut rest, &mut layers)?;
        }
        Ok(())
    }

    fn v1_folders(&mut self) -> Result<Folders, OpenError> {
        let reading = self.reading;
        let mut folders = Folders::new();
        for name in reading
            .store
            .members
            .names()
            .filter(|name| marks::is_v1_json(name))
        {
            let Ok(json) = reading.store.members.find(name) else {
                continue;
            };
            self.used.insert(json);
            let cap = reading.limits.config;
            let layer = reading.load(json, cap, V1Layer::parse, &mut self.anomalies)?;
            if let Some(Document { value: layer, .. }) = layer {
                folders.insert(name::show(name::parent(name)), Folder { json, layer });
            }
        }
        Ok(folders)
    }

    /// What `repositories` says: names, and the ids that they mean.
    fn v1_tags(&mut self) -> Result<Vec<(String, String)>, OpenError> {
        let reading = self.reading;
        let Ok(blob) = reading.store.members.find(b"repositories") else {
            return Ok(Vec::new());
        };
        self.used.insert(blob);
        let cap = reading.limits.docker_manifest;
        let document = reading.load(blob, cap, Repositories::parse, &mut self.anomalies)?;
        let tags = document.map(|document| document.value).unwrap_or_default();
        Ok(tags
            .tags()
            .map(|(name, id)| (name, id.to_owned()))
            .collect())
    }

    fn v1_heads<'f>(
        &mut self,
        folders: &'f Folders,
        tags: &[(String, String)],
    ) -> BTreeSet<&'f str> {
        let parents: BTreeSet<&str> = folders
            .values()
            .map(|it| it.layer.parent.as_str())
            .collect();
        let mut heads: BTreeSet<&str> = folders.keys().map(String::as_str).collect();
        heads.retain(|id| !parents.contains(id));
        for (name, id) in tags {
            match folders.get_key_value(id) {
                Some((id, _)) => {
                    heads.insert(id);
                }
                None => self.anomalies.push(no_such_head(name, id)),
            }
        }
        heads
    }

    fn v1_image<'f>(
        &mut self,
        folders: &'f Folders,
        tags: &[(String, String)],
        head: &'f str,
        rest: &mut BTreeSet<&'f str>,
        layers: &mut usize,
    ) -> Result<(), OpenError> {
        let chain = chain(folders, head);
        for id in &chain.ids {
            rest.remove(id);
        }
        *layers = layers.saturating_add(chain.ids.len());
        if *layers > MAX_LAYERS {
            self.anomalies.push(too_many_layers());
            return Ok(());
        }
        let Some(top) = folders.get(head) else {
            return Ok(());
        };
        let document = self.reading.store.describe(top.json);
        let stack: Vec<V1Layer> = chain
            .ids
            .iter()
            .rev()
            .filter_map(|&id| folders.get(id))
            .map(|it| it.layer.clone())
            .collect();
        let mut image = Image {
            names: tags
                .iter()
                .filter(|(_, id)| id == head)
                .map(|(name, _)| name.clone())
                .collect(),
            v1_id: Some(head.to_owned()),
            config: ImageConfig::of_v1(&stack),
            anomalies: chain
                .broken
                .into_iter()
                .map(|kind| Anomaly::new(document.clone(), kind))
                .collect(),
            ..Image::default()
        };
        image.platform = image.config.platform();
        let cap = self.limits().config;
        image.config_bytes = self
            .reading
            .bytes(top.json, cap, &mut image.anomalies)?
            .unwrap_or_default();
        for (index, id) in chain.ids.iter().rev().enumerate() {
            let role = BlobRole::Layer {
                index,
                total: chain.ids.len(),
            };
            let layer = self.v1_layer(&document, id, role, &mut image.anomalies);
            image.layers.push(layer);
        }
        self.add(image);
        Ok(())
    }

    /// Every folder is a layer, also where nothing was changed.
    fn v1_layer(
        &mut self,
        document: &str,
        id: &str,
        role: BlobRole,
        anomalies: &mut Vec<Anomaly>,
    ) -> LayerRef {
        let name = format!("{id}/layer.tar");
        let missing = AnomalyKind::MissingBlob {
            blob: role,
            digest: None,
        };
        let blob = self
            .reading
            .locate(document, name.as_bytes(), missing, anomalies);
        self.used.extend(blob);
        LayerRef {
            blob,
            name,
            ..LayerRef::default()
        }
    }
}

fn chain<'f>(folders: &'f Folders, head: &'f str) -> Chain<'f> {
    let mut chain = Chain::default();
    let mut seen = BTreeSet::new();
    let mut next = head;
    while !next.is_empty() {
        let Some((id, folder)) = folders.get_key_value(next) else {
            chain.broken = Some(AnomalyKind::ParentMissing {
                parent: next.to_owned(),
            });
            break;
        };
        if !seen.insert(id.as_str()) {
            chain.broken = Some(AnomalyKind::ParentCycle { id: id.clone() });
            break;
        }
        chain.ids.push(id);
        next = &folder.layer.parent;
    }
    chain
}

fn no_such_head(name: &str, id: &str) -> Anomaly {
    let kind = AnomalyKind::Container {
        code: "tag-without-image",
        detail: format!("{name:?} names layer {id:?}, which is not in the archive; not scanned"),
        incomplete: true,
    };
    Anomaly::new("repositories", kind)
}

fn too_many_layers() -> Anomaly {
    let kind = AnomalyKind::Container {
        code: "too-many-layers",
        detail: format!("more than {MAX_LAYERS} layers in chains; the rest was not read"),
        incomplete: true,
    };
    Anomaly::new("repositories", kind)
}

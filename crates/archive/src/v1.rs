//! Images of Docker up to 1.9: layer folders that name their parents.

use std::collections::{BTreeMap, BTreeSet};

use imglint_format::{
    Anomaly, AnomalyKind, BlobId, BlobRole, BlobSource, Image, ImageConfig, LayerRef, Repositories,
    V1Layer,
};

use crate::{OpenError, gather::Gathering, marks, name, reading::Document};

/// Layer folders by their ids.
type Folders = BTreeMap<String, Folder>;

/// Names of layers by their ids.
type Tags = BTreeMap<String, Vec<String>>;

#[derive(Debug)]
struct Folder {
    json: BlobId,
    layer: V1Layer,
}

/// The way from a head down to its lowest layer.
#[derive(Debug, Default)]
struct Chain<'a> {
    /// Lowest first.
    layers: Vec<Link<'a>>,
    /// Why it does not end at a layer without a parent.
    broken: Option<AnomalyKind>,
}

#[derive(Debug)]
struct Link<'a> {
    id: &'a str,
    folder: &'a Folder,
}

impl Gathering<'_> {
    /// Adds an image for each head: each id that `repositories` names or that is nobody's parent.
    pub(crate) fn v1(&mut self) -> Result<(), OpenError> {
        let folders = self.v1_folders()?;
        let tags = self.v1_tags()?;
        let mut rest: BTreeSet<&str> = folders.keys().map(String::as_str).collect();
        let mut heads = self.v1_heads(&folders, &tags);
        // What no head leads to can only be circles.
        while let Some(head) = heads.pop_first().or_else(|| rest.pop_first()) {
            let chain = chain(&folders, head, self.layers_left.saturating_add(1));
            for layer in &chain.layers {
                rest.remove(layer.id);
            }
            let names = tags.get(head).cloned().unwrap_or_default();
            self.v1_image(chain, names)?;
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

    /// The names that `repositories` gives to each id.
    fn v1_tags(&mut self) -> Result<Tags, OpenError> {
        let reading = self.reading;
        let mut tags = Tags::new();
        let Ok(blob) = reading.store.members.find(b"repositories") else {
            return Ok(tags);
        };
        self.used.insert(blob);
        let cap = reading.limits.docker_manifest;
        let document = reading.load(blob, cap, Repositories::parse, &mut self.anomalies)?;
        for (name, id) in document.iter().flat_map(|document| document.value.tags()) {
            tags.entry(id.to_owned()).or_default().push(name);
        }
        Ok(tags)
    }

    fn v1_heads<'f>(&mut self, folders: &'f Folders, tags: &Tags) -> BTreeSet<&'f str> {
        let parents = folders.values().map(|folder| folder.layer.parent.as_str());
        let parents: BTreeSet<&str> = parents.collect();
        let mut heads: BTreeSet<&str> = folders.keys().map(String::as_str).collect();
        heads.retain(|id| !parents.contains(id));
        for (id, names) in tags {
            match folders.get_key_value(id) {
                Some((id, _)) => {
                    heads.insert(id);
                }
                None => self.anomalies.push(no_such_head(&names.join(", "), id)),
            }
        }
        heads
    }

    fn v1_image(&mut self, chain: Chain<'_>, names: Vec<String>) -> Result<(), OpenError> {
        let Some(top) = chain.layers.last() else {
            return Ok(());
        };
        let total = chain.layers.len();
        let document = self.reading.store.describe(top.folder.json);
        if self.room_for_layers(&document, total) < total {
            return Ok(());
        }
        let stack = chain.layers.iter().map(|layer| layer.folder.layer.clone());
        let config = ImageConfig::of_v1(&stack.collect::<Vec<_>>());
        let broken = chain
            .broken
            .map(|kind| Anomaly::new(document.clone(), kind));
        let mut image = Image {
            names,
            platform: config.platform(),
            v1_id: Some(top.id.to_owned()),
            config,
            anomalies: broken.into_iter().collect(),
            ..Image::default()
        };
        let (reading, cap) = (self.reading, self.limits().config);
        let json = reading.bytes(top.folder.json, cap, &mut image.anomalies)?;
        image.config_bytes = json.unwrap_or_default();
        for (index, layer) in chain.layers.iter().enumerate() {
            let role = BlobRole::Layer { index, total };
            let layer = self.v1_layer(&document, layer.id, role, &mut image.anomalies);
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
            name: Some(name::show(name.as_bytes())),
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

/// Walks from `head` down over at most `room` layers.
fn chain<'f>(folders: &'f Folders, head: &'f str, room: usize) -> Chain<'f> {
    let mut chain = Chain::default();
    let mut seen = BTreeSet::new();
    let mut next = head;
    while !next.is_empty() && chain.layers.len() < room {
        let Some((id, folder)) = folders.get_key_value(next) else {
            let parent = next.to_owned();
            chain.broken = Some(AnomalyKind::ParentMissing { parent });
            break;
        };
        if !seen.insert(id) {
            chain.broken = Some(AnomalyKind::ParentCycle { id: id.clone() });
            break;
        }
        chain.layers.push(Link { id, folder });
        next = &folder.layer.parent;
    }
    chain.layers.reverse();
    chain
}

fn no_such_head(names: &str, id: &str) -> Anomaly {
    let kind = AnomalyKind::Container {
        code: "tag-without-image",
        detail: format!("{names:?} names layer {id:?}, which is not in the archive; not scanned"),
        incomplete: true,
    };
    Anomaly::new("repositories", kind)
}

//! What holds for every stack of layers: it equals a naive replay, and no byte is lost.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

use crate::{
    ContentId, EntryId, ImagePath, LayerEntry, LayerIndex, Node, Stack, Timestamp, WasteCause,
    Whiteout,
};

/// What a path holds in the naive model; files by layer and entry.
#[derive(Debug, Clone, PartialEq)]
enum Thing {
    Directory,
    Link,
    File(Option<(usize, usize)>),
}

fn layers() -> impl Strategy<Value = Vec<LayerIndex>> {
    vec(vec(node(), 0..12).prop_map(index), 1..5)
}

/// Few names, so that paths meet.
fn path() -> impl Strategy<Value = ImagePath> {
    "[ab](/[ab]){0,2}".prop_map(|path| ImagePath::from(&*path))
}

fn node() -> impl Strategy<Value = (ImagePath, Node)> {
    let identity = (0..3_u8).prop_map(|id| ContentId(id.into()));
    let file = identity.prop_map(|identity| Node::File {
        size: 10,
        stored: 10,
        identity,
    });
    prop_oneof![
        6 => (path(), file),
        3 => (path(), Just(Node::Directory)),
        1 => (path(), Just(Node::Symlink { target: b"a"[..].into() })),
        3 => path().prop_flat_map(|target| (path(), Just(Node::HardLink { target }))),
        3 => path().prop_map(|path| (whiteout_of(&path), Node::Whiteout(Whiteout::Path(path)))),
        1 => path().prop_map(|path| (path.join(b".wh..wh..opq"), Node::Whiteout(Whiteout::Opaque(path)))),
        1 => Just((ImagePath::from(".wh..wh..opq"), Node::Whiteout(Whiteout::Opaque(ImagePath::root())))),
    ]
}

fn whiteout_of(path: &ImagePath) -> ImagePath {
    let name = [b".wh.", path.file_name().unwrap()].concat();
    path.parent().unwrap().join(&name)
}

fn index(nodes: Vec<(ImagePath, Node)>) -> LayerIndex {
    let entries = nodes.into_iter().map(|(path, node)| LayerEntry {
        path,
        offset: 0,
        data_offset: 0,
        node,
        mode: 0,
        uid: 0,
        gid: 0,
        mtime: Timestamp::default(),
        xattrs: Box::default(),
        header_size: 0,
    });
    LayerIndex {
        entries: entries.collect(),
        ..LayerIndex::default()
    }
}

/// A flat map of paths, changed as image-spec, `layer.md`, says, without any cleverness.
#[derive(Default)]
struct Naive(BTreeMap<ImagePath, Thing>);

impl Naive {
    fn remove(&mut self, path: &ImagePath, itself: bool) {
        self.0
            .retain(|other, _| !(other.starts_with(path) && (itself || other != path)));
    }

    fn is_blocked(&self, path: &ImagePath) -> Option<ImagePath> {
        let blocks = |other: &&ImagePath| {
            self.0[*other] != Thing::Directory && path != *other && path.starts_with(other)
        };
        self.0.keys().find(blocks).cloned()
    }

    fn apply(&mut self, layer: usize, index: &LayerIndex) {
        for entry in &index.entries {
            if let Node::Whiteout(Whiteout::Opaque(path)) = &entry.node {
                self.remove(path, false);
            }
        }
        for entry in &index.entries {
            if let Node::Whiteout(Whiteout::Path(path)) = &entry.node {
                self.remove(path, true);
            }
        }
        let mut own = Vec::new();
        for (id, entry) in index.entries.iter().enumerate() {
            self.entry(layer, id, entry, &mut own);
        }
    }

    fn entry(&mut self, layer: usize, id: usize, entry: &LayerEntry, own: &mut Vec<ImagePath>) {
        let blocked = self.is_blocked(&entry.path);
        if let Node::Whiteout(_) = entry.node {
            if let Some(blocked) = blocked.filter(|blocked| !own.contains(blocked)) {
                self.0.insert(blocked.clone(), Thing::Directory);
                own.push(blocked);
            }
            return;
        }
        if let Some(blocked) = blocked {
            self.0.insert(blocked, Thing::Directory);
        }
        let mut above = entry.path.parent();
        while let Some(path) = above.filter(|path| !path.is_root()) {
            if !self.0.contains_key(&path) {
                own.push(path.clone());
            }
            self.0.entry(path.clone()).or_insert(Thing::Directory);
            above = path.parent();
        }
        let thing = match &entry.node {
            Node::Directory => Thing::Directory,
            Node::HardLink { target } => match self.0.get(target) {
                Some(Thing::Directory) | None => Thing::File(None),
                Some(thing) => thing.clone(),
            },
            Node::Symlink { .. } => Thing::Link,
            _ => Thing::File(Some((layer, id))),
        };
        if thing != Thing::Directory || self.0.get(&entry.path) != Some(&Thing::Directory) {
            self.remove(&entry.path, true);
        }
        self.0.insert(entry.path.clone(), thing);
        own.push(entry.path.clone());
    }
}

fn replay(layers: &[LayerIndex]) -> Naive {
    let mut naive = Naive::default();
    for (layer, index) in layers.iter().enumerate() {
        naive.apply(layer, index);
    }
    naive
}

fn with_stack<T>(layers: &[LayerIndex], ask: impl FnOnce(&Stack<'_>) -> T) -> T {
    ask(&Stack::new(&layers.iter().collect::<Vec<_>>()))
}

fn flat(stack: &Stack<'_>) -> BTreeMap<ImagePath, Thing> {
    let things = stack.tree().iter().map(|node| {
        let payload = node.payload().map(|id| &stack.payloads()[id.index()]);
        let thing = match node.inode().map(|entry| &entry.node) {
            _ if node.is_directory() => Thing::Directory,
            Some(Node::Symlink { .. }) => Thing::Link,
            _ => Thing::File(payload.map(|payload| (payload.layer, payload.entry.index()))),
        };
        (node.path(), thing)
    });
    things.collect()
}

proptest! {
    #[test]
    fn tree_is_that_of_a_naive_replay(layers in layers()) {
        with_stack(&layers, |stack| {
            prop_assert_eq!(flat(stack), replay(&layers).0);
            let paths: Vec<_> = stack.tree().iter().map(|node| node.path()).collect();
            prop_assert!(paths.is_sorted());
            prop_assert!(paths.iter().all(|path| stack.tree().get(path).unwrap().path() == *path));
            Ok(())
        })?;
    }

    #[test]
    fn live_and_wasted_bytes_are_all_bytes(layers in layers()) {
        let naive = replay(&layers);
        let mut live: Vec<_> = naive.0.values().filter_map(|thing| match thing {
            Thing::File(file) => *file,
            _ => None,
        }).collect();
        live.sort_unstable();
        live.dedup();
        with_stack(&layers, |stack| {
            for (layer, index) in layers.iter().enumerate() {
                let shipped: u64 = index.entries.iter().map(LayerEntry::size).sum();
                let reached = live.iter().filter(|(other, _)| *other == layer).count() as u64 * 10;
                let bytes = stack.layer_bytes(layer);
                prop_assert_eq!((bytes.total(), bytes.live), (shipped, reached));
            }
            prop_assert_eq!(stack.bytes().wasted, stack.hidden().map(|file| file.size).sum::<u64>());
            prop_assert_eq!(stack.hidden_groups().iter().map(|group| group.size).sum::<u64>(), stack.bytes().wasted);
            prop_assert_eq!(stack.tree().root().subtree_size(), stack.bytes().live);
            Ok(())
        })?;
    }

    #[test]
    fn killers_are_later_but_for_names_given_twice(layers in layers()) {
        with_stack(&layers, |stack| {
            for file in stack.hidden() {
                prop_assert!(file.killer_layer >= file.layer);
                prop_assert!(file.cause != WasteCause::DuplicateEntry || file.killer_layer == file.layer);
                prop_assert!(layers[file.killer_layer].entry(file.killer_entry).is_some());
            }
            Ok(())
        })?;
    }

    #[test]
    fn place_of_opaque_markers_is_irrelevant(mut layers in layers()) {
        let before = with_stack(&layers, |stack| flat(stack).into_keys().collect::<Vec<_>>());
        for layer in &mut layers {
            layer.entries.sort_by_key(|entry| matches!(entry.node, Node::Whiteout(Whiteout::Opaque(_))));
        }
        // A marker below a file of its own layer is refused by every engine and has no order to keep.
        let after = with_stack(&layers, |stack| flat(stack).into_keys().collect::<Vec<_>>());
        let mixed = layers.iter().enumerate().any(|(layer, _)| {
            with_stack(&layers, |stack| stack.anomalies(layer).iter().any(|anomaly| anomaly.code().ends_with("becomes-directory")))
        });
        prop_assert!(mixed || before == after);
    }

    #[test]
    fn changes_lead_from_the_tree_below_to_the_tree_above(layers in layers()) {
        let (top, below) = (layers.len() - 1, &layers[..layers.len() - 1]);
        let mut paths: Vec<_> = with_stack(below, |stack| flat(stack).into_keys().collect());
        with_stack(&layers, |stack| {
            for change in stack.changes(top).into_iter().filter(|change| !change.path.is_root()) {
                match change.change {
                    crate::Change::Added => paths.push(change.path),
                    crate::Change::Removed => paths.retain(|path| *path != change.path),
                    _ => prop_assert!(paths.contains(&change.path)),
                }
            }
            paths.sort();
            prop_assert_eq!(paths, flat(stack).into_keys().collect::<Vec<_>>());
            Ok(())
        })?;
    }
}

#[test]
fn ids_of_other_layers_find_nothing() {
    assert!(index(Vec::new()).entry(EntryId::new(0)).is_none());
}

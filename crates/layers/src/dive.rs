//! The numbers of another program, dive, for people who bring its thresholds along.
//!
//! This is dive's own model (wagoodman/dive 0.13, `dive/filetree/efficiency.go`), its mistakes and
//! all; [`Stack`](crate::Stack) has the true numbers. The main mistakes: it counts the copy that
//! survives, it does not see that a deleted directory was full, it knows no opaque markers and no
//! hard links, and a whiteout of nothing ends its look at a layer.

use std::collections::BTreeMap;

use crate::{
    index::{LayerIndex, Node},
    path::ImagePath,
};

/// What dive says of an image.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Dive {
    /// Its `efficiencyScore`: 1 is best.
    pub efficiency: f64,
    /// Its `sizeBytes`: bytes of all layers.
    pub size_bytes: u64,
    /// Bytes of all layers but the lowest.
    pub user_size_bytes: u64,
    /// Its `inefficientBytes`: bytes of the paths below, every copy.
    pub wasted_bytes: u64,
    /// Wasted bytes for each user byte; not a number or infinite when there are no user bytes.
    pub wasted_user_ratio: f64,
    /// Its `fileReference` list: paths that more than one layer has, most bytes first.
    pub references: Vec<DiveReference>,
}

/// A path that dive counts as waste.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiveReference {
    /// The path.
    pub path: ImagePath,
    /// How often layers have it.
    pub count: usize,
    /// Bytes of all of them.
    pub size_bytes: u64,
}

impl Dive {
    /// Computes dive's numbers for the layers of an image, lowest first.
    #[must_use]
    pub fn of(layers: &[&LayerIndex]) -> Self {
        let sizes: Vec<i64> = layers.iter().map(|layer| layer_size(layer)).collect();
        let user = sizes.iter().skip(1).copied().fold(0, i64::wrapping_add);
        let all = sizes.first().copied().unwrap_or(0).wrapping_add(user);
        let mut tally = Tally::default();
        tally.count_layers(layers);
        tally.sizes.sort_by(|(a, _), (b, _)| a.cmp(b));
        let repeated: Vec<_> = tally.paths().filter(|path| path.nodes > 1).collect();
        let wasted = repeated.iter().map(|path| path.cumulative);
        let wasted = wasted.fold(0, i64::wrapping_add);
        Self {
            efficiency: tally.efficiency(),
            size_bytes: all.cast_unsigned(),
            user_size_bytes: user.cast_unsigned(),
            wasted_bytes: wasted.cast_unsigned(),
            wasted_user_ratio: ratio(wasted, user),
            references: references(&repeated),
        }
    }
}

/// Header sizes of all entries, whiteouts and names given twice included.
fn layer_size(layer: &LayerIndex) -> i64 {
    let sizes = layer.entries.iter().filter(|entry| !entry.path.is_root());
    let sizes = sizes.map(|entry| entry.header_size);
    sizes.fold(0, i64::wrapping_add)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Go's float64() rounds to nearest in the same way"
)]
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

/// dive's `EfficiencyData`.
#[derive(Debug, Clone, Copy)]
struct PathTally<'t> {
    path: &'t [u8],
    cumulative: i64,
    /// Negative until a size was seen.
    least: i64,
    nodes: usize,
}

impl<'t> PathTally<'t> {
    /// Of the sizes that one path has in the layers, lowest first.
    fn of(sizes: &'t [(Box<[u8]>, Option<i64>)]) -> Self {
        let mut tally = Self {
            path: sizes.first().map_or(&[], |(path, _)| path),
            cumulative: 0,
            least: -1,
            nodes: 0,
        };
        for size in sizes.iter().filter_map(|&(_, size)| size) {
            tally.cumulative = tally.cumulative.wrapping_add(size);
            if tally.least < 0 || size < tally.least {
                tally.least = size;
            }
            tally.nodes += 1;
        }
        tally
    }
}

/// The leaves of each layer with their sizes, by path once all layers are counted.
///
/// A whiteout of nothing has no size, but dive lists its path.
#[derive(Debug, Default)]
struct Tally {
    sizes: Vec<(Box<[u8]>, Option<i64>)>,
}

impl Tally {
    fn count_layers(&mut self, layers: &[&LayerIndex]) {
        let mut below: Option<Tree<'_>> = None;
        let mut layers = layers.iter().peekable();
        while let Some(layer) = layers.next() {
            let tree = Tree::of(layer);
            // dive looks for what the lowest layer deletes in that layer itself.
            self.count_layer(&tree, below.as_ref().unwrap_or(&tree));
            if layers.peek().is_none() {
                break;
            }
            let mut stacked = below.unwrap_or_else(|| tree.clone());
            stacked.stack(&tree);
            below = Some(stacked);
        }
    }

    /// Visits the leaves of a layer; at a whiteout of nothing dive leaves the layer.
    fn count_layer(&mut self, tree: &Tree<'_>, below: &Tree<'_>) {
        for &node in tree
            .depth_first()
            .iter()
            .filter(|&&node| tree.is_leaf(node))
        {
            let names = tree.names(node);
            let size = if tree.is_whiteout(node) {
                below.get(&names).map(|hidden| below.hidden_size(hidden))
            } else {
                Some(tree.node(node).info.size)
            };
            self.sizes.push((names.join(&b'/').into(), size));
            if size.is_none() {
                return;
            }
        }
    }

    fn paths(&self) -> impl Iterator<Item = PathTally<'_>> {
        let paths = self.sizes.chunk_by(|(a, _), (b, _)| a == b);
        paths.map(PathTally::of)
    }

    fn efficiency(&self) -> f64 {
        let (mut least, mut cumulative) = (0_i64, 0_i64);
        for path in self.paths() {
            least = least.wrapping_add(path.least);
            cumulative = cumulative.wrapping_add(path.cumulative);
        }
        if cumulative == 0 {
            1.0
        } else {
            ratio(least, cumulative)
        }
    }
}

fn references(repeated: &[PathTally<'_>]) -> Vec<DiveReference> {
    let reference = |path: &PathTally<'_>| DiveReference {
        path: path.path.into(),
        count: path.nodes,
        size_bytes: path.cumulative.cast_unsigned(),
    };
    let mut references: Vec<_> = repeated.iter().map(reference).collect();
    references.sort_by(|a, b| {
        let by_size = b.size_bytes.cmp(&a.size_bytes);
        by_size.then_with(|| a.path.cmp(&b.path))
    });
    references
}

/// dive's `FileTree` of one layer or of several stacked ones.
#[derive(Debug, Clone, Default)]
struct Tree<'a> {
    // Invariant: the first node is the root; nodes are never removed, only no longer reached.
    nodes: Vec<TreeNode<'a>>,
}

#[derive(Debug, Clone, Default)]
struct TreeNode<'a> {
    name: &'a [u8],
    parent: usize,
    children: BTreeMap<&'a [u8], usize>,
    info: Info,
}

/// dive's `FileInfo`; blank for directories without an entry.
#[derive(Debug, Clone, Copy, Default)]
struct Info {
    size: i64,
    directory: bool,
}

impl<'a> Tree<'a> {
    const ROOT: usize = 0;

    fn of(layer: &'a LayerIndex) -> Self {
        let mut tree = Self {
            nodes: vec![TreeNode::default()],
        };
        for entry in &layer.entries {
            let info = Info {
                size: entry.header_size,
                directory: entry.node == Node::Directory,
            };
            tree.add(entry.path.components(), info);
        }
        tree
    }

    /// dive's `AddPath`: names that begin with two whiteout prefixes are dropped.
    fn add(&mut self, path: impl Iterator<Item = &'a [u8]>, info: Info) {
        let mut node = Self::ROOT;
        for name in path {
            node = match self.node(node).children.get(name) {
                Some(&child) => child,
                None if name.starts_with(b".wh..wh.") => return,
                None => self.add_child(node, name),
            };
        }
        if node != Self::ROOT {
            self.node_mut(node).info = info;
        }
    }

    fn add_child(&mut self, parent: usize, name: &'a [u8]) -> usize {
        let child = self.nodes.len();
        self.nodes.push(TreeNode {
            name,
            parent,
            ..TreeNode::default()
        });
        self.node_mut(parent).children.insert(name, child);
        child
    }

    /// dive's `Stack`, which takes the nodes of the upper tree in depth-first order.
    fn stack(&mut self, upper: &Tree<'a>) {
        for node in upper.depth_first() {
            let names = upper.names(node);
            if upper.is_whiteout(node) {
                self.remove(&names);
            } else {
                self.add(names.into_iter(), upper.node(node).info);
            }
        }
    }

    fn remove(&mut self, path: &[&[u8]]) {
        if let Some(node) = self.get(path).filter(|&node| node != Self::ROOT) {
            let TreeNode { parent, name, .. } = *self.node(node);
            self.node_mut(parent).children.remove(name);
        }
    }

    fn get(&self, path: &[&[u8]]) -> Option<usize> {
        let mut names = path.iter().filter(|name| !name.is_empty());
        names.try_fold(Self::ROOT, |node, name| {
            self.node(node).children.get(name).copied()
        })
    }

    /// What a whiteout of the node is said to hide.
    fn hidden_size(&self, node: usize) -> i64 {
        if !self.node(node).info.directory {
            return 0;
        }
        let sizes = self
            .below(node)
            .into_iter()
            .map(|node| self.node(node).info.size);
        sizes.fold(0, i64::wrapping_add)
    }

    /// Every node but the root, children first, names in byte order.
    fn depth_first(&self) -> Vec<usize> {
        let mut nodes = self.below(Self::ROOT);
        nodes.pop();
        nodes
    }

    /// The node and all below it, children first, names in byte order.
    fn below(&self, node: usize) -> Vec<usize> {
        // Parents first and names in reverse order, then all of it reversed.
        let mut nodes = Vec::new();
        let mut open = vec![node];
        while let Some(node) = open.pop() {
            nodes.push(node);
            open.extend(self.node(node).children.values());
        }
        nodes.reverse();
        nodes
    }

    /// dive's `Path`: the last name loses its whiteout prefix.
    fn names(&self, mut node: usize) -> Vec<&'a [u8]> {
        let mut names = Vec::new();
        while node != Self::ROOT {
            names.push(self.node(node).name);
            node = self.node(node).parent;
        }
        if let Some(last) = names.first_mut() {
            *last = last.strip_prefix(b".wh.").unwrap_or(last);
        }
        names.reverse();
        names
    }

    fn is_whiteout(&self, node: usize) -> bool {
        self.node(node).name.starts_with(b".wh.")
    }

    fn is_leaf(&self, node: usize) -> bool {
        self.node(node).children.is_empty()
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "numbers are made by `add_child` alone and nodes never go"
    )]
    fn node(&self, node: usize) -> &TreeNode<'a> {
        &self.nodes[node]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "numbers are made by `add_child` alone and nodes never go"
    )]
    fn node_mut(&mut self, node: usize) -> &mut TreeNode<'a> {
        &mut self.nodes[node]
    }
}

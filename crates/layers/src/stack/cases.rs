//! Waste, changes and sizes, case by case; odd images that broke other tools.

use imglint_testkit::{EntryType, Layer, Meta};

use crate::{
    Stack,
    witness::{anomalies, hidden, stacked, tree},
};

fn file(path: &str, content: &str) -> Layer {
    Layer::new().file(path, content)
}

#[track_caller]
fn check_hidden(layers: &[Layer], expected: &str) {
    assert_eq!(stacked(layers, hidden), expected);
}

/// Changes of the top layer: `path change size`.
fn changes(stack: &Stack<'_>) -> String {
    let changes = stack.changes(stack.layers().len() - 1);
    let lines = changes.iter().map(|change| {
        let path = String::from_utf8_lossy(change.path.as_bytes());
        let what = match change.change {
            crate::Change::MetadataOnly(attributes) => format!("[{attributes}]"),
            other => format!("{other:?}").to_lowercase(),
        };
        format!("{path} {what} {}", change.size)
    });
    lines.collect::<Vec<_>>().join(", ")
}

#[test]
fn touch_and_rm_show_the_empty_file_as_deleted() {
    check_hidden(
        &[file("hi", ""), Layer::new().whiteout("hi")],
        "hi:0>1 deleted-file 0",
    );
}

#[test]
fn other_content_overwrites_and_the_same_content_is_metadata() {
    check_hidden(
        &[file("a", "one"), file("a", "two!")],
        "a:0>1 overwritten 3",
    );
    let chmod = Layer::new().file_with("a", "one", Meta::mode(0o755));
    check_hidden(&[file("a", "one"), chmod], "a:0>1 metadata-only 3");
}

#[test]
fn deleted_and_made_again_in_one_layer_is_overwritten() {
    check_hidden(
        &[
            file("a", "one"),
            Layer::new().whiteout("a").file("a", "two"),
        ],
        "a:0>1 overwritten 3",
    );
    check_hidden(
        &[
            file("a", "one"),
            Layer::new().whiteout("a").file("a", "one"),
        ],
        "a:0>1 metadata-only 3",
    );
    let again = Layer::new().whiteout("d").dir("d").file("d/a", "two");
    check_hidden(&[file("d/a", "one"), again], "d/a:0>1 overwritten 3");
}

#[test]
fn opaque_directory_spares_its_own_layer() {
    let upper = Layer::new()
        .dir("d")
        .file("d/before", "x")
        .opaque("d")
        .file("d/after", "y");
    check_hidden(&[file("d/old", "old"), upper], "d/old:0>1 opaque 3");
}

#[test]
fn renamed_file_is_moved_and_copied_file_is_not() {
    let renamed = Layer::new().whiteout("a").file("b", "text");
    check_hidden(&[file("a", "text"), renamed], "a:0>1 moved 4");
    check_hidden(
        &[
            file("a", "text"),
            file("b", "text"),
            Layer::new().whiteout("a"),
        ],
        "a:0>2 deleted-file 4",
    );
    check_hidden(
        &[file("a", ""), Layer::new().whiteout("a").file("b", "")],
        "a:0>1 deleted-file 0",
    );
}

#[test]
fn other_type_replaces_a_file_and_what_is_below_a_directory() {
    check_hidden(
        &[file("a", "one"), Layer::new().symlink("a", "b")],
        "a:0>1 type-replaced 3",
    );
    check_hidden(
        &[file("a", "one"), Layer::new().dir("a")],
        "a:0>1 type-replaced 3",
    );
    check_hidden(
        &[file("a", "one"), file("a/in", "")],
        "a:0>1 type-replaced 3",
    );
    check_hidden(
        &[file("d/a", "one"), file("d", "")],
        "d/a:0>1 type-replaced 3",
    );
}

#[test]
fn first_of_two_entries_for_a_path_is_wasted_by_its_own_layer() {
    check_hidden(
        &[file("a", "one").file("a", "two")],
        "a:0>0 duplicate-entry 3",
    );
    let over_lower = file("a", "1").file("a", "22");
    check_hidden(
        &[file("a", "lower"), over_lower],
        "a:0>1 overwritten 5, a:1>1 duplicate-entry 1",
    );
}

#[test]
fn file_for_the_root_is_wasted_and_reported() {
    stacked(&[file("a", "x"), file("./", "root")], |stack| {
        assert_eq!(
            hidden(stack),
            "/:1>1 type-replaced 4".trim_start_matches('/')
        );
        assert_eq!(anomalies(stack), "root-not-directory!");
        assert_eq!(tree(stack), "a");
    });
}

#[test]
fn file_with_two_names_is_wasted_when_the_last_one_goes() {
    let linked = || file("a", "text").hard_link("b", "a");
    check_hidden(&[linked(), Layer::new().whiteout("a")], "");
    let both = [
        linked(),
        Layer::new().whiteout("a"),
        Layer::new().whiteout("b"),
    ];
    check_hidden(&both, "a:0>2 deleted-file 4");
    // chown -R ships both names again, as one payload.
    let owner = Meta {
        uid: 7,
        ..Meta::default()
    };
    let chown = Layer::new()
        .file_with("a", "text", owner)
        .hard_link("b", "a");
    check_hidden(&[linked(), chown], "a:0>1 metadata-only 4");
}

/// google/go-containerregistry#2002.
#[test]
fn ggcr_2002_link_keeps_the_content_that_it_was_made_of() {
    let layers = [
        file("t2", "123"),
        file("t2", "123")
            .hard_link("t1", "t2")
            .hard_link("t3", "t2"),
        file("t1", "456"),
    ];
    stacked(&layers, |stack| {
        let layer = |name: &str| {
            stack.payloads()[stack
                .tree()
                .get(&name.into())
                .unwrap()
                .payload()
                .unwrap()
                .index()]
            .layer
        };
        assert_eq!(["t1", "t2", "t3"].map(layer), [2, 1, 1]);
        assert_eq!(hidden(stack), "t2:0>1 metadata-only 3");
    });
}

#[test]
fn link_to_nothing_or_to_a_directory_is_reported() {
    for upper in [
        Layer::new().hard_link("l", "gone"),
        Layer::new().dir("d").hard_link("l", "d"),
    ] {
        stacked(&[upper], |stack| {
            assert_eq!(anomalies(stack), "unresolved-hard-link");
        });
    }
}

#[test]
fn link_to_a_link_shares_the_first_payload() {
    let layer = file("a", "text")
        .hard_link("b", "a")
        .hard_link("c", "b")
        .whiteout("x");
    stacked(
        &[layer, Layer::new().whiteout("a").whiteout("b")],
        |stack| {
            assert_eq!((stack.bytes().live, hidden(stack).as_str()), (4, ""));
            assert_eq!(stack.tree().get(&"c".into()).unwrap().subtree_size(), 4);
        },
    );
}

#[test]
fn link_in_a_directory_without_an_entry() {
    let layer = file("a", "x").hard_link("no/entry/b", "a");
    assert_eq!(stacked(&[layer], tree), "a* no/* no/entry/* no/entry/b*");
}

#[test]
fn whiteouts_of_the_lowest_layer_vanish() {
    assert_eq!(stacked(&[file("a", "x").whiteout("b")], tree), "a*");
}

#[test]
fn whiteouts_beside_an_opaque_marker_are_in_order() {
    let upper = Layer::new().dir("d").opaque("d").whiteout("d/a");
    stacked(&[file("d/a", "x").file("d/b", "y"), upper], |stack| {
        assert_eq!(
            (tree(stack).as_str(), anomalies(stack).as_str()),
            ("d/*", "")
        );
    });
}

#[test]
fn opaque_directory_over_a_lower_link_replaces_the_link_alone() {
    let lower = Layer::new().dir("e").file("e/keep", "k").symlink("s", "e");
    let upper = Layer::new().dir("s").opaque("s").file("s/new", "");
    stacked(&[lower, upper], |stack| {
        assert_eq!(
            (tree(stack).as_str(), anomalies(stack).as_str()),
            ("e/ e/keep s/* s/new*", "")
        );
    });
}

#[test]
fn opaque_directory_that_is_not_below() {
    assert_eq!(
        stacked(&[file("a", ""), Layer::new().dir("d").opaque("d")], tree),
        "a d/*"
    );
}

#[test]
fn changes_tell_content_from_metadata() {
    let meta = Meta::default();
    let lower = file("same", "1")
        .file("text", "2")
        .file("mode", "3")
        .file("gone", "44")
        .dir("d")
        .symlink("l", "x");
    let lower = lower
        .file("time", "5")
        .xattr_file("cap", "6", &[])
        .file("type", "7")
        .file("owner", "8");
    let upper = file("same", "1").file("text", "changed").file_with(
        "mode",
        "3",
        Meta {
            mode: 0o600,
            ..meta
        },
    );
    let upper = upper
        .whiteout("gone")
        .dir("d")
        .file("d/new", "999")
        .symlink("l", "y");
    let upper = upper.file_with("time", "5", Meta { mtime: 9, ..meta });
    let upper = upper
        .xattr_file(
            "cap",
            "6",
            &[("security.capability", b"\x01"), ("user.x", b"y")],
        )
        .dir("type");
    let upper = upper.file_with(
        "owner",
        "8",
        Meta {
            gid: 9,
            mtime: 1,
            ..meta
        },
    );
    let expected = "cap [capabilities, xattrs] 1, d unchanged 0, d/new added 3, gone removed 2, l modified 0, \
                    mode [mode] 1, owner [owner, mtime] 1, same unchanged 1, text modified 7, time [mtime] 1, \
                    type typechanged 0";
    assert_eq!(stacked(&[lower, upper], changes), expected);
}

#[test]
fn changes_compare_with_the_tree_below_not_with_the_layer_itself() {
    let upper = Layer::new()
        .whiteout("d")
        .dir("d")
        .file("d/a", "1")
        .file("d/a", "one")
        .file("e", "x")
        .dir("e");
    let expected = "d unchanged 0, d/a unchanged 3, d/b removed 3, e added 0";
    assert_eq!(
        stacked(
            &[
                Layer::new().dir("d").file("d/a", "one").file("d/b", "two"),
                upper
            ],
            changes
        ),
        expected
    );
}

#[test]
fn changes_of_the_lowest_layer_are_additions() {
    assert_eq!(
        stacked(&[file("d/a", "one").whiteout("x")], changes),
        "d added 0, d/a added 3"
    );
}

#[test]
fn docker_size_counts_inodes_once_and_links_by_their_length() {
    let layer = file("a", "12345")
        .hard_link("b", "a")
        .symlink("l", "seven77")
        .dir("d");
    let layer = layer
        .device("n", EntryType::Char, 1, 3)
        .sparse_file("s", 5000, &[(10, b"x")]);
    let upper = Layer::new()
        .whiteout("a")
        .file("c", "1")
        .file("c", "22")
        .file(".wh.x", "ignored")
        .file("d/f", "333");
    stacked(&[layer, upper], |stack| {
        assert_eq!(
            [0, 1, 2].map(|layer| stack.docker_size(layer)),
            [5 + 7 + 5000, 2 + 3, 0]
        );
    });
}

#[test]
fn docker_size_keeps_a_file_whose_first_name_was_taken() {
    let layer = file("a", "12345").hard_link("b", "a").file("a", "1");
    assert_eq!(stacked(&[layer], |stack| stack.docker_size(0)), 6);
}

#[test]
fn docker_size_of_a_layer_does_not_depend_on_those_below() {
    let upper = Layer::new().whiteout("d").dir("d").file("d/a", "12");
    let alone = stacked(std::slice::from_ref(&upper), |stack| stack.docker_size(0));
    let over = stacked(&[file("d/a", "1"), upper], |stack| stack.docker_size(1));
    assert_eq!((alone, over), (2, 2));
}

#[test]
fn deleted_directory_is_one_group() {
    let lower = file("d/a", "1")
        .file("d/b/c", "22")
        .file("x", "333")
        .file("y", "4");
    let upper = Layer::new().whiteout("d").whiteout("x").file("y", "5");
    stacked(&[lower, upper], |stack| {
        let groups = stack.hidden_groups();
        let lines = groups.iter().map(|group| {
            (
                group.path.to_string(),
                group.size,
                group.files.len(),
                group.cause().code(),
            )
        });
        let expected = [
            ("/d", 3, 2, "deleted-dir"),
            ("/x", 3, 1, "deleted-file"),
            ("/y", 1, 1, "overwritten"),
        ];
        assert_eq!(
            lines.collect::<Vec<_>>(),
            expected.map(|(path, size, files, cause)| (path.to_owned(), size, files, cause))
        );
    });
}

#[test]
fn same_content_at_two_live_paths_is_duplicate_and_no_waste() {
    let layers = [
        file("a", "text").file("empty", "").file("void", ""),
        file("b", "text").hard_link("c", "b"),
        file("d", "text"),
    ];
    stacked(&layers, |stack| {
        let duplicates = stack.duplicates();
        let [one] = &duplicates[..] else {
            panic!("{duplicates:?}")
        };
        assert_eq!((one.size, one.payloads.len(), one.extra_bytes()), (4, 3, 8));
        assert_eq!(stack.bytes().wasted, 0);
    });
}

#[test]
fn subtree_counts_a_payload_with_two_names_once_at_each_level() {
    let layer = file("d/a/x", "1234")
        .hard_link("d/b/y", "d/a/x")
        .hard_link("d/b/z", "d/a/x")
        .file("d/w", "1");
    stacked(&[layer], |stack| {
        let size = |path: &str| stack.tree().get(&path.into()).unwrap().subtree_size();
        assert_eq!(["d/a", "d/b", "d/b/z", "d", ""].map(size), [4, 4, 4, 5, 5]);
    });
}

#[test]
fn resolve_follows_links_inside_the_root() {
    let layer = file("usr/bin/sh", "x")
        .symlink("bin", "usr/bin")
        .symlink("usr/abs", "/bin/../bin");
    let layer = layer
        .symlink("up", "../../../usr")
        .symlink("loop", "pool")
        .symlink("pool", "loop");
    stacked(&[layer], |stack| {
        let resolve = |path: &str| {
            stack
                .tree()
                .resolve(&path.into())
                .map(|node| node.path().to_string())
        };
        for path in ["bin/sh", "usr/abs/sh", "up/bin/sh", "up/abs/sh"] {
            assert_eq!(resolve(path).as_deref(), Some("/usr/bin/sh"), "{path}");
        }
        assert_eq!(
            [resolve("loop"), resolve("usr/bin/sh/x"), resolve("gone")],
            [None, None, None]
        );
        assert!(stack.tree().get(&"bin/sh".into()).is_none());
    });
}

#[test]
fn layer_listed_twice_counts_twice() {
    let layers = [file("a", "12"), file("a", "12")];
    stacked(&layers, |stack| {
        assert_eq!((stack.bytes().live, stack.bytes().wasted), (2, 2));
        assert_eq!(
            (
                stack.layer_bytes(0).wasted,
                stack.layer_bytes(1).live,
                stack.layer_bytes(2).total()
            ),
            (2, 2, 0)
        );
    });
}

#[test]
fn no_layers_make_an_empty_tree() {
    let stack = Stack::new(&[]);
    assert_eq!(
        (
            stack.tree().iter().count(),
            stack.bytes().total(),
            stack.changes(0).len()
        ),
        (0, 0, 0)
    );
}

#[test]
fn path_of_4096_components_is_placed_and_deleted() {
    let deep = vec!["d"; 4096].join("/");
    let lower = Layer::new()
        .pax(&[("path", deep.as_bytes())])
        .file("short", "x");
    stacked(&[lower, Layer::new().whiteout("d")], |stack| {
        assert_eq!((stack.bytes().wasted, stack.tree().iter().count()), (1, 0));
        assert_eq!(stack.hidden_groups()[0].cause().code(), "deleted-dir");
    });
}

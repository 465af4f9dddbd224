//! The table of formats that engines judge differently: each row's upper layer over the same lower one.
//!
//! Expected trees are those of image-spec, `layer.md`; what engines do was found by running them.

use imglint_testkit::{EntryType, Layer};

use crate::witness::{anomalies, stacked, tree};

const ABOVE_A: &str = "d/ d/old d/sub/ d/sub/deep e/ e/keep s tgt";

fn lower() -> Layer {
    let directories = Layer::new()
        .dir("d")
        .file("d/old", "old")
        .dir("d/sub")
        .file("d/sub/deep", "deep");
    let files = directories.file("a", "a").dir("e").file("e/keep", "keep");
    files.symlink("s", "e").file("tgt", "target")
}

#[track_caller]
fn check(upper: Layer, expected_tree: &str, expected_anomalies: &str) {
    stacked(&[lower(), upper], |stack| {
        assert_eq!(
            (tree(stack).as_str(), anomalies(stack).as_str()),
            (expected_tree, expected_anomalies)
        );
    });
}

#[test]
fn row_1_whiteout_then_its_file() {
    check(
        Layer::new().whiteout("a").file("a", "new"),
        &format!("a* {ABOVE_A}"),
        "",
    );
}

#[test]
fn row_2_file_then_its_whiteout() {
    let upper = Layer::new().file("a", "new").whiteout("a");
    check(upper, &format!("a* {ABOVE_A}"), "whiteout-after-entry");
}

#[test]
fn row_3_whiteout_then_the_directory_again() {
    let upper = Layer::new().whiteout("d").dir("d").file("d/new", "");
    check(
        upper,
        "a d/* d/new* e/ e/keep s tgt",
        "whiteout-beside-directory",
    );
}

#[test]
fn row_3b_whiteout_then_a_file_in_the_directory() {
    let upper = Layer::new().whiteout("d").file("d/new", "");
    check(
        upper,
        "a d/* d/new* e/ e/keep s tgt",
        "whiteout-beside-children",
    );
}

#[test]
fn row_4_directory_then_its_whiteout() {
    let upper = Layer::new().dir("d").file("d/new", "").whiteout("d");
    check(
        upper,
        "a d/* d/new* e/ e/keep s tgt",
        "whiteout-after-entry",
    );
}

#[test]
fn row_5_opaque_marker_anywhere_in_the_layer() {
    let first = Layer::new().dir("d").opaque("d").file("d/new", "");
    let last = Layer::new().dir("d").file("d/new", "").opaque("d");
    let without_entry = Layer::new().opaque("d");
    check(first, "a d/* d/new* e/ e/keep s tgt", "");
    check(last, "a d/* d/new* e/ e/keep s tgt", "");
    check(without_entry, "a d/ e/ e/keep s tgt", "");
}

#[test]
fn row_6_opaque_marker_in_the_root() {
    check(
        Layer::new().opaque("").file("new", ""),
        "new*",
        "root-opaque",
    );
}

#[test]
fn rows_7_and_8_whiteouts_of_nothing_nameable() {
    for name in ["d/.wh.", "d/.wh..", "d/.wh..."] {
        check(
            Layer::new().file(name, ""),
            &format!("a {ABOVE_A}"),
            "invalid-whiteout!",
        );
    }
}

#[test]
fn row_9_whiteout_of_a_path_that_is_not_there() {
    check(
        Layer::new().whiteout("nothing"),
        &format!("a {ABOVE_A}"),
        "whiteout-of-nothing?",
    );
    check(
        Layer::new().whiteout("no/thing"),
        &format!("a {ABOVE_A}"),
        "whiteout-of-nothing?",
    );
}

#[test]
fn row_10_whiteout_below_a_whiteout() {
    let gone = "a e/ e/keep s tgt";
    check(
        Layer::new().whiteout("d").whiteout("d/old"),
        gone,
        "redundant-whiteout",
    );
    check(
        Layer::new().whiteout("d/old").whiteout("d"),
        gone,
        "redundant-whiteout",
    );
}

#[test]
fn row_11_file_over_directory_and_directory_over_file() {
    check(
        Layer::new().file("d", "now a file"),
        "a d* e/ e/keep s tgt",
        "",
    );
    check(Layer::new().dir("a"), &format!("a/* {ABOVE_A}"), "");
}

#[test]
fn row_12_entry_below_a_lower_file() {
    check(
        Layer::new().file("a/in", ""),
        &format!("a/* a/in* {ABOVE_A}"),
        "file-becomes-directory",
    );
}

#[test]
fn row_13_entry_below_a_link_of_its_own_layer() {
    let upper = Layer::new().symlink("d", "e").file("d/f", "");
    check(
        upper,
        "a d/* d/f* e/ e/keep s tgt",
        "symlink-becomes-directory",
    );
}

#[test]
fn row_14_entry_below_a_lower_link() {
    let tree = "a d/ d/old d/sub/ d/sub/deep e/ e/keep s/* s/f* tgt";
    check(
        Layer::new().file("s/f", ""),
        tree,
        "symlink-becomes-directory",
    );
}

#[test]
fn row_15_hard_link_to_a_lower_file() {
    let tree = "a d/ d/old d/sub/ d/sub/deep e/ e/keep link* s tgt";
    check(
        Layer::new().hard_link("link", "tgt"),
        tree,
        "cross-layer-hard-link",
    );
}

#[test]
fn row_16_path_given_twice() {
    let twice = Layer::new().file("a", "one").file("./a", "other");
    check(twice, &format!("a* {ABOVE_A}"), "duplicate-entry");
    let link_then_file = Layer::new()
        .file("x", "")
        .hard_link("a", "x")
        .file("a", "new");
    check(
        link_then_file,
        &format!("a* {ABOVE_A} x*"),
        "duplicate-entry",
    );
    let directories = Layer::new().dir("d").dir("d");
    check(
        directories,
        "a d/* d/old d/sub/ d/sub/deep e/ e/keep s tgt",
        "duplicate-entry",
    );
    let whiteouts = Layer::new().whiteout("a").whiteout("a");
    check(whiteouts, ABOVE_A, "duplicate-entry");
}

#[test]
fn row_17_device_that_overlayfs_takes_for_a_whiteout() {
    let upper = Layer::new().device("a", EntryType::Char, 0, 0);
    check(upper, &format!("a* {ABOVE_A}"), "overlay-whiteout-device");
    let other = Layer::new().device("a", EntryType::Char, 1, 3);
    check(other, &format!("a* {ABOVE_A}"), "");
}

#[test]
fn row_18_attribute_that_overlayfs_takes_for_an_opaque_marker() {
    let upper = Layer::new()
        .xattrs(&[("trusted.overlay.opaque", b"y")])
        .dir("d");
    check(
        upper,
        "a d/* d/old d/sub/ d/sub/deep e/ e/keep s tgt",
        "overlay-opaque-attribute",
    );
}

#[test]
fn row_19_whiteout_of_any_type_goes_by_its_name() {
    check(Layer::new().dir(".wh.a"), ABOVE_A, "");
    check(Layer::new().symlink(".wh.a", "x"), ABOVE_A, "");
    check(
        Layer::new().file("x", "").hard_link(".wh.a", "x"),
        &format!("{ABOVE_A} x*"),
        "",
    );
    check(
        Layer::new().file(".wh.a", "secret"),
        ABOVE_A,
        "whiteout-with-content",
    );
}

#[test]
fn row_20_aufs_metadata_is_no_part_of_the_tree() {
    let upper = Layer::new()
        .dir(".wh..wh.plnk")
        .file(".wh..wh.plnk/5.6", "x")
        .file(".wh..wh.aufs", "");
    check(
        upper,
        &format!("a {ABOVE_A}"),
        "aufs-metadata? aufs-metadata? aufs-metadata?",
    );
    let linked = Layer::new()
        .file(".wh..wh.plnk/5.6", "x")
        .hard_link("b", ".wh..wh.plnk/5.6");
    check(linked, &format!("a b* {ABOVE_A}"), "aufs-metadata?");
}

#[test]
fn row_21_paths_are_clamped_to_the_root() {
    for name in ["../x", "d/../../x"] {
        check(
            Layer::new().file(name, ""),
            &format!("a {ABOVE_A} x*"),
            "dot-dot-path",
        );
    }
    for name in ["/x", "./x", ".//x"] {
        check(Layer::new().file(name, ""), &format!("a {ABOVE_A} x*"), "");
    }
}

#[test]
fn row_22_unknown_types_are_no_part_of_the_tree() {
    for flag in [b'Z', b'7'] {
        let upper = Layer::new()
            .header("x", EntryType::new(flag), 3, |_| {})
            .body("abc");
        check(upper, &format!("a {ABOVE_A}"), "unknown-type");
    }
}

#[test]
fn row_23_global_header_is_never_applied() {
    let upper = Layer::new()
        .global_pax(&[("path", b"evil"), ("size", b"0")])
        .file("x", "abc");
    check(upper, &format!("a {ABOVE_A} x*"), "pax-global-header?");
}

#[test]
fn row_24_sparse_file_has_its_logical_size() {
    let upper = Layer::new().sparse_file("x", 5000, &[(4096, b"abc")]);
    check(upper.clone(), &format!("a {ABOVE_A} x*"), "");
    let size = stacked(&[upper], |stack| {
        stack.tree().get(&"x".into()).unwrap().subtree_size()
    });
    assert_eq!(size, 5000);
}

#[test]
fn row_25_size_of_a_directory_hides_nothing() {
    let upper = Layer::new()
        .header("f/", EntryType::Directory, 1024, |_| {})
        .file("x", "");
    check(
        upper,
        &format!("a {} f/* s tgt x*", "d/ d/old d/sub/ d/sub/deep e/ e/keep"),
        "size-without-content",
    );
}

#[test]
fn row_26_entries_after_a_lone_zero_block_are_read() {
    let upper = Layer::new().file("x", "").zero_blocks(1).file("y", "");
    check(upper, &format!("a {ABOVE_A} x* y*"), "lone-zero-block!");
}

#[test]
fn row_27_data_after_the_end_is_no_entry() {
    let upper = Layer::new().zero_blocks(2).file("x", "");
    check(upper, &format!("a {ABOVE_A}"), "data-after-end");
}

#[test]
fn row_28_whiteout_below_a_lower_link() {
    let upper = Layer::new().whiteout("s/keep");
    check(
        upper,
        "a d/ d/old d/sub/ d/sub/deep e/ e/keep s/* tgt",
        "symlink-becomes-directory",
    );
}

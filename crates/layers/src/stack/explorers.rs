//! Where dive and the truth part: each case with dive's numbers and with ours.
//!
//! dive's numbers come from its own tests, or were computed by a port of it that gives them bit for bit.

#![expect(clippy::float_cmp, reason = "dive's numbers are told bit for bit")]

use imglint_testkit::{EntryType, Layer, Meta};

use crate::{
    Dive,
    witness::{hidden, indexes, stacked},
};

fn bytes(count: usize) -> Vec<u8> {
    vec![b'x'; count]
}

fn dive(layers: &[Layer]) -> Dive {
    Dive::of(&indexes(layers).iter().collect::<Vec<_>>())
}

/// Efficiency and wasted bytes: dive's, then true ones.
#[track_caller]
fn check(layers: &[Layer], dive_says: (f64, u64), truth: (f64, u64)) {
    let dive = dive(layers);
    assert_close((dive.efficiency, dive.wasted_bytes), dive_says);
    let [live, wasted] = stacked(layers, |stack| [stack.bytes().live, stack.bytes().wasted]);
    let [part, whole] = [live, live + wasted].map(|bytes| f64::from(u32::try_from(bytes).unwrap()));
    assert_close((part / whole, wasted), truth);
}

/// The table gives four decimals.
#[track_caller]
fn assert_close(found: (f64, u64), expected: (f64, u64)) {
    assert!(
        (found.0 - expected.0).abs() < 0.00051 && found.1 == expected.1,
        "{found:?} is not {expected:?}"
    );
}

fn full_directory() -> Layer {
    Layer::new()
        .dir("dir")
        .file("dir/a", bytes(1000))
        .file("dir/b", bytes(500))
}

#[test]
fn case_1_overwritten_by_as_many_bytes() {
    let layers = [
        Layer::new().file("a", bytes(1000)),
        Layer::new().file("a", [b'y'; 1000]),
    ];
    check(&layers, (0.5, 2000), (0.5, 1000));
}

#[test]
fn case_2_overwritten_by_many_more_bytes() {
    let layers = [
        Layer::new().file("a", bytes(10)),
        Layer::new().file("a", bytes(1000)),
    ];
    check(&layers, (0.0099, 1010), (0.9901, 10));
}

#[test]
fn case_3_directory_deleted() {
    check(
        &[full_directory(), Layer::new().whiteout("dir")],
        (1.0, 0),
        (0.0, 1500),
    );
}

#[test]
fn case_4_directory_deleted_and_made_again_empty() {
    let full = Layer::new().dir("dir").file("dir/a", bytes(1000));
    check(
        &[full, Layer::new().whiteout("dir"), Layer::new().dir("dir")],
        (0.5, 1000),
        (0.0, 1000),
    );
}

#[test]
fn case_5_opaque_directory() {
    let opaque = Layer::new()
        .dir("dir")
        .opaque("dir")
        .file("dir/new", bytes(5));
    check(&[full_directory(), opaque], (1.0, 0), (0.003, 1500));
}

#[test]
fn case_6_whiteout_of_nothing_ends_dives_look_at_the_layer() {
    let with_more = Layer::new().whiteout("gone").file("z", bytes(500));
    check(
        &[Layer::new().file("a", bytes(1000)), with_more.clone()],
        (0.999, 0),
        (1.0, 0),
    );
    // In the lowest layer, nothing is left but the -1 of the path never sized.
    let dive = dive(&[with_more]);
    assert_eq!((dive.efficiency, dive.size_bytes), (1.0, 500));
}

#[test]
fn case_7_deleted_and_added_again() {
    let file = Layer::new().file("a", bytes(1000));
    check(
        &[file.clone(), Layer::new().whiteout("a"), file],
        (0.0, 2000),
        (0.5, 1000),
    );
}

#[test]
fn case_8_one_name_of_two_deleted() {
    let linked = Layer::new().file("a", bytes(1000)).hard_link("b", "a");
    check(&[linked, Layer::new().whiteout("a")], (0.0, 1000), (1.0, 0));
}

#[test]
fn case_9_path_twice_in_one_layer() {
    let twice = [Layer::new().file("a", bytes(1000)).file("a", [b'y'; 1000])];
    check(&twice, (1.0, 0), (0.5, 1000));
    assert_eq!(dive(&twice).size_bytes, 2000);
}

#[test]
fn case_10_directory_replaced_by_a_file() {
    let full = Layer::new().dir("dir").file("dir/a", bytes(1000));
    check(
        &[full, Layer::new().file("dir", "new")],
        (1.0, 0),
        (0.003, 1000),
    );
}

#[test]
fn case_11_directory_touched_in_each_of_ten_layers() {
    let layers = vec![Layer::new().dir("etc"); 10];
    let references = dive(&layers).references;
    assert_eq!(references.len(), 1);
    assert_eq!(
        (
            references[0].path.to_string().as_str(),
            references[0].count,
            references[0].size_bytes
        ),
        ("/etc", 10, 0)
    );
    assert_eq!(stacked(&layers, hidden), "");
}

#[test]
fn case_12_ratio_leaves_all_bounds() {
    let (one, other) = (
        Layer::new().file("a", bytes(10)),
        Layer::new().file("a", bytes(20)),
    );
    assert!(dive(std::slice::from_ref(&one)).wasted_user_ratio.is_nan());
    assert_eq!(dive(&[one.clone(), other]).wasted_user_ratio, 1.5);
    assert_eq!(
        dive(&[one, Layer::new().whiteout("a")]).wasted_user_ratio,
        f64::INFINITY
    );
}

#[test]
fn case_13_deleted_directory_without_an_entry_counts_nothing() {
    let layers = |directories: bool| {
        let start = || {
            if directories {
                Layer::new().dir("etc").dir("etc/nginx")
            } else {
                Layer::new()
            }
        };
        let lower = start()
            .file("etc/nginx/nginx.conf", bytes(2000))
            .file("etc/nginx/public", bytes(3000));
        let upper = start()
            .file("etc/nginx/nginx.conf", bytes(5000))
            .file("etc/athing", bytes(10000));
        [lower, upper, Layer::new().whiteout("etc/nginx")]
    };
    check(&layers(false), (0.75, 7000), (0.5, 10000));
    check(&layers(true), (0.8214, 7000), (0.5, 10000));
}

#[test]
fn case_14_size_of_a_hard_link_is_believed() {
    let link = |header: &mut imglint_testkit::Header| header.set_link_name("a").unwrap();
    let layers = [Layer::new()
        .file("a", bytes(1000))
        .header("b", EntryType::Link, 1000, link)];
    check(&layers, (1.0, 0), (1.0, 0));
    assert_eq!(dive(&layers).size_bytes, 2000);
    assert_eq!(stacked(&layers, |stack| stack.bytes().total()), 1000);
}

#[test]
fn case_15_name_before_the_dot_loses_to_its_whiteout() {
    let layers = |name: &str| {
        [
            Layer::new().file(name, bytes(1000)),
            Layer::new().whiteout(name).file(name, [b'y'; 1000]),
            Layer::new().whiteout(name).file("z", bytes(500)),
        ]
    };
    check(&layers("x"), (0.2, 2000), (0.2, 2000));
    check(&layers("+x"), (0.0, 2000), (0.2, 2000));
}

/// Fourteen layers with copies of one file: the image of dive's own `image_archive_analysis_test.go`.
fn example() -> [Layer; 14] {
    let readme = bytes(6405);
    let root = || Layer::new().dir("root");
    let example = || root().dir("root/example");
    let meta = |mode| Meta {
        mode,
        ..Meta::default()
    };
    [
        Layer::new().file("bin/busybox", vec![0; 1_154_361]),
        Layer::new().file("somefile.txt", &readme),
        example()
            .dir("root/example/really")
            .dir("root/example/really/nested"),
        example().file("root/example/somefile1.txt", &readme),
        example().file_with("root/example/somefile1.txt", &readme, meta(0o444)),
        example().file("root/example/somefile2.txt", &readme),
        example().file("root/example/somefile3.txt", &readme),
        example()
            .whiteout("root/example/somefile3.txt")
            .file("root/saved.txt", &readme),
        root().file("root/.saved.txt", &readme),
        root().whiteout("root/example"),
        root()
            .dir("root/.data")
            .file("root/.data/rest", bytes(2187)),
        Layer::new()
            .dir("tmp")
            .file("tmp/saved.again1.txt", &readme),
        root()
            .dir("root/.data")
            .file("root/.data/saved.again2.txt", &readme),
        root().file_with("root/saved.txt", &readme, meta(0o755)),
    ]
}

#[test]
fn example_of_fourteen_layers_bit_for_bit() {
    let dive = dive(&example());
    assert_eq!(dive.efficiency, 0.984_421_213_418_430_9);
    assert_eq!(dive.wasted_user_ratio, 0.483_491_100_140_404_9);
    assert_eq!(
        (dive.size_bytes, dive.user_size_bytes, dive.wasted_bytes),
        (1_220_598, 66_237, 32_025)
    );
    let list: Vec<_> = dive
        .references
        .iter()
        .map(|file| (file.path.to_string(), file.count, file.size_bytes))
        .collect();
    let expected = [
        ("/root/example/somefile1.txt", 2, 12810),
        ("/root/saved.txt", 2, 12810),
        ("/root/example/somefile3.txt", 2, 6405),
    ];
    assert_eq!(
        list,
        expected.map(|(path, count, size)| (path.to_owned(), count, size))
    );
}

#[test]
fn example_of_fourteen_layers_in_truth() {
    let (bytes, list) = stacked(&example(), |stack| (stack.bytes(), hidden(stack)));
    assert_eq!((bytes.live, bytes.wasted), (1_188_573, 32_025));
    let expected = [
        "root/example/somefile1.txt:3>4 metadata-only 6405",
        "root/example/somefile1.txt:4>9 deleted-dir 6405",
        "root/example/somefile2.txt:5>9 deleted-dir 6405",
        "root/example/somefile3.txt:6>7 moved 6405",
        "root/saved.txt:7>13 metadata-only 6405",
    ];
    assert_eq!(list, expected.join(", "));
}

#[test]
fn small_images_of_other_tests_bit_for_bit() {
    let twelve_more = Layer::new().file("a", bytes(10)).file("b", bytes(12));
    let she = dive(&[twelve_more, Layer::new().file("a", bytes(10))]);
    assert_eq!((she.efficiency, she.wasted_bytes), (0.6875, 20));
    let overwrite = dive(&[
        Layer::new().file("a", bytes(17)),
        Layer::new().file("a", bytes(29)),
    ]);
    assert_eq!(
        (overwrite.efficiency, overwrite.wasted_bytes),
        (0.369_565_217_391_304_3, 46)
    );
    // "158.6 %"
    assert_eq!(overwrite.wasted_user_ratio, 46.0 / 29.0);
}

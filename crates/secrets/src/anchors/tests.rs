use proptest::prelude::*;

use super::*;

/// Lengths from two bytes on, prefixes and suffixes of one another, repeats, bytes that are no text.
const ANCHORS: &[&[u8]] = &[
    b"aa",
    b"ab",
    b"Q~",
    b"aba",
    b"aab",
    b"abab",
    b"aaaa",
    b"baab",
    b"aabb",
    b"ababa",
    b"aaaaab",
    b"abbaabbaabba",
    b"\0\0\xff\xff",
    b"\xff\0a",
    b"tokens_",
    b"tokens_live_",
    b"okens_l",
];

fn naive(bytes: &[u8], range: Range<usize>) -> Vec<Anchored> {
    let places = range.flat_map(|at| (0..ANCHORS.len()).map(move |anchor| Anchored { at, anchor }));
    places
        .filter(|found| bytes[found.at..].starts_with(ANCHORS[found.anchor]))
        .collect()
}

fn found(anchors: &Anchors, bytes: &[u8], range: Range<usize>) -> Vec<Anchored> {
    let mut found = Vec::new();
    anchors.find(bytes, range, &mut found);
    found
}

#[test]
fn anchor_is_found_at_every_alignment_and_length_of_file() {
    let anchors = Anchors::new(ANCHORS);
    for anchor in ANCHORS {
        for before in 0..2 * STEP {
            for after in 0..2 * STEP {
                let bytes = [&vec![b'.'; before], *anchor, &vec![b'.'; after]].concat();
                let all = 0..bytes.len();
                assert_eq!(found(&anchors, &bytes, all.clone()), naive(&bytes, all));
            }
        }
    }
}

#[test]
fn cut_anchor_is_none() {
    let anchors = Anchors::new(&[b"tokens_"]);
    for length in 0..7 {
        assert_eq!(found(&anchors, &b"tokens_"[..length], 0..length), []);
    }
}

#[test]
fn no_anchors_find_nothing() {
    let anchors = Anchors::new(&[]);
    assert_eq!(found(&anchors, &[0; 100], 0..100), []);
    assert_eq!(anchors.longest(), 0);
}

#[test]
fn fourth_byte_does_not_change_the_hash() {
    for triple in [0, 1, 0x00ff_ffff, 0x0061_6263] {
        assert!((0..=u8::MAX).all(|b| hash(triple | u32::from(b) << 24) == hash(triple)));
    }
}

proptest! {
    #[test]
    fn finds_what_a_naive_search_finds(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::sample::select(ANCHORS).prop_map(<[u8]>::to_vec),
                prop::collection::vec(prop_oneof![Just(b'a'), Just(b'b')], 0..12),
                prop::collection::vec(any::<u8>(), 0..40),
            ],
            0..20,
        ),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 2),
    ) {
        let bytes = pieces.concat();
        let mut cuts = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect::<Vec<_>>();
        cuts.sort_unstable();
        let anchors = Anchors::new(ANCHORS);
        for range in [0..bytes.len(), cuts[0]..cuts[1]] {
            prop_assert_eq!(
                found(&anchors, &bytes, range.clone()),
                naive(&bytes, range)
            );
        }
    }
}

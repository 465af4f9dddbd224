use proptest::prelude::*;

use super::*;
use crate::{
    detector::{Detector, Verdict},
    hit::{Family, Proof, Weight},
    secret::Secret,
};

/// Anchors of every kind: short, sharing a beginning, far-reaching; patterns that begin with one or not.
static ROWS: &[Detector] = &[
    Detector::token("two", "two", &["Q~"], "[a-z]{3}Q~[0-9]{4}"),
    Detector::token("key", "key", &["key_", "keys_"], "keys?_[a-z0-9]{6,9}"),
    Detector::token("sum", "sum", &["sum_"], "sum_[0-9]{4}")
        .checked(|token| {
            if token.text.ends_with(b"7") {
                Verdict::Proven
            } else {
                Verdict::Wrong
            }
        })
        .loose(),
    Detector::token("text", "text", &["word="], "word=([a-z]{4})").in_text(),
    Detector::form("wide", "wide", Family::Token, &["BEGIN"], |candidate| {
        let rest = candidate.window.get(candidate.at..)?;
        let end = memchr::memmem::find(rest, b"END")?;
        let mut found = bytes(candidate, end);
        found.weight = Weight::Doubtful;
        Some(found)
    })
    .reach(300, 20_000),
    Detector::form("all", "all", Family::Token, &["aaaa"], |candidate| {
        Some(bytes(candidate, 4))
    })
    .reach(9, 9),
];

fn bytes(candidate: &Candidate<'_>, length: usize) -> Found {
    let span = candidate.at..candidate.at + length;
    // What is judged must not depend on the cut either, so all of it goes into the secret.
    let mut clear = candidate.window.to_vec();
    clear.push(u8::from(candidate.binary));
    Found {
        span,
        secret: Secret::new(clear),
        what: "bytes".into(),
        family: Family::Token,
        weight: Weight::Full,
        proof: Proof::Form,
        field: None,
        excerpt: String::new(),
    }
}

/// Detector, offset, line and column, the window, and what stands behind the secret.
type Secrets = Vec<(&'static str, u64, Option<(u64, u64)>, Vec<u8>, Vec<u8>)>;

#[derive(Debug, Default, PartialEq)]
struct Seen {
    secrets: Secrets,
    wrong: u64,
}

impl Report for Seen {
    fn secret(&mut self, detector: &'static str, found: Found, window: &[u8], place: &Place) {
        let mut place = place.clone();
        place.advance(&window[..found.span.start]);
        let behind = window[found.span.end..].to_vec();
        let clear = found.secret.clear().to_vec();
        let position = place.line_and_column();
        self.secrets
            .push((detector, place.offset, position, clear, behind));
    }

    fn wrong(&mut self) {
        self.wrong += 1;
    }
}

/// What is seen in a file of these chunks, and whether something was cut.
fn seen<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> (Seen, bool) {
    let detectors = Detectors::new(ROWS.iter().collect());
    let most = 2 * (detectors.before + detectors.after + PACE);
    let (mut sweep, mut seen) = (Sweep::default(), Seen::default());
    for chunk in chunks {
        sweep.feed(&detectors, Context::Document, chunk, &mut seen);
        assert!(sweep.carried() <= most);
    }
    sweep.finish(&detectors, Context::Document, &mut seen);
    (seen, sweep.is_cut())
}

fn ids(file: &[u8]) -> Vec<(&'static str, u64)> {
    let (seen, _) = seen([file]);
    seen.secrets.iter().map(|(id, at, ..)| (*id, *at)).collect()
}

#[test]
fn overlapping_anchors_are_all_judged() {
    assert_eq!(ids(b" keys_abcdef"), [("key", 1)]);
    assert_eq!(ids(b"key_ key_abcdef"), [("key", 5)]);
    assert_eq!(ids(b"abcQ~Q~ xyzQ~1234"), [("two", 8)]);
}

#[test]
fn anchors_inside_a_found_secret_are_its_own() {
    assert_eq!(ids(b"aaaaaaaaa"), [("all", 0), ("all", 4)]);
}

#[test]
fn wrong_checksums_are_counted() {
    let (seen, _) = seen([&b"sum_1234 sum_1237xsum_0001"[..]]);
    assert_eq!((seen.secrets.len(), seen.wrong), (1, 2));
}

#[test]
fn text_after_a_nul_is_binary() {
    assert_eq!(ids(b"word=abcd \0 word=efgh"), [("text", 5)]);
}

/// Each judgement of such a file looks at 20 KB.
#[test]
fn file_of_far_reaching_anchors_is_cut_everywhere_alike() {
    let file = b"BEGIN.".repeat(40_000);
    let (whole, cut) = seen([&file[..]]);
    assert!(cut && whole.secrets.is_empty());
    let far = [&file[..], b"END"].concat();
    let (whole, cut) = seen([&far[..]]);
    assert!(cut);
    assert_eq!(seen(far.chunks(5000)), (whole, true));
}

#[test]
fn file_of_anchors_only_is_cut() {
    let (_, cut) = seen([&b"sum_".repeat(400_000)[..]]);
    assert!(cut);
}

#[test]
fn one_byte_at_a_time_is_as_good() {
    let file = [
        &b"keys_abcdef\n"[..],
        &vec![b'.'; 50_000],
        b"BEGIN abc END aaaa",
    ]
    .concat();
    assert_eq!(seen(file.chunks(1)), seen([&file[..]]));
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    let fixed: &[&[u8]] = &[
        b"abcQ~1234",
        b"keys_abcdef",
        b"key_",
        b"sum_1237",
        b"sum_0000",
        b"word=abcd",
        b"BEGIN",
        b"END",
        b"aaaaa",
        b"\n",
        b"\0",
        b" imglint:allow",
    ];
    prop_oneof![
        8 => prop::sample::select(fixed).prop_map(<[u8]>::to_vec),
        1 => (0_usize..40_000).prop_map(|length| vec![b'.'; length]),
        2 => prop::collection::vec(any::<u8>(), 0..20),
    ]
}

proptest! {
    #[test]
    fn cut_into_chunks_changes_nothing(
        pieces in prop::collection::vec(piece(), 0..30),
        sizes in prop::collection::vec(prop_oneof![0_usize..40, 1000_usize..90_000], 0..30),
    ) {
        let file = pieces.concat();
        let mut chunks = Vec::new();
        let mut rest = file.as_slice();
        for size in sizes {
            let (chunk, tail) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            chunks.push(chunk);
            rest = tail;
        }
        chunks.push(rest);
        prop_assert_eq!(seen(chunks), seen([file.as_slice()]));
    }
}

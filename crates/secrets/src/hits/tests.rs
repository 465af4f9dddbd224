use super::*;
use crate::secret::Secret;

/// A secret of `length` bytes at `offset`.
fn hit(hits: &mut Hits, detector: &'static str, offset: u64, length: usize, proof: Proof) {
    let found = Found {
        span: 0..length,
        secret: Secret::new("x"),
        what: "secret".into(),
        family: Family::Token,
        weight: Weight::Full,
        proof,
        field: (proof == Proof::Name).then(|| "NAME".to_owned()),
        excerpt: String::new(),
    };
    let mut place = Place::default();
    place.offset = offset;
    hits.add(detector, found, &place, false);
}

fn told(hits: &mut Hits) -> Vec<(String, u64)> {
    let list = hits.take().into_iter();
    list.map(|hit| (hit.detector.into_owned(), hit.offset))
        .collect()
}

fn some(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
    pairs
        .iter()
        .map(|(id, at)| ((*id).to_owned(), *at))
        .collect()
}

#[test]
fn most_specific_of_overlapping_ones_is_told_in_any_order() {
    let list = [
        ("name", 5, 30, Proof::Name),
        ("form", 8, 20, Proof::Form),
        ("structure", 10, 10, Proof::Structure),
        ("apart", 40, 5, Proof::Name),
    ];
    for turn in 0..list.len() {
        let mut hits = Hits::new([0; 32]);
        for (id, at, length, proof) in list.iter().cycle().skip(turn).take(list.len()) {
            hit(&mut hits, id, *at, *length, *proof);
        }
        assert_eq!(told(&mut hits), some(&[("structure", 10), ("apart", 40)]));
    }
}

#[test]
fn token_keeps_the_name_it_is_assigned_to() {
    for name_at in [4, 8] {
        let mut hits = Hits::new([0; 32]);
        hit(&mut hits, "name", name_at, 20, Proof::Name);
        hit(&mut hits, "form", 8, 10, Proof::Form);
        let list = hits.take();
        assert_eq!((list.len(), &*list[0].detector), (1, "form"));
        assert_eq!(list[0].field.as_deref(), Some("NAME"));
    }
}

#[test]
fn hits_that_touch_are_two() {
    let mut hits = Hits::new([0; 32]);
    hit(&mut hits, "a", 0, 4, Proof::Form);
    hit(&mut hits, "b", 4, 4, Proof::Structure);
    assert_eq!(told(&mut hits), some(&[("a", 0), ("b", 4)]));
}

#[test]
fn one_detector_at_one_offset_is_one() {
    let mut hits = Hits::new([0; 32]);
    for length in [3, 9] {
        hit(&mut hits, "a", 7, length, Proof::Form);
    }
    let list = hits.take();
    assert_eq!((list.len(), list[0].length), (1, 9));
}

#[test]
fn first_thousand_are_told_whatever_the_order() {
    let count = 12 * MAX_HITS as u64;
    let mut up = Hits::new([0; 32]);
    (0..count).for_each(|at| hit(&mut up, "a", at, 1, Proof::Form));
    let mut down = Hits::new([0; 32]);
    (0..count)
        .rev()
        .for_each(|at| hit(&mut down, "a", at, 1, Proof::Form));
    assert!(up.list().len() <= 2 * MAX_COLLECTED && down.list().len() <= 2 * MAX_COLLECTED);
    let first: Vec<_> = (0..MAX_HITS as u64)
        .map(|at| ("a".to_owned(), at))
        .collect();
    assert_eq!(told(&mut up), first);
    assert_eq!(told(&mut down), first);
    assert!(up.more() && down.more());
    up.clear();
    hit(&mut up, "a", 1_000_000, 1, Proof::Form);
    assert_eq!((told(&mut up).len(), up.more()), (1, false));
}

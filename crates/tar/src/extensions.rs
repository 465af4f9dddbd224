//! Extension headers that wait for their member: PAX records, GNU long names and links.

use crate::{anomaly::AnomalyKind, pax::PaxRecords, queue::Queue};

/// What a member's extension headers have said so far.
#[derive(Debug, Default)]
pub(crate) struct Extensions {
    /// Where the first of their blocks begins.
    pub(crate) first: Option<u64>,
    pub(crate) pax: PaxRecords,
    pub(crate) name: Vec<u8>,
    pub(crate) link: Vec<u8>,
    // Where the payloads begin, of those headers that were met.
    pax_at: Option<u64>,
    name_at: Option<u64>,
    link_at: Option<u64>,
}

impl Extensions {
    /// Whether `typeflag` is that of an extension header.
    pub(crate) fn has_type(typeflag: u8) -> bool {
        matches!(typeflag, b'x' | b'g' | b'L' | b'K')
    }

    /// Begins a payload at `offset`: clears its room and gives it.
    pub(crate) fn begin(&mut self, typeflag: u8, offset: u64) -> &mut Vec<u8> {
        match typeflag {
            b'L' => {
                self.name_at = Some(offset);
                self.name.clear();
                &mut self.name
            }
            b'K' => {
                self.link_at = Some(offset);
                self.link.clear();
                &mut self.link
            }
            _ => {
                self.pax_at = Some(offset);
                self.pax.clear()
            }
        }
    }

    /// Makes room for another header of this type; a payload that was there is told as stray.
    pub(crate) fn supersede(&mut self, typeflag: u8, offset: u64, queue: &mut Queue) {
        let (at, bytes) = match typeflag {
            b'L' => (&mut self.name_at, &self.name[..]),
            b'K' => (&mut self.link_at, &self.link[..]),
            _ => (&mut self.pax_at, self.pax.as_bytes()),
        };
        if let Some(at) = at.take() {
            queue.anomaly(offset, AnomalyKind::RepeatedExtension { typeflag });
            queue.stray(at, bytes);
        }
    }

    /// Gives all up since no member follows; the payloads are told as stray.
    pub(crate) fn abandon(&mut self, queue: &mut Queue) {
        for (typeflag, at, bytes) in self.waiting() {
            queue.anomaly(at, AnomalyKind::DanglingExtension { typeflag });
            queue.stray(at, bytes);
        }
        self.clear();
    }

    /// Tells the payloads as stray after an error.
    pub(crate) fn spill(&mut self, queue: &mut Queue) {
        for (_, at, bytes) in self.waiting() {
            queue.stray(at, bytes);
        }
        self.clear();
    }

    /// After a global header, whose records stay to be looked at but not to be applied.
    pub(crate) fn end_global(&mut self) {
        self.first = None;
        self.pax_at = None;
    }

    /// Forgets all, once a member has taken what it needs.
    pub(crate) fn clear(&mut self) {
        self.first = None;
        self.pax.clear();
        self.name.clear();
        self.link.clear();
        (self.pax_at, self.name_at, self.link_at) = (None, None, None);
    }

    fn waiting(&self) -> impl Iterator<Item = (u8, u64, &[u8])> {
        let slots = [
            (b'x', self.pax_at, self.pax.as_bytes()),
            (b'L', self.name_at, &self.name[..]),
            (b'K', self.link_at, &self.link[..]),
        ];
        let met = |(typeflag, at, bytes): (u8, Option<u64>, _)| Some((typeflag, at?, bytes));
        slots.into_iter().filter_map(met)
    }

    /// Payloads of the long name and the long link, and where they begin.
    pub(crate) fn long_names(&self) -> impl Iterator<Item = (u64, &[u8])> {
        self.waiting()
            .filter(|(typeflag, ..)| *typeflag != b'x')
            .map(|(_, at, bytes)| (at, bytes))
    }

    /// Whether a PAX header waits.
    pub(crate) fn has_pax(&self) -> bool {
        self.pax_at.is_some()
    }
}

//! What all documents of an image have in common.

use crate::{
    Anomaly, AnomalyKind, Limits,
    json::{self, Context, Decode, DocumentError, Json, JsonAnomaly, Trailing, Value},
};

/// A document as engines read it, and what is odd about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// The document.
    pub value: T,
    /// In the order in which they were noticed.
    pub anomalies: Vec<Located>,
}

/// An anomaly at a byte of a document that does not know its own name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Bytes of the document before it.
    pub offset: u64,
    /// What it is.
    pub kind: AnomalyKind,
}

impl<T> Parsed<T> {
    /// The document, and its anomalies under the name that the archive gives it.
    #[must_use]
    pub fn named(self, document: &str) -> (T, Vec<Anomaly>) {
        let name = |located: Located| Anomaly::at(document, located.offset, located.kind);
        (self.value, self.anomalies.into_iter().map(name).collect())
    }

    pub(crate) fn map<U>(self, convert: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed {
            value: convert(self.value),
            anomalies: self.anomalies,
        }
    }
}

/// Anomalies of one document, up to a limit; a hostile one could bring millions.
#[derive(Debug)]
pub(crate) struct Anomalies {
    list: Vec<Located>,
    limit: usize,
    more: Option<More>,
}

impl Anomalies {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            list: Vec::new(),
            limit: limits.anomalies,
            more: None,
        }
    }

    pub(crate) fn note(&mut self, offset: u64, kind: AnomalyKind) {
        if self.list.len() < self.limit {
            self.list.push(Located { offset, kind });
            return;
        }
        let more = self.more.get_or_insert(More {
            offset,
            count: 0,
            incomplete: false,
        });
        more.count = more.count.saturating_add(1);
        more.incomplete |= kind.incomplete();
    }

    pub(crate) fn finish(mut self) -> Vec<Located> {
        if let Some(more) = self.more {
            let kind = AnomalyKind::Json(JsonAnomaly::More {
                count: more.count,
                incomplete: more.incomplete,
            });
            self.list.push(Located {
                offset: more.offset,
                kind,
            });
        }
        self.list
    }
}

/// Anomalies that are not listed.
#[derive(Debug)]
struct More {
    /// Of the first of them.
    offset: u64,
    count: u64,
    incomplete: bool,
}

/// Reads a document that must be an object.
pub(crate) fn object<T: Decode + Default>(
    bytes: &[u8],
    size_limit: u64,
    limits: &Limits,
    trailing: Trailing,
) -> Result<Parsed<T>, DocumentError> {
    read(bytes, size_limit, limits, trailing, |json, cx| {
        if !matches!(json.value, Value::Object(_)) {
            return Err(DocumentError::Shape {
                offset: json.offset,
                expected: "an object",
                found: json.value.kind(),
            });
        }
        let mut value = T::default();
        value.decode(json, cx);
        Ok(value)
    })
}

/// Reads a document of any shape.
pub(crate) fn read<T>(
    bytes: &[u8],
    size_limit: u64,
    limits: &Limits,
    trailing: Trailing,
    decode: impl FnOnce(&Json<'_>, &mut Context<'_>) -> Result<T, DocumentError>,
) -> Result<Parsed<T>, DocumentError> {
    let size = bytes.len() as u64;
    if size > size_limit {
        return Err(DocumentError::TooLarge {
            size,
            limit: size_limit,
        });
    }
    let mut anomalies = Anomalies::new(limits);
    let json = json::parse(bytes, limits, trailing, &mut anomalies)?;
    let value = decode(&json, &mut Context::new(&mut anomalies))?;
    Ok(Parsed {
        value,
        anomalies: anomalies.finish(),
    })
}

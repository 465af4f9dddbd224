//! From JSON values to fields, by the rules of Go's `encoding/json`.
//!
//! Everything is decoded *into* what is there already, because that is how Go merges a key that stands twice:
//! fields and array elements that the second value leaves out keep what the first one gave them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    AnomalyKind, DigestError,
    document::Anomalies,
    excerpt::excerpt,
    json::{Json, JsonAnomaly, Member, Value},
};

/// Something that a JSON value can be stored into.
pub(crate) trait Decode {
    /// Stores `json` as Go would; what does not fit is noted and left out.
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>);
}

/// Where decoding stands, and what was odd on the way.
pub(crate) struct Context<'a> {
    anomalies: &'a mut Anomalies,
    path: Vec<Step>,
}

enum Step {
    Field(&'static str),
    Key(String),
    Index(usize),
}

impl<'a> Context<'a> {
    pub(crate) fn new(anomalies: &'a mut Anomalies) -> Self {
        Self {
            anomalies,
            path: Vec::new(),
        }
    }

    pub(crate) fn note(&mut self, offset: u64, kind: AnomalyKind) {
        self.anomalies.note(offset, kind);
    }

    /// Notes that `json` is not of the type that stands here.
    pub(crate) fn wrong_type(&mut self, json: &Json<'_>, expected: &'static str) {
        let found = match &json.value {
            Value::Number(text) => format!("the number {}", excerpt(text)),
            Value::String(text) => format!("the string {:?}", excerpt(text)),
            other => other.kind().to_owned(),
        };
        let path = self.path();
        let anomaly = JsonAnomaly::WrongType {
            path,
            expected,
            found,
        };
        self.note(json.offset, AnomalyKind::Json(anomaly));
    }

    /// Gives each member that Go would store to the field it names; an object that is `null` has none.
    pub(crate) fn fields(
        &mut self,
        json: &Json<'_>,
        fields: &[&'static str],
        mut store: impl FnMut(&'static str, &Json<'_>, &mut Self),
    ) {
        let members = match &json.value {
            Value::Object(members) => members,
            Value::Null => return,
            _ => return self.wrong_type(json, "an object"),
        };
        let mut told: Vec<&str> = Vec::new();
        for member in members {
            let Some(&field) = fields.iter().find(|field| same_folded(field, &member.key)) else {
                continue;
            };
            if member.key != field && !told.contains(&field) {
                told.push(field);
                self.case_variant(member, field, members);
            }
            self.within(Step::Field(field), |cx| store(field, &member.value, cx));
        }
    }

    fn case_variant(&mut self, member: &Member<'_>, field: &'static str, members: &[Member<'_>]) {
        let other = |other: &&Member<'_>| other.key != member.key && same_folded(field, &other.key);
        let anomaly = JsonAnomaly::CaseVariant {
            key: member.key.to_string(),
            field,
            other: members.iter().find(other).map(|other| other.offset),
        };
        self.note(member.offset, AnomalyKind::Json(anomaly));
    }

    fn within(&mut self, step: Step, decode: impl FnOnce(&mut Self)) {
        self.path.push(step);
        decode(self);
        self.path.pop();
    }

    /// Where decoding stands, such as `layers[2].size`.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            match step {
                Step::Field(name) if path.is_empty() => path.push_str(name),
                Step::Field(name) => path.extend([".", name]),
                Step::Key(key) => path.extend(["[", &format!("{key:?}"), "]"]),
                Step::Index(index) => path.extend(["[", &index.to_string(), "]"]),
            }
        }
        path
    }
}

/// Whether Go takes `key` for `field`: simple Unicode case folding, in which an ASCII letter has at most
/// one partner outside ASCII.
fn same_folded(field: &str, key: &str) -> bool {
    let fold = |c: char| match c {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        c => c.to_ascii_lowercase(),
    };
    field.chars().map(fold).eq(key.chars().map(fold))
}

impl<T: Decode + Default> Decode for Vec<T> {
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>) {
        let elements = match &json.value {
            Value::Array(elements) => elements,
            Value::Null => return self.clear(),
            _ => return cx.wrong_type(json, "an array"),
        };
        self.resize_with(elements.len(), T::default);
        for (index, (slot, element)) in self.iter_mut().zip(elements).enumerate() {
            cx.within(Step::Index(index), |cx| slot.decode(element, cx));
        }
    }
}

impl<T: Decode + Default> Decode for BTreeMap<String, T> {
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>) {
        let members = match &json.value {
            Value::Object(members) => members,
            Value::Null => return self.clear(),
            _ => return cx.wrong_type(json, "an object"),
        };
        for member in members {
            let mut value = T::default();
            let step = Step::Key(excerpt(&member.key));
            cx.within(step, |cx| value.decode(&member.value, cx));
            self.insert(member.key.to_string(), value);
        }
    }
}

/// A Go `map[string]struct{}`: only its keys matter.
impl Decode for BTreeSet<String> {
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>) {
        let members = match &json.value {
            Value::Object(members) => members,
            Value::Null => return self.clear(),
            _ => return cx.wrong_type(json, "an object"),
        };
        for member in members {
            if !matches!(member.value.value, Value::Object(_) | Value::Null) {
                let step = Step::Key(excerpt(&member.key));
                cx.within(step, |cx| cx.wrong_type(&member.value, "an empty object"));
            }
            self.insert(member.key.to_string());
        }
    }
}

/// Something made from a value without parts. `null` leaves a field as it is.
pub(crate) trait Scalar: Sized {
    /// Makes one, or says why not.
    fn read(value: &Value<'_>) -> Result<Self, Refused>;
}

/// Why a value does not become a [`Scalar`].
pub(crate) enum Refused {
    /// It is of another type than this.
    Type(&'static str),
    /// It is a string, but not the digest that it should be.
    Digest(DigestError),
}

impl Refused {
    pub(crate) fn note(self, json: &Json<'_>, cx: &mut Context<'_>) {
        match self {
            Self::Type(expected) => cx.wrong_type(json, expected),
            Self::Digest(why) => {
                let path = cx.path();
                cx.note(json.offset, AnomalyKind::InvalidDigest { path, why });
            }
        }
    }
}

impl Scalar for String {
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        match value {
            Value::String(text) => Ok(text.to_string()),
            _ => Err(Refused::Type("a string")),
        }
    }
}

impl Scalar for bool {
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        match value {
            Value::Bool(truth) => Ok(*truth),
            _ => Err(Refused::Type("true or false")),
        }
    }
}

impl Scalar for i64 {
    /// Go takes digits and a minus sign: neither `1.0` nor `1e3`.
    fn read(value: &Value<'_>) -> Result<Self, Refused> {
        let number = match value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or(Refused::Type("an integer of 64 bits"))
    }
}

macro_rules! decode_scalar {
    ($($type:ty),*) => {$(
        impl $crate::json::Decode for $type {
            fn decode(&mut self, json: &$crate::json::Json<'_>, cx: &mut $crate::json::Context<'_>) {
                if json.value == $crate::json::Value::Null {
                    return;
                }
                match <$type as $crate::json::Scalar>::read(&json.value) {
                    Ok(value) => *self = value,
                    Err(refused) => refused.note(json, cx),
                }
            }
        }
    )*};
}
pub(crate) use decode_scalar;

decode_scalar!(String, bool, i64);

/// A field that tells whether it was there. A string that is not what it should be empties it:
/// to Go it is a string like any other, so it replaces what was there before.
impl<T: Scalar> Decode for Option<T> {
    fn decode(&mut self, json: &Json<'_>, cx: &mut Context<'_>) {
        if json.value == Value::Null {
            return;
        }
        match T::read(&json.value) {
            Ok(value) => *self = Some(value),
            Err(refused) => {
                if matches!(refused, Refused::Digest(_)) {
                    *self = None;
                }
                refused.note(json, cx);
            }
        }
    }
}

/// A command given as a list, or as one string, which Docker takes as a list of one.
pub(crate) fn command(words: &mut Vec<String>, json: &Json<'_>, cx: &mut Context<'_>) {
    let Value::String(text) = &json.value else {
        return words.decode(json, cx);
    };
    *words = vec![text.to_string()];
    let path = cx.path();
    cx.note(
        json.offset,
        AnomalyKind::Json(JsonAnomaly::CommandAsString { path }),
    );
}

/// A pointer to an object: `null` takes away what was there.
pub(crate) fn pointer<T: Decode + Default>(
    slot: &mut Option<T>,
    json: &Json<'_>,
    cx: &mut Context<'_>,
) {
    match json.value {
        Value::Null => *slot = None,
        _ => slot.get_or_insert_default().decode(json, cx),
    }
}

/// Says which key of an object belongs in which field of a struct, and how when not by [`Decode`].
macro_rules! decode_object {
    ($type:ty { $($name:literal => $field:ident $(by $how:path)?,)* }) => {
        impl $crate::json::Decode for $type {
            fn decode(&mut self, json: &$crate::json::Json<'_>, cx: &mut $crate::json::Context<'_>) {
                cx.fields(json, &[$($name),*], |field, json, cx| match field {
                    $($name => $crate::json::decode_object!(@ $($how)?)(&mut self.$field, json, cx),)*
                    _ => {}
                });
            }
        }
    };
    (@ $how:path) => { $how };
    (@) => { $crate::json::Decode::decode };
}
pub(crate) use decode_object;

//! A JSON document in memory, with the place of everything.

use std::borrow::Cow;

/// A value, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Json<'a> {
    /// Bytes of the document before it.
    pub(crate) offset: u64,
    /// What it is.
    pub(crate) value: Value<'a>,
}

/// What a [`Json`] value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// As spelled: a number has no value before somebody asks for a type.
    Number(&'a str),
    /// Without its escapes; what was not UTF-8 is U+FFFD.
    String(Cow<'a, str>),
    /// Elements in order.
    Array(Vec<Json<'a>>),
    /// Members in the order of the document, all of them.
    Object(Vec<Member<'a>>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member<'a> {
    /// Bytes of the document before its key.
    pub(crate) offset: u64,
    /// Without its escapes.
    pub(crate) key: Cow<'a, str>,
    /// What belongs to the key.
    pub(crate) value: Json<'a>,
}

impl Value<'_> {
    /// What kind of value it is, for messages: `an object`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}

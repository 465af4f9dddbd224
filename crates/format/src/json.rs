//! JSON read as Go's `encoding/json` reads it, with what other readers would take differently.
//!
//! Container engines are written in Go: keys match fields whatever the case of their letters, the last of
//! several wins, objects and arrays merge, and bytes that are not UTF-8 are replaced. A reader with other
//! rules sees another image than the engine runs.

mod context;
mod decode;
mod error;
mod parser;
mod position;
mod scanner;
mod string;
mod value;

pub use error::{DocumentError, JsonAnomaly, Trailing};
pub use position::Position;

pub(crate) use context::Context;
pub(crate) use decode::{Decode, Refused, Scalar, command, decode_object, decode_scalar, pointer};
pub(crate) use parser::parse;
pub(crate) use value::{Json, Member, Value};

//! Values that are secrets by the name they are assigned to.

pub(crate) mod value;

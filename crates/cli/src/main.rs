//! The imglint command.

fn main() {}

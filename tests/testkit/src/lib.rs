//! Builds container images byte by byte, as an independent witness for tests.

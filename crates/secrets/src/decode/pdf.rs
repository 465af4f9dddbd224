//! Streams of PDF files (ISO 32000-1 §7.3.8) that are compressed with Flate: `stream`, a line end, and
//! zlib.

use super::stream::is_zlib;

/// Begins the content of a stream.
pub(super) const KEYWORD: &[u8] = b"stream";

/// Bytes that tell such a stream: the keyword, CR LF, a zlib header.
pub(super) const START: usize = 10;

/// Whether a PDF file begins here; readers take the header within the first kibibyte (annex H.3).
pub(super) fn is(start: &[u8]) -> bool {
    let start = start.get(..1024).unwrap_or(start);
    memchr::memmem::find(start, b"%PDF-").is_some()
}

/// Where the zlib stream begins behind the keyword that stands here.
pub(super) fn content(bytes: &[u8]) -> Option<usize> {
    let rest = bytes.strip_prefix(KEYWORD)?;
    let at = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\n' | b'\r', ..] => 1,
        _ => return None,
    };
    is_zlib(rest.get(at..)?).then_some(KEYWORD.len() + at)
}

//! Lines and columns, counted as bytes go by.

/// A position that only moves forward through a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    pub(crate) offset: u64,
    newlines: u64,
    line_start: u64,
    binary: bool,
}

impl Place {
    /// Moves over the next bytes.
    pub(crate) fn advance(&mut self, bytes: &[u8]) {
        let end = self.offset.saturating_add(bytes.len() as u64);
        self.binary = self.binary || memchr::memchr(0, bytes).is_some();
        if !self.binary {
            self.newlines += memchr::memchr_iter(b'\n', bytes).count() as u64;
            if let Some(last) = memchr::memrchr(b'\n', bytes) {
                self.line_start = self.offset.saturating_add(last as u64 + 1);
            }
        }
        self.offset = end;
    }

    /// Line and column from 1; none after a NUL byte, since lines of binary files mean nothing.
    pub(crate) fn line_and_column(&self) -> Option<(u64, u64)> {
        (!self.binary).then(|| (self.newlines + 1, self.offset - self.line_start + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_across_pieces() {
        let mut place = Place::default();
        assert_eq!(place.line_and_column(), Some((1, 1)));
        place.advance(b"one\ntw");
        assert_eq!(place.line_and_column(), Some((2, 3)));
        place.advance(b"o\n");
        assert_eq!(place.line_and_column(), Some((3, 1)));
    }

    #[test]
    fn nul_ends_the_counting_of_lines() {
        let mut place = Place::default();
        place.advance(b"a\0\nb");
        assert_eq!((place.line_and_column(), place.offset), (None, 4));
    }
}

//! What JSON is made of: numbers, words and punctuation, and what to say when something else stands there.

use crate::{
    document::Anomalies,
    json::{DocumentError, Position},
};

/// A place in a document, and what was odd up to there.
pub(super) struct Scanner<'a, 'b> {
    bytes: &'a [u8],
    /// Index of the next byte; never beyond the end.
    pub(super) at: usize,
    pub(super) anomalies: &'b mut Anomalies,
}

impl<'a, 'b> Scanner<'a, 'b> {
    pub(super) fn new(bytes: &'a [u8], anomalies: &'b mut Anomalies) -> Self {
        Self {
            bytes,
            at: 0,
            anomalies,
        }
    }

    pub(super) fn offset(&self) -> u64 {
        self.at as u64
    }

    pub(super) fn number(&mut self) -> Result<&'a str, DocumentError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        Ok(std::str::from_utf8(text).unwrap_or_default())
    }

    fn digits(&mut self) -> Result<(), DocumentError> {
        let is_digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        if !is_digit(self.peek()) {
            return Err(self.unexpected("a digit"));
        }
        while is_digit(self.peek()) {
            self.step();
        }
        Ok(())
    }

    pub(super) fn word(&mut self, word: &'static str) -> Result<(), DocumentError> {
        word.bytes().try_for_each(|byte| self.require(byte, word))
    }

    pub(super) fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.step();
        }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn step(&mut self) {
        self.at = self.at.saturating_add(1).min(self.bytes.len());
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.step();
        }
        there
    }

    pub(super) fn require(
        &mut self,
        byte: u8,
        expected: &'static str,
    ) -> Result<(), DocumentError> {
        if self.take(byte) {
            return Ok(());
        }
        Err(self.unexpected(expected))
    }

    pub(super) fn position(&self) -> Position {
        Position::of(self.bytes, self.at as u64)
    }

    pub(super) fn unexpected(&self, expected: &'static str) -> DocumentError {
        DocumentError::Syntax {
            position: self.position(),
            expected,
            found: self.found(),
        }
    }

    fn found(&self) -> String {
        match self.peek() {
            None => "the end of the document".to_owned(),
            Some(byte) if byte.is_ascii_graphic() => format!("{:?}", char::from(byte)),
            Some(byte) => format!("byte 0x{byte:02x}"),
        }
    }
}

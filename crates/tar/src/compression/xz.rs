//! xz: streams and stream padding, which the library reads through.

use liblzma::stream::{Action, CONCATENATED, Error, Status, Stream};

use super::codec::{Codec, Step};

/// Memory for the dictionary; `xz -9` needs 65 MiB.
const MEMORY: u64 = 512 << 20;

pub(super) struct Xz(Stream);

impl Xz {
    pub(super) fn new() -> Result<Self, Error> {
        Stream::new_stream_decoder(MEMORY, CONCATENATED).map(Self)
    }
}

impl Codec for Xz {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        let (read, written) = (self.0.total_in(), self.0.total_out());
        let action = if input.is_empty() {
            Action::Finish
        } else {
            Action::Run
        };
        let status = self
            .0
            .process(input, output, action)
            .map_err(|error| error.to_string())?;
        let read = usize::try_from(self.0.total_in() - read).unwrap_or_default();
        let written = usize::try_from(self.0.total_out() - written).unwrap_or_default();
        Ok(match status {
            Status::StreamEnd if written == 0 => Step::END,
            _ => Step::new(read, written),
        })
    }
}

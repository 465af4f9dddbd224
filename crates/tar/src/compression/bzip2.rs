//! bzip2: streams, one after the other.

use bzip2::{Decompress, Status};

use super::codec::{Codec, Step};

pub(super) struct Bzip2 {
    decompress: Decompress,
    // Whether a stream has ended and no other has begun.
    between: bool,
}

impl Bzip2 {
    pub(super) fn new() -> Self {
        Self {
            decompress: Decompress::new(false),
            between: false,
        }
    }
}

impl Codec for Bzip2 {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Result<Step, String> {
        if self.between {
            if input.is_empty() {
                return Ok(Step::END);
            }
            *self = Self::new();
        }
        let (read, written) = (self.decompress.total_in(), self.decompress.total_out());
        let status = self
            .decompress
            .decompress(input, output)
            .map_err(|error| error.to_string())?;
        self.between = status == Status::StreamEnd;
        let read = usize::try_from(self.decompress.total_in() - read).unwrap_or_default();
        let written = usize::try_from(self.decompress.total_out() - written).unwrap_or_default();
        if self.between && read + written == 0 {
            return self.step(input, output);
        }
        Ok(Step::new(read, written))
    }
}

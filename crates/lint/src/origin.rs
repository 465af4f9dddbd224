//! Who brought a layer: this image's build, or the image it is built on.

use crate::image::HistoryRow;
use imglint_format::InstructionKind;

/// Whose a layer is, and with it what is found in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Brought by this image's build.
    Own,
    /// Inherited from the image it is built on.
    Base,
}

impl Origin {
    /// The lower-case name, as reports have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Base => "base",
        }
    }
}

/// How many rows at the start of the history are the base image's: a guess.
///
/// Base images end with a `CMD`. The last such row below the last row with a layer is taken for
/// that end, as trivy does (`GuessBaseImageIndex` in `pkg/fanal/image/image.go`); a `CMD` at the
/// very end is the image's own.
pub(crate) fn guess_base_rows(history: &[HistoryRow<'_>]) -> usize {
    let last_layer = history
        .iter()
        .rposition(|row| !row.entry.empty_layer)
        .unwrap_or(0);
    let is_end = |row: &HistoryRow<'_>| {
        row.entry.empty_layer && row.instruction.kind == InstructionKind::Cmd
    };
    let below = history.get(..last_layer).unwrap_or_default();
    below.iter().rposition(is_end).map_or(0, |row| row + 1)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Image, Layer, origins};

    fn layer(name: &str) -> Layer {
        Layer::new().file(name, name)
    }

    fn base() -> Image {
        Image::new("")
            .layer(layer("a"), "/bin/sh -c #(nop) ADD file:1 in / ")
            .empty_step("/bin/sh -c #(nop)  CMD [\"bash\"]")
    }

    #[test]
    fn a_cmd_below_the_last_layer_ends_the_base() {
        let image = base()
            .layer(layer("b"), "RUN /bin/sh -c b # buildkit")
            .empty_step("CMD [\"app\"]");
        assert_eq!(origins(&image), "base own");
    }

    #[test]
    fn the_last_such_cmd_counts() {
        let image = base()
            .layer(layer("b"), "RUN /bin/sh -c b # buildkit")
            .empty_step("CMD [\"python3\"]")
            .layer(layer("c"), "COPY . /app # buildkit");
        assert_eq!(origins(&image), "base base own");
    }

    #[test]
    fn an_image_with_its_own_cmd_only_is_all_own() {
        assert_eq!(origins(&base()), "own");
        assert_eq!(
            origins(&base().empty_step("ENV A=b").empty_step("CMD [\"x\"]")),
            "own"
        );
    }

    #[test]
    fn without_a_history_everything_is_own() {
        assert_eq!(
            origins(&base().layer(layer("b"), "x").no_history()),
            "own own"
        );
    }
}

//! Saying what a file is that is no image archive.

use std::fmt;

use crate::name::show;

/// Bytes of an input that are enough to recognise it; an ISO image names itself at 32 KiB.
pub(crate) const HEAD: usize = 40 * 1024;

/// Characters of the first line that are shown.
const LINE: usize = 80;

/// What an input is that is not an image archive, as far as its first bytes tell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stranger {
    /// What a container engine printed instead of an archive.
    EngineError(String),
    /// JSON, with its first line.
    Json(String),
    /// Other text, with its first line.
    Text(String),
    /// A file format known by name, such as "a zip archive".
    Format(&'static str),
    /// Only zero bytes.
    Zeros,
    /// Nothing that is recognised.
    Binary,
    /// A tar archive or a directory without anything that an image has.
    NoMarks,
    /// The input of `docker build`: it has a Dockerfile at its top.
    BuildContext,
    /// The output of `docker context export`.
    DockerContext,
    /// The storage folder of a registry.
    RegistryStorage,
}

impl Stranger {
    /// Judges an input by its first bytes.
    pub(crate) fn of(head: &[u8]) -> Self {
        if let Some((_, _, what)) = MAGICS
            .iter()
            .find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        {
            return Self::Format(what);
        }
        if head.iter().all(|&byte| byte == 0) {
            return Self::Zeros;
        }
        text(head).map_or(Self::Binary, |text| Self::of_text(&text))
    }

    fn of_text(text: &str) -> Self {
        let line = first_line(text);
        let lower = line.to_lowercase();
        if ENGINE_ERRORS.iter().any(|start| lower.starts_with(start)) {
            return Self::EngineError(line);
        }
        if text.trim_start().starts_with(['{', '[']) {
            return Self::Json(line);
        }
        Self::Text(line)
    }

    /// What to do next.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::EngineError(_) => {
                "the engine could not save the image; check its name with `docker image ls`"
            }
            Self::Json(_) | Self::Text(_) | Self::Format(_) | Self::Zeros => SAVE,
            Self::Binary => {
                "if this is one part of an archive that was split, join them: `cat parts* | imglint -`"
            }
            Self::NoMarks => {
                "an image has a manifest.json, an index.json or v1 layer folders; make one with `docker save IMAGE -o image.tar`"
            }
            Self::BuildContext => {
                "build it first, then save the image: `docker build -t IMAGE . && docker save IMAGE -o image.tar`"
            }
            Self::DockerContext => {
                "it holds the address and keys of an engine; save an image from that engine with `docker save IMAGE -o image.tar`"
            }
            Self::RegistryStorage => {
                "copy one image out of it: `skopeo copy docker://REGISTRY/IMAGE oci-archive:image.tar`"
            }
        }
    }
}

const SAVE: &str =
    "save an image with `docker save IMAGE -o image.tar`, or give an OCI layout folder";

impl fmt::Display for Stranger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EngineError(line) => write!(f, "an engine's error message: {line}"),
            Self::Json(line) => write!(f, "JSON that begins with `{line}`"),
            Self::Text(line) => write!(f, "text that begins with `{line}`"),
            Self::Format(what) => f.write_str(what),
            Self::Zeros => f.write_str("zero bytes where a tar would begin"),
            Self::Binary => f.write_str("data of an unknown kind"),
            Self::NoMarks => f.write_str("files without any image metadata"),
            Self::BuildContext => f.write_str("a build context (it has a Dockerfile)"),
            Self::DockerContext => f.write_str("an exported Docker context"),
            Self::RegistryStorage => f.write_str("the storage folder of a registry"),
        }
    }
}

/// Offset, bytes there, and what has them.
const MAGICS: &[(usize, &[u8], &str)] = &[
    (0x20, b"SIF_MAGIC", "a Singularity image (SIF)"),
    (0, b"hsqs", "a squashfs image"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0x8001, b"CD001", "an ISO 9660 image"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"\x04\x22\x4d\x18", "lz4-compressed data"),
    (0, b"LZIP", "lzip-compressed data"),
    (0, b"\x1f\x9d", "compress (.Z) data"),
    (0, b"!<arch>\n", "an ar archive or Debian package"),
    (0, b"\xed\xab\xee\xdb", "an RPM package"),
    (0, b"070701", "a cpio archive"),
    (0, b"070707", "a cpio archive"),
    (0, b"\x7fELF", "an ELF program"),
    (0, b"MZ", "a Windows program"),
    (0, b"QFI\xfb", "a QEMU disk image"),
    (0, b"KDMV", "a VMware disk image"),
    (0, b"%PDF-", "a PDF document"),
    (0, b"\x89PNG\r\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"SQLite format 3\0", "a SQLite database"),
];

/// How engines begin when they fail, in lower case.
const ENGINE_ERRORS: &[&str] = &[
    "error response from daemon",
    "cannot connect to the docker daemon",
    "failed to connect to the docker api",
    "error during connect",
    "permission denied while trying to connect",
    "cowardly refusing to save",
    "got permission denied",
    "ctr: ",
    "docker: ",
    "error: ",
    "error saving image",
];

/// The head as text, unless it has bytes that text has not; a character cut at its end is left out.
fn text(head: &[u8]) -> Option<String> {
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b');
    valid.chars().all(plain).then(|| valid.to_owned())
}

fn first_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or_default().trim();
    let mut short: String = line.chars().take(LINE).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    show(short.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docker_errors_are_told_apart_from_text() {
        let message = "Error response from daemon: reference does not exist\n";
        assert_eq!(
            Stranger::of(message.as_bytes()).to_string(),
            "an engine's error message: Error response from daemon: reference does not exist"
        );
        assert_eq!(
            Stranger::of(b"FROM debian\nRUN true\n").to_string(),
            "text that begins with `FROM debian`"
        );
    }

    #[test]
    fn first_line_is_escaped_and_shortened() {
        let text = format!("\n  \x1b[31m{}\n", "x".repeat(100));
        let Stranger::Text(line) = Stranger::of(text.as_bytes()) else {
            panic!()
        };
        assert_eq!(line, format!("\\u{{1b}}[31m{}…", "x".repeat(75)));
    }

    #[test]
    fn json_is_recognised() {
        assert!(matches!(
            Stranger::of(b" \n[{\"Id\":1}]"),
            Stranger::Json(_)
        ));
    }

    #[test]
    fn formats_are_known_by_their_magic() {
        let mut sif = b"#!/usr/bin/env run-singularity\n\0SIF_MAGIC".to_vec();
        assert_eq!(Stranger::of(&sif).to_string(), "a Singularity image (SIF)");
        sif.resize(0x8001, 0);
        let mut iso = vec![0; 0x8001];
        iso.extend(b"CD001");
        assert_eq!(Stranger::of(&iso).to_string(), "an ISO 9660 image");
        assert_eq!(Stranger::of(b"PK\x03\x04rest").to_string(), "a zip archive");
        assert_eq!(Stranger::of(b"hsqs").to_string(), "a squashfs image");
    }

    #[test]
    fn the_rest_is_binary_or_zeros() {
        assert_eq!(Stranger::of(&[0; 512]), Stranger::Zeros);
        assert_eq!(Stranger::of(b"\x01\x02\xff"), Stranger::Binary);
    }

    #[test]
    fn text_cut_inside_a_character_is_text() {
        let Stranger::Text(_) = Stranger::of("naïve".as_bytes().get(..3).unwrap()) else {
            panic!()
        };
    }
}

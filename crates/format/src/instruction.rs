//! What a history entry says was done.

mod arguments;
mod command;

use self::command::{split_build_args, split_shell};
use crate::HistoryEntry;

/// One step of a build, in the words of a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Instruction {
    /// Which instruction.
    pub kind: InstructionKind,
    /// A readable line, such as `RUN rm /hi`.
    pub text: String,
    /// Values of build arguments that the step was run with; they persist in the image.
    pub build_args: Vec<(String, String)>,
    /// Who wrote it, as far as its words tell.
    pub builder: Builder,
}

/// The instruction of a Dockerfile that a step was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum InstructionKind {
    /// `RUN`.
    Run,
    /// `COPY`.
    Copy,
    /// `ADD`.
    Add,
    /// `ENV`.
    Env,
    /// `LABEL`.
    Label,
    /// `CMD`.
    Cmd,
    /// `ENTRYPOINT`.
    Entrypoint,
    /// `USER`.
    User,
    /// `WORKDIR`.
    Workdir,
    /// `EXPOSE`.
    Expose,
    /// `VOLUME`.
    Volume,
    /// `HEALTHCHECK`.
    Healthcheck,
    /// `ARG`.
    Arg,
    /// `ONBUILD`.
    OnBuild,
    /// `STOPSIGNAL`.
    StopSignal,
    /// `SHELL`.
    Shell,
    /// `MAINTAINER`.
    Maintainer,
    /// `FROM`.
    From,
    /// Something that is not from a Dockerfile.
    Other,
}

/// The program that built a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Builder {
    /// Docker before `BuildKit`.
    DockerClassic,
    /// `BuildKit`: `docker build` since 23, buildx.
    BuildKit,
    /// Buildah: `podman build`.
    Buildah,
    /// Kaniko.
    Kaniko,
    /// Jib.
    Jib,
    /// Bazel's rules.
    Bazel,
    /// Nix.
    Nix,
    /// Nothing tells.
    Unknown,
}

impl Instruction {
    /// Reads what a history entry says was done.
    ///
    /// Never fails: what is no instruction of a Dockerfile is [`InstructionKind::Other`] and keeps its text.
    #[must_use]
    pub fn of(entry: &HistoryEntry) -> Self {
        let said = entry.created_by.trim();
        let builder = builder(entry);
        if let Some(rest) = split_nop(said) {
            return Self::named(rest, builder).unwrap_or_else(|| Self::other(rest, builder));
        }
        let said = said.strip_suffix("# buildkit").map_or(said, str::trim_end);
        if let Some(instruction) = Self::named(said, builder) {
            return instruction;
        }
        if said.starts_with('|') || split_shell(said).is_some() {
            return Self::run(said, builder);
        }
        let told = if said.is_empty() {
            entry.comment.trim()
        } else {
            said
        };
        Self::other(told, builder)
    }

    /// An instruction that begins with its name.
    fn named(text: &str, builder: Builder) -> Option<Self> {
        let (name, arguments) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let kind = InstructionKind::named(name).or_else(|| {
            // Kaniko keeps the line as it stood in the Dockerfile.
            let upper = name.to_ascii_uppercase();
            (builder == Builder::Kaniko).then(|| InstructionKind::named(&upper))?
        })?;
        if kind == InstructionKind::Run {
            return Some(Self::run(arguments.trim_start(), builder));
        }
        let text = format!("{} {}", kind.name(), arguments::readable(kind, arguments));
        Some(Self {
            kind,
            text: text.trim_end().to_owned(),
            build_args: Vec::new(),
            builder,
        })
    }

    fn run(text: &str, builder: Builder) -> Self {
        let (build_args, command) = split_build_args(text);
        let command = match split_shell(command) {
            Some(("/bin/sh -c" | "cmd /S /C", command)) => command,
            _ => command,
        };
        Self {
            kind: InstructionKind::Run,
            text: format!("RUN {}", command.trim()),
            build_args,
            builder,
        }
    }

    fn other(text: &str, builder: Builder) -> Self {
        Self {
            kind: InstructionKind::Other,
            text: text.to_owned(),
            build_args: Vec::new(),
            builder,
        }
    }
}

impl InstructionKind {
    const NAMES: [(&'static str, Self); 18] = [
        ("RUN", Self::Run),
        ("COPY", Self::Copy),
        ("ADD", Self::Add),
        ("ENV", Self::Env),
        ("LABEL", Self::Label),
        ("CMD", Self::Cmd),
        ("ENTRYPOINT", Self::Entrypoint),
        ("USER", Self::User),
        ("WORKDIR", Self::Workdir),
        ("EXPOSE", Self::Expose),
        ("VOLUME", Self::Volume),
        ("HEALTHCHECK", Self::Healthcheck),
        ("ARG", Self::Arg),
        ("ONBUILD", Self::OnBuild),
        ("STOPSIGNAL", Self::StopSignal),
        ("SHELL", Self::Shell),
        ("MAINTAINER", Self::Maintainer),
        ("FROM", Self::From),
    ];

    /// As in a Dockerfile; empty for [`InstructionKind::Other`].
    #[must_use]
    pub fn name(self) -> &'static str {
        let known = Self::NAMES.iter().find(|(_, kind)| *kind == self);
        known.map_or("", |(name, _)| *name)
    }

    fn named(name: &str) -> Option<Self> {
        let known = Self::NAMES.iter().find(|(known, _)| *known == name);
        known.map(|(_, kind)| *kind)
    }
}

/// What follows the `#(nop)` that Docker's classic builder and buildah give a shell to do nothing.
fn split_nop(text: &str) -> Option<&str> {
    let (shell, rest) = text.split_once("#(nop)")?;
    let (program, preface) = split_shell(shell.trim_end())?;
    // Only PowerShell's `SHELL` has text of its own before the command; else it is a comment of a `RUN`.
    let powershell = program.to_ascii_lowercase().ends_with("-command");
    let is_preface = preface.is_empty() || powershell && preface.ends_with(';');
    is_preface.then(|| rest.trim())
}

fn builder(entry: &HistoryEntry) -> Builder {
    let (said, comment) = (entry.created_by.trim(), entry.comment.as_str());
    if comment.starts_with("buildkit.") || said.ends_with("# buildkit") {
        return Builder::BuildKit;
    }
    match entry.author.as_str() {
        "kaniko" => return Builder::Kaniko,
        "Jib" => return Builder::Jib,
        "Bazel" => return Builder::Bazel,
        _ => {}
    }
    if said.starts_with("jib-") {
        Builder::Jib
    } else if said.starts_with("bazel build") {
        Builder::Bazel
    } else if said.is_empty() && comment.starts_with("store paths:") {
        Builder::Nix
    } else if comment.starts_with("FROM ") {
        // Buildah writes what an image was built from beside the first step of its own.
        Builder::Buildah
    } else if split_nop(said).is_some() || split_shell(split_build_args(said).1).is_some() {
        Builder::DockerClassic
    } else {
        Builder::Unknown
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(created_by: &str, comment: &str, author: &str) -> HistoryEntry {
        HistoryEntry {
            created_by: created_by.to_owned(),
            comment: comment.to_owned(),
            author: author.to_owned(),
            ..HistoryEntry::default()
        }
    }

    fn check(entry: &HistoryEntry, builder: Builder, kind: InstructionKind, text: &str) {
        let instruction = Instruction::of(entry);
        assert_eq!(instruction.text, text);
        assert_eq!(
            (instruction.kind, instruction.builder),
            (kind, builder),
            "{text}"
        );
    }

    #[test]
    fn docker_classic() {
        use InstructionKind::{
            Add, Cmd, Copy, Entrypoint, Env, Expose, Label, Maintainer, Run, User, Workdir,
        };
        for (created_by, kind, text) in [
            ("/bin/sh -c rm /hi", Run, "RUN rm /hi"),
            (
                "/bin/sh -c #(nop)  CMD [\"echo\" \"hello\"]",
                Cmd,
                "CMD [\"echo\", \"hello\"]",
            ),
            (
                "/bin/sh -c #(nop) ADD file:d13b09e8b3cc98bf0 in / ",
                Add,
                "ADD file:d13b09e8b3cc98bf0 in /",
            ),
            (
                "/bin/sh -c #(nop) COPY dir:7850e5725084799696 in /x ",
                Copy,
                "COPY dir:7850e5725084799696 in /x",
            ),
            (
                "/bin/sh -c #(nop) ENTRYPOINT &{[\"container-entrypoint\"]}",
                Entrypoint,
                "ENTRYPOINT [\"container-entrypoint\"]",
            ),
            ("/bin/sh -c #(nop) USER [1001]", User, "USER 1001"),
            (
                "/bin/sh -c #(nop) WORKDIR /opt/app-root/src",
                Workdir,
                "WORKDIR /opt/app-root/src",
            ),
            (
                "/bin/sh -c #(nop) EXPOSE 8080/tcp",
                Expose,
                "EXPOSE 8080/tcp",
            ),
            (
                "/bin/sh -c #(nop) MAINTAINER The CentOS Project",
                Maintainer,
                "MAINTAINER The CentOS Project",
            ),
            (
                "/bin/sh -c #(nop) LABEL io.k8s.description=x",
                Label,
                "LABEL io.k8s.description=x",
            ),
            ("/bin/bash -o pipefail -c #(nop)  ENV A=b", Env, "ENV A=b"),
            ("cmd /S /C #(nop)  ENV A=b", Env, "ENV A=b"),
            (
                "powershell -Command $ErrorActionPreference = 'Stop'; #(nop)  ENV A=b",
                Env,
                "ENV A=b",
            ),
            ("/bin/sh -c true #(nop) CMD x", Run, "RUN true #(nop) CMD x"),
            (
                "/bin/sh -c evil; #(nop) CMD x",
                Run,
                "RUN evil; #(nop) CMD x",
            ),
            (
                "/bin/bash -o pipefail -c a | b",
                Run,
                "RUN /bin/bash -o pipefail -c a | b",
            ),
            (
                "/bin/sh -c set -xe \t&& echo '#!/bin/sh' > /x",
                Run,
                "RUN set -xe \t&& echo '#!/bin/sh' > /x",
            ),
            ("cmd /S /C dir", Run, "RUN dir"),
        ] {
            check(
                &entry(created_by, "", ""),
                Builder::DockerClassic,
                kind,
                text,
            );
        }
    }

    #[test]
    fn buildkit() {
        use InstructionKind::{Arg, Cmd, Copy, Env, Expose, Healthcheck, OnBuild, Run, Volume};
        for (created_by, kind, text) in [
            (
                "RUN /bin/sh -c apk add curl # buildkit",
                Run,
                "RUN apk add curl",
            ),
            (
                "RUN /bin/sh -c set -e\necho hi\n # buildkit",
                Run,
                "RUN set -e\necho hi",
            ),
            ("COPY a /b # buildkit", Copy, "COPY a /b"),
            (
                "COPY --chown=1:1 a b /c/ # buildkit",
                Copy,
                "COPY --chown=1:1 a b /c/",
            ),
            ("ENV PATH=/usr/bin", Env, "ENV PATH=/usr/bin"),
            (
                "CMD [\"nginx\" \"-g\" \"daemon off;\"]",
                Cmd,
                "CMD [\"nginx\", \"-g\", \"daemon off;\"]",
            ),
            ("EXPOSE map[80/tcp:{}]", Expose, "EXPOSE 80/tcp"),
            ("VOLUME [/data]", Volume, "VOLUME /data"),
            ("ARG TOKEN=abc", Arg, "ARG TOKEN=abc"),
            ("ONBUILD RUN make", OnBuild, "ONBUILD RUN make"),
            (
                "HEALTHCHECK &{[\"CMD-SHELL\" \"true\"] \"30s\" \"3s\" \"0s\" \"0s\" '\\x03'}",
                Healthcheck,
                "HEALTHCHECK CMD true",
            ),
        ] {
            let entry = entry(created_by, "buildkit.dockerfile.v0", "");
            check(&entry, Builder::BuildKit, kind, text);
        }
    }

    #[test]
    fn build_arguments_are_kept_apart() {
        for created_by in [
            "|2 TOKEN=s3cret VERSION=1.2 /bin/sh -c make",
            "RUN |2 TOKEN=s3cret VERSION=1.2 /bin/sh -c make # buildkit",
        ] {
            let instruction = Instruction::of(&entry(created_by, "", ""));
            assert_eq!(instruction.kind, InstructionKind::Run);
            assert_eq!(instruction.text, "RUN make");
            let args = [("TOKEN", "s3cret"), ("VERSION", "1.2")];
            assert_eq!(
                instruction.build_args,
                args.map(|(name, value)| (name.to_owned(), value.to_owned()))
            );
        }
    }

    #[test]
    fn other_builders() {
        use InstructionKind::{Copy, Other, Run};
        let from = "FROM docker.io/library/alpine:3.19";
        check(
            &entry("/bin/sh -c #(nop) COPY file:ab in /x ", from, ""),
            Builder::Buildah,
            Copy,
            "COPY file:ab in /x",
        );
        check(
            &entry("/bin/sh", from, ""),
            Builder::Buildah,
            Other,
            "/bin/sh",
        );
        check(
            &entry("RUN apk add curl", "", "kaniko"),
            Builder::Kaniko,
            Run,
            "RUN apk add curl",
        );
        check(
            &entry("copy a  b", "", "kaniko"),
            Builder::Kaniko,
            Copy,
            "COPY a  b",
        );
        check(
            &entry("jib-gradle-plugin:1.4.1", "classes", "Jib"),
            Builder::Jib,
            Other,
            "jib-gradle-plugin:1.4.1",
        );
        check(
            &entry("bazel build //app:image", "", "Bazel"),
            Builder::Bazel,
            Other,
            "bazel build //app:image",
        );
        check(
            &entry("", "store paths: ['/nix/store/x']", ""),
            Builder::Nix,
            Other,
            "store paths: ['/nix/store/x']",
        );
        check(
            &entry("apko", "This is an apko single-layer image", "apko"),
            Builder::Unknown,
            Other,
            "apko",
        );
        let debian = "# debian.sh --arch 'amd64' out/ 'bookworm' '@1700000000'";
        check(
            &entry(debian, "debuerreotype 0.15", ""),
            Builder::Unknown,
            Other,
            debian,
        );
        check(
            &entry("copy this", "", ""),
            Builder::Unknown,
            Other,
            "copy this",
        );
        check(&entry("", "", ""), Builder::Unknown, Other, "");
    }

    proptest! {
        #[test]
        fn any_text_is_an_instruction(
            created_by in "(RUN )?([|][0-9]{1,2} )?([A-Z]=x )?(/bin/sh -c |cmd )?(#[(]nop[)] )?[A-Z]{0,5}.{0,20}( # buildkit)?",
            comment in any::<String>(),
        ) {
            let _ = Instruction::of(&entry(&created_by, &comment, "kaniko"));
        }
    }
}

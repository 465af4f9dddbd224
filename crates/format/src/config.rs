//! Image configs: how to run an image, and how it was made.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    AnomalyKind, DiffId, Digest, DocumentError, HistoryEntry, Limits, Platform, Time,
    document::{self, Located, Parsed},
    json::{self, Trailing, decode_object},
};

/// Image config with Docker's further fields (image-spec, `config.md`; Docker image spec 1.2).
///
/// Absent and empty are the same, as they are to the engines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageConfig {
    /// When the image was made.
    pub created: Option<Time>,
    /// Who made it.
    pub author: String,
    /// Processor, such as `amd64`.
    pub architecture: String,
    /// Processor variant, such as `v8`.
    pub variant: String,
    /// Operating system, such as `linux`.
    pub os: String,
    /// Version of the operating system, for Windows.
    pub os_version: String,
    /// Features of the operating system, for Windows.
    pub os_features: Vec<String>,
    /// How to run it.
    pub config: ContainerConfig,
    /// Which layers it has.
    pub rootfs: RootFs,
    /// How it was made, first step first.
    pub history: Vec<HistoryEntry>,
    /// Docker: the container that the last step ran in.
    pub container: String,
    /// Docker: how the last step was run.
    pub container_config: Option<ContainerConfig>,
    /// Docker: its version.
    pub docker_version: String,
    /// Docker: the comment of a `docker commit`.
    pub comment: String,
    /// Docker v1: id of the layer.
    pub id: String,
    /// Docker v1: id of the parent.
    pub parent: String,
    /// Docker v1: bytes.
    pub size: Option<i64>,
}

/// How to run a container (image-spec, `config.md`, "config"; Docker's `container.Config`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many, each for itself"
)]
pub struct ContainerConfig {
    /// Name or number, with a group after `:`.
    pub user: String,
    /// Such as `8080/tcp`.
    pub exposed_ports: BTreeSet<String>,
    /// `NAME=value`, in order.
    pub env: Vec<String>,
    /// What is always run.
    pub entrypoint: Vec<String>,
    /// Its arguments, or what is run without an entrypoint.
    pub cmd: Vec<String>,
    /// Paths that are mounted from elsewhere.
    pub volumes: BTreeSet<String>,
    /// Where it is run.
    pub working_dir: String,
    /// Key and value pairs.
    pub labels: BTreeMap<String, String>,
    /// How it is stopped.
    pub stop_signal: String,
    /// Docker: seconds before it is killed.
    pub stop_timeout: Option<i64>,
    /// Windows: the command line is escaped already.
    pub args_escaped: bool,
    /// Docker: how to see whether it is well.
    pub healthcheck: Option<Healthcheck>,
    /// Docker: instructions for builds on top of this image.
    pub on_build: Vec<String>,
    /// Docker: what runs commands that are given as one text.
    pub shell: Vec<String>,
    /// Docker: the host name of the build container.
    pub hostname: String,
    /// Docker: its domain.
    pub domainname: String,
    /// Docker: the image that the step began with.
    pub image: String,
    /// Docker: its hardware address.
    pub mac_address: String,
    /// Docker: whether it has no network.
    pub network_disabled: bool,
    /// Docker: whether it has a terminal.
    pub tty: bool,
    /// Docker: whether its standard input stays open.
    pub open_stdin: bool,
    /// Docker: whether its standard input closes after the first client.
    pub stdin_once: bool,
    /// Docker: whether a client is attached to its standard input.
    pub attach_stdin: bool,
    /// Docker: whether a client is attached to its standard output.
    pub attach_stdout: bool,
    /// Docker: whether a client is attached to its standard error.
    pub attach_stderr: bool,
    /// OCI, reserved: bytes of memory.
    pub memory: Option<i64>,
    /// OCI, reserved: bytes of memory and swap.
    pub memory_swap: Option<i64>,
    /// OCI, reserved: weight among other containers.
    pub cpu_shares: Option<i64>,
}

/// How to see whether a container is well (Docker's `HealthcheckConfig`). Times are nanoseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`; empty means inherited.
    pub test: Vec<String>,
    /// Between two checks.
    pub interval: Option<i64>,
    /// For one check.
    pub timeout: Option<i64>,
    /// Before failures count.
    pub start_period: Option<i64>,
    /// Between two checks during the start period.
    pub start_interval: Option<i64>,
    /// Failures in a row before it is unwell.
    pub retries: Option<i64>,
}

/// Which layers an image has (image-spec, `config.md`, "rootfs").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RootFs {
    /// `layers`.
    pub kind: String,
    /// Lowest first; `None` where the text is not a digest.
    pub diff_ids: Vec<Option<Digest>>,
}

impl RootFs {
    /// The diff ID of one layer, counted from 0, when it is stated and well-formed.
    #[must_use]
    pub fn diff_id(&self, layer: usize) -> Option<DiffId> {
        self.diff_ids.get(layer)?.clone().map(DiffId::from)
    }
}

impl ImageConfig {
    /// Reads a config.
    ///
    /// # Errors
    /// When the bytes are not a JSON object within the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed<Self>, DocumentError> {
        let mut parsed: Parsed<Self> =
            document::object(bytes, limits.config, limits, Trailing::Refused)?;
        let kind = &parsed.value.rootfs.kind;
        if kind != "layers" {
            let kind = AnomalyKind::RootfsType {
                found: kind.clone(),
            };
            parsed.anomalies.push(Located { offset: 0, kind });
        }
        Ok(parsed)
    }

    /// What the image runs on; `None` when nothing is said.
    #[must_use]
    pub fn platform(&self) -> Option<Platform> {
        let platform = Platform {
            os: self.os.clone(),
            architecture: self.architecture.clone(),
            variant: self.variant.clone(),
            os_version: self.os_version.clone(),
            os_features: self.os_features.clone(),
        };
        (platform != Platform::default()).then_some(platform)
    }
}

decode_object!(ImageConfig {
    "created" => created,
    "author" => author,
    "architecture" => architecture,
    "variant" => variant,
    "os" => os,
    "os.version" => os_version,
    "os.features" => os_features,
    "config" => config,
    "rootfs" => rootfs,
    "history" => history,
    "container" => container,
    "container_config" => container_config by json::pointer,
    "docker_version" => docker_version,
    "comment" => comment,
    "id" => id,
    "parent" => parent,
    "Size" => size,
});

decode_object!(ContainerConfig {
    "User" => user,
    "ExposedPorts" => exposed_ports,
    "Env" => env,
    "Entrypoint" => entrypoint by json::command,
    "Cmd" => cmd by json::command,
    "Volumes" => volumes,
    "WorkingDir" => working_dir,
    "Labels" => labels,
    "StopSignal" => stop_signal,
    "StopTimeout" => stop_timeout,
    "ArgsEscaped" => args_escaped,
    "Healthcheck" => healthcheck by json::pointer,
    "OnBuild" => on_build,
    "Shell" => shell by json::command,
    "Hostname" => hostname,
    "Domainname" => domainname,
    "Image" => image,
    "MacAddress" => mac_address,
    "NetworkDisabled" => network_disabled,
    "Tty" => tty,
    "OpenStdin" => open_stdin,
    "StdinOnce" => stdin_once,
    "AttachStdin" => attach_stdin,
    "AttachStdout" => attach_stdout,
    "AttachStderr" => attach_stderr,
    "Memory" => memory,
    "MemorySwap" => memory_swap,
    "CpuShares" => cpu_shares,
});

decode_object!(Healthcheck {
    "Test" => test,
    "Interval" => interval,
    "Timeout" => timeout,
    "StartPeriod" => start_period,
    "StartInterval" => start_interval,
    "Retries" => retries,
});

decode_object!(RootFs {
    "type" => kind,
    "diff_ids" => diff_ids,
});

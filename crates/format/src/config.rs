//! Image configs: how to run an image, and how it was made.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    AnomalyKind, DiffId, Digest, DocumentError, HistoryEntry, Limits, Platform, Time,
    document::{self, Parsed},
    excerpt::excerpt,
    json::{self, Context, Json, Trailing, decode_object},
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
        document::object(bytes, limits.config, limits, Trailing::Refused)
    }

    fn check(&self, json: &Json<'_>, cx: &mut Context<'_>) {
        if self.rootfs.kind != "layers" {
            let offset = json
                .member("rootfs")
                .map_or(json.offset, |rootfs| rootfs.value.offset);
            let found = excerpt(&self.rootfs.kind);
            cx.note(offset, AnomalyKind::RootfsType { found });
        }
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
} then ImageConfig::check);

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

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Parsed<ImageConfig> {
        ImageConfig::parse(text.as_bytes(), &Limits::default()).unwrap()
    }

    fn told(parsed: &Parsed<ImageConfig>) -> Vec<String> {
        parsed
            .anomalies
            .iter()
            .map(|located| located.kind.to_string())
            .collect()
    }

    #[test]
    fn docker_config() {
        let diff_id = Digest::of_bytes(b"layer");
        let parsed = parse(&format!(
            r##"{{"architecture":"arm64","variant":"v8","os":"linux","created":"2022-05-20T12:00:00.5+01:00",
            "config":{{"User":"app","Env":["PATH=/bin"],"Cmd":["date"],"ExposedPorts":{{"80/tcp":{{}}}},"Labels":{{"a":"b"}},
            "Healthcheck":{{"Test":["CMD-SHELL","true"],"Interval":30000000000,"Retries":3}},"OnBuild":["RUN x"],"ArgsEscaped":true}},
            "container_config":{{"Cmd":["/bin/sh","-c","#(nop) ","CMD [\"date\"]"]}},"docker_version":"20.10.24",
            "history":[{{"created_by":"/bin/sh -c x"}},{{"empty_layer":true}}],
            "rootfs":{{"type":"layers","diff_ids":["{diff_id}"]}}}}"##
        ));
        assert_eq!(told(&parsed), [""; 0]);
        let config = parsed.value;
        assert_eq!(config.platform().unwrap().to_string(), "linux/arm64/v8");
        assert_eq!(
            config.config.healthcheck.unwrap().interval,
            Some(30_000_000_000)
        );
        assert_eq!(config.config.on_build, ["RUN x"]);
        assert!(config.config.args_escaped);
        assert_eq!(config.rootfs.diff_id(0), Some(DiffId::from(diff_id)));
        assert_eq!(config.rootfs.diff_id(1), None);
        assert!(config.history[1].empty_layer);
        assert_eq!(config.container_config.unwrap().cmd.len(), 4);
    }

    // Oddities of real images.
    #[test]
    fn null_is_absent_everywhere() {
        let parsed = parse(
            r#"{"created":null,"author":null,"os":null,"os.features":null,"config":null,"history":null,
            "rootfs":{"type":"layers","diff_ids":null},"container_config":null,"Size":null}"#,
        );
        assert_eq!(told(&parsed), [""; 0]);
        let layers = RootFs {
            kind: "layers".to_owned(),
            diff_ids: Vec::new(),
        };
        let expected = ImageConfig {
            rootfs: layers,
            ..ImageConfig::default()
        };
        assert_eq!(parsed.value, expected);
        assert_eq!(parsed.value.platform(), None);
    }

    #[test]
    fn other_root_file_system_is_read_all_the_same() {
        let parsed = parse(r#"{"rootfs":{"type":"layers+base","diff_ids":["x:a"]}}"#);
        assert_eq!(
            told(&parsed),
            ["rootfs.type is \"layers+base\", not \"layers\""]
        );
        assert_eq!(parsed.anomalies[0].offset, 10);
        assert!(parsed.value.rootfs.diff_id(0).is_some());
    }

    #[test]
    fn malformed_diff_id_keeps_the_place_of_its_layer() {
        let parsed = parse(r#"{"rootfs":{"type":"layers","diff_ids":["sha256:x","y:a"]}}"#);
        assert_eq!(parsed.value.rootfs.diff_id(0), None);
        assert!(parsed.value.rootfs.diff_id(1).is_some());
        assert!(told(&parsed)[0].starts_with("rootfs.diff_ids[0]: digest \"sha256:x\""));
        assert!(parsed.anomalies[0].kind.incomplete());
    }
}

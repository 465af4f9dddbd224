//! The `json` of a layer in Docker's first image format.

use crate::{
    ContainerConfig, DocumentError, HistoryEntry, ImageConfig, Limits, Time,
    document::{self, Parsed},
    json::{self, Trailing, decode_object},
};

/// What Docker up to 1.9 kept for each layer (Docker image spec 1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct V1Layer {
    /// 64 hex digits, made at random; also the name of its directory.
    pub id: String,
    /// Id of the layer below; empty for the lowest.
    pub parent: String,
    /// When it was made.
    pub created: Option<Time>,
    /// Container that made it.
    pub container: String,
    /// How it was made.
    pub container_config: Option<ContainerConfig>,
    /// Docker's version.
    pub docker_version: String,
    /// Who made it.
    pub author: String,
    /// How to run an image of which it is the top.
    pub config: Option<ContainerConfig>,
    /// Such as `amd64`; `x86_64` has been seen.
    pub architecture: String,
    /// Such as `linux`.
    pub os: String,
    /// The comment of a `docker commit`.
    pub comment: String,
    /// Bytes of its files.
    pub size: Option<i64>,
    /// After Docker 1.10 took it over: the chain ID.
    pub layer_id: String,
    /// After Docker 1.10 took it over: the parent's chain ID.
    pub parent_id: String,
    /// In schema 1: made no layer.
    pub throwaway: bool,
}

decode_object!(V1Layer {
    "id" => id,
    "parent" => parent,
    "created" => created,
    "container" => container,
    "container_config" => container_config by json::pointer,
    "docker_version" => docker_version,
    "author" => author,
    "config" => config by json::pointer,
    "architecture" => architecture,
    "os" => os,
    "comment" => comment,
    "Size" => size,
    "layer_id" => layer_id,
    "parent_id" => parent_id,
    "throwaway" => throwaway,
});

impl V1Layer {
    /// Reads the `json` of a layer directory.
    ///
    /// # Errors
    /// When the bytes are not a JSON object within the limits.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Parsed<Self>, DocumentError> {
        document::object(bytes, limits.config, limits, Trailing::Refused)
    }

    /// The layer as an entry of a history, as Docker made it on migration (moby, `v1.HistoryFromConfig`).
    #[must_use]
    pub fn history_entry(&self) -> HistoryEntry {
        let made_by = self.container_config.as_ref();
        HistoryEntry {
            created: self.created.clone(),
            author: self.author.clone(),
            created_by: made_by
                .map(|config| config.cmd.join(" "))
                .unwrap_or_default(),
            comment: self.comment.clone(),
            empty_layer: self.throwaway,
        }
    }
}

impl ImageConfig {
    /// The config of an image that is stacked from v1 layers, lowest first; without diff IDs, which v1 lacks.
    #[must_use]
    pub fn of_v1(layers: &[V1Layer]) -> Self {
        let Some(top) = layers.last().cloned() else {
            return Self::default();
        };
        Self {
            created: top.created,
            author: top.author,
            architecture: top.architecture,
            os: top.os,
            config: top.config.unwrap_or_default(),
            container: top.container,
            container_config: top.container_config,
            docker_version: top.docker_version,
            comment: top.comment,
            id: top.id,
            parent: top.parent,
            size: top.size,
            history: layers.iter().map(V1Layer::history_entry).collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // The shape that Docker 1.8 wrote, from 2016.
    #[test]
    fn layer_of_docker_1_9() {
        let text = br#"{"Size":13216151,"architecture":"amd64","os":"linux","author":"A","created":"2016-06-03T18:35:25.374Z",
            "config":{"Cmd":["/bin/sh"],"Env":["A=b"]},"container_config":{"Cmd":["/bin/sh","-c","tar -C /tmp -xf -"]},
            "docker_version":"1.9.1","id":"e0d8","parent":"d809"}"#;
        let parsed = V1Layer::parse(text, &Limits::default()).unwrap();
        assert_eq!(parsed.anomalies, []);
        assert_eq!(
            (parsed.value.id.as_str(), parsed.value.parent.as_str()),
            ("e0d8", "d809")
        );
        assert_eq!(parsed.value.size, Some(13_216_151));
        assert_eq!(
            parsed.value.history_entry().created_by,
            "/bin/sh -c tar -C /tmp -xf -"
        );
    }

    #[test]
    fn image_takes_its_config_from_the_top() {
        let layer = |id: &str, command: &str| V1Layer {
            id: id.to_owned(),
            os: "linux".to_owned(),
            config: Some(ContainerConfig {
                cmd: vec![command.to_owned()],
                ..ContainerConfig::default()
            }),
            ..V1Layer::default()
        };
        let config = ImageConfig::of_v1(&[layer("a", "low"), layer("b", "top")]);
        assert_eq!(config.config.cmd, ["top"]);
        assert_eq!((config.id.as_str(), config.history.len()), ("b", 2));
        assert!(
            config.history.iter().all(|entry| !entry.empty_layer),
            "every v1 layer is a layer"
        );
        assert_eq!(ImageConfig::of_v1(&[]), ImageConfig::default());
    }
}

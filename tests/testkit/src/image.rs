//! A container image: layers, their history and a configuration.

use serde_json::{Value, json};

use crate::{Layer, digest};

/// An image, before some writer's form is chosen for it ([`crate::archive`]).
///
/// The configuration is kept as JSON with the fields in Docker's order, grows
/// with each layer, and can be edited at any time.
#[derive(Clone, Debug)]
pub struct Image {
    pub(crate) names: Vec<String>,
    pub(crate) steps: Vec<Step>,
    config: Value,
}

/// One instruction; one without a layer changed the configuration only.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) created_by: String,
    pub(crate) layer: Option<Layer>,
}

impl Image {
    /// An image for linux/amd64 of 2024-01-01 without layers; `""` is untagged.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let config = json!({
            "architecture": "amd64",
            "config": { "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] },
            "created": "2024-01-01T00:00:00Z",
            "history": [],
            "os": "linux",
            "rootfs": { "type": "layers", "diff_ids": [] },
        });
        Self {
            names: Vec::new(),
            steps: Vec::new(),
            config,
        }
        .tag(name)
    }

    /// One more name.
    #[must_use]
    pub fn tag(mut self, name: &str) -> Self {
        if !name.is_empty() {
            self.names.push(name.to_owned());
        }
        self
    }

    /// The next layer, and the history row of the instruction that made it.
    #[must_use]
    pub fn layer(mut self, layer: Layer, created_by: &str) -> Self {
        if let Some(diff_ids) = self.array("/rootfs/diff_ids") {
            diff_ids.push(layer.diff_id().into());
        }
        self.step(created_by, Some(layer))
    }

    /// A history row of an instruction that made no layer.
    #[must_use]
    pub fn empty_step(self, created_by: &str) -> Self {
        self.step(created_by, None)
    }

    fn step(mut self, created_by: &str, layer: Option<Layer>) -> Self {
        let created = self.config.get("created").cloned();
        if let Some(history) = self.array("/history") {
            let mut row = json!({ "created": created, "created_by": created_by });
            if layer.is_none() {
                set(&mut row, "empty_layer", true);
            }
            history.push(row);
        }
        self.steps.push(Step {
            created_by: created_by.to_owned(),
            layer,
        });
        self
    }

    fn array(&mut self, pointer: &str) -> Option<&mut Vec<Value>> {
        self.config.pointer_mut(pointer)?.as_array_mut()
    }
}

/// The configuration (image-spec, `config.md`).
impl Image {
    /// `USER`.
    #[must_use]
    pub fn user(self, user: &str) -> Self {
        self.run("User", user)
    }

    /// One more `ENV`, as `NAME=value`.
    #[must_use]
    pub fn env(mut self, variable: &str) -> Self {
        if let Some(env) = self.array("/config/Env") {
            env.push(variable.into());
        }
        self
    }

    /// One more `LABEL`.
    #[must_use]
    pub fn label(self, key: &str, value: &str) -> Self {
        self.member("Labels", key, value)
    }

    /// `CMD`.
    #[must_use]
    pub fn cmd(self, arguments: &[&str]) -> Self {
        self.run("Cmd", arguments)
    }

    /// `ENTRYPOINT`.
    #[must_use]
    pub fn entrypoint(self, arguments: &[&str]) -> Self {
        self.run("Entrypoint", arguments)
    }

    /// `WORKDIR`.
    #[must_use]
    pub fn workdir(self, path: &str) -> Self {
        self.run("WorkingDir", path)
    }

    /// One more `EXPOSE`, such as `8080/tcp`.
    #[must_use]
    pub fn expose(self, port: &str) -> Self {
        self.member("ExposedPorts", port, json!({}))
    }

    /// One more `VOLUME`.
    #[must_use]
    pub fn volume(self, path: &str) -> Self {
        self.member("Volumes", path, json!({}))
    }

    /// The platform, in OCI's words: `linux`, `arm`, `Some("v7")`.
    #[must_use]
    pub fn platform(self, os: &str, architecture: &str, variant: Option<&str>) -> Self {
        self.config_json(|config| {
            set(config, "os", os);
            set(config, "architecture", architecture);
            if let Some(variant) = variant {
                set(config, "variant", variant);
            }
        })
    }

    /// When it was made, RFC 3339; history rows added later have this time too.
    #[must_use]
    pub fn created(self, time: &str) -> Self {
        self.config_json(|config| set(config, "created", time))
    }

    /// Leaves `history` out.
    #[must_use]
    pub fn no_history(self) -> Self {
        self.config_json(|config| {
            config.as_object_mut().unwrap().shift_remove("history");
        })
    }

    /// Any other change to the configuration as it is so far.
    #[must_use]
    pub fn config_json(mut self, edit: impl FnOnce(&mut Value)) -> Self {
        edit(&mut self.config);
        self
    }

    fn run(self, field: &str, value: impl Into<Value>) -> Self {
        self.config_json(|config| set(&mut config["config"], field, value))
    }

    fn member(self, field: &str, key: &str, value: impl Into<Value>) -> Self {
        self.config_json(|config| set(&mut config["config"][field], key, value))
    }
}

/// What writers ask an image.
impl Image {
    /// The configuration's bytes.
    #[must_use]
    pub fn config(&self) -> Vec<u8> {
        self.config.to_string().into_bytes()
    }

    /// `sha256:` and the digest of the configuration.
    #[must_use]
    pub fn image_id(&self) -> String {
        digest::sha256(&self.config())
    }

    /// Its names, in the order given.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn config_hex(&self) -> String {
        digest::hex(&self.config())
    }

    pub(crate) fn config_value(&self) -> &Value {
        &self.config
    }

    /// Its layers, lowest first.
    pub fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.steps.iter().filter_map(|step| step.layer.as_ref())
    }

    /// The `platform` of a descriptor (image-spec, `image-index.md`).
    pub(crate) fn platform_value(&self) -> Value {
        let mut platform = json!({});
        for field in ["architecture", "os", "variant", "os.version"] {
            if let Some(value) = self.config.get(field) {
                set(&mut platform, field, value.clone());
            }
        }
        platform
    }
}

/// Sets a member of an object, which begins to be one if it was null.
pub(crate) fn set(object: &mut Value, key: &str, value: impl Into<Value>) {
    object[key] = value.into();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_and_diff_ids_grow_with_the_layers() {
        let layer = Layer::new().file("a", "1");
        let image = Image::new("app:1.0")
            .empty_step("ENV A=b")
            .layer(layer.clone(), "COPY a /")
            .user("app")
            .label("k", "v")
            .env("A=b");
        let config: Value = serde_json::from_slice(&image.config()).unwrap();
        assert_eq!(config["rootfs"]["diff_ids"], json!([layer.diff_id()]));
        assert_eq!(config["history"][0]["empty_layer"], true);
        assert_eq!(config["history"][1]["created_by"], "COPY a /");
        assert_eq!(config["history"][1].get("empty_layer"), None);
        assert_eq!(config["config"]["User"], "app");
        assert_eq!(config["config"]["Labels"], json!({ "k": "v" }));
        assert_eq!(config["config"]["Env"][1], "A=b");
    }

    #[test]
    fn an_image_can_lose_its_history_before_or_after_its_layers() {
        let before = Image::new("").no_history().layer(Layer::new(), "x");
        let after = Image::new("").layer(Layer::new(), "x").no_history();
        assert_eq!(before.config(), after.config());
        assert!(
            !String::from_utf8(after.config())
                .unwrap()
                .contains("history")
        );
    }

    #[test]
    fn a_platform_names_only_what_the_config_says() {
        let image = Image::new("").platform("linux", "arm", Some("v7"));
        let expected = json!({ "architecture": "arm", "os": "linux", "variant": "v7" });
        assert_eq!(image.platform_value(), expected);
    }
}

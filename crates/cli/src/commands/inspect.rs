//! `imglint inspect`: what an image says of itself.
//!
//! The JSON has the shape of `docker image inspect`, less what only an engine
//! knows (`RepoDigests`, `GraphDriver`, `Metadata`).

use std::{collections::BTreeMap, io::Write as _};

use imglint_format::{ContainerConfig, Healthcheck, ImageConfig};
use imglint_lint::{ImageView, human_size};
use imglint_secrets::{Context, Scanner};
use serde_json::{Map, Value, json};

use super::Output;
use crate::{
    args::{LookArgs, ReportFormat},
    exit::Verdict,
    failure::Failure,
    load,
    report::escape::Escaped,
};

pub(crate) fn run(args: &LookArgs, out: &mut Output) -> Result<Verdict, Failure> {
    load::with_image(args, out, |image, out| {
        match args.format {
            ReportFormat::Json => super::write_json(&[docker(image)], out)?,
            ReportFormat::Human => human_facts(image, out)?,
        }
        Ok(())
    })
}

/// `NAME=value` with the secrets in the value masked.
fn variable(variable: &str) -> String {
    match variable.split_once('=') {
        Some((name, value)) => format!("{name}={}", masked(Context::Variable(name), value)),
        None => masked(Context::Variable(""), variable),
    }
}

/// Labels with the secrets in their values masked.
fn labels(config: &ContainerConfig) -> BTreeMap<&str, String> {
    let labels = config.labels.iter();
    labels
        .map(|(name, value)| (name.as_str(), masked(Context::Variable(name), value)))
        .collect()
}

/// Words of a command with secrets masked.
fn command(words: &[String]) -> Vec<String> {
    words
        .iter()
        .map(|word| masked(Context::Command, word))
        .collect()
}

/// What the gate cannot know is a secret by the name it has here.
fn masked(context: Context<'_>, text: &str) -> String {
    Scanner::shared().mask(context, text).into_owned()
}

/// The sum of the layers as `docker images` shows it, a repeated layer counted each time.
fn size(image: &ImageView<'_>) -> u64 {
    (0..image.layers().len())
        .map(|layer| image.stack().docker_size(layer))
        .sum()
}

fn docker(image: &ImageView<'_>) -> Value {
    let config = image.config();
    let created = config.created.as_ref().map(imglint_format::Time::as_str);
    let layers: Vec<_> = image
        .layers()
        .iter()
        .filter_map(load::diff_id)
        .map(|id| id.to_string())
        .collect();
    let size = size(image);
    let mut facts = Map::new();
    let mut put = |key: &str, value: Value| {
        facts.insert(key.to_owned(), value);
    };
    put("Id", json!(load::image_id(image.image())));
    put("RepoTags", json!(image.image().names));
    put("Comment", json!(comment(config)));
    put("Created", json!(created));
    put("DockerVersion", json!(config.docker_version));
    put("Author", json!(config.author));
    put("Config", container(&config.config));
    put("Architecture", json!(config.architecture));
    put("Variant", json!(config.variant));
    put("Os", json!(config.os));
    put("OsVersion", json!(config.os_version));
    put("Size", json!(size));
    put(
        "RootFS",
        json!({ "Type": config.rootfs.kind, "Layers": layers }),
    );
    if let Some(digest) = &image.image().manifest_digest {
        put("ManifestDigest", json!(digest.to_string()));
    }
    facts.retain(|key, value| value != "" || matches!(key.as_str(), "Architecture" | "Os"));
    Value::Object(facts)
}

/// Docker shows the comment of the last step when the image has none of its own.
fn comment(config: &ImageConfig) -> &str {
    let last = config
        .history
        .last()
        .map_or("", |entry| entry.comment.as_str());
    if config.comment.is_empty() {
        last
    } else {
        &config.comment
    }
}

/// Fields in Docker's order; those that are not set are left out, as newer engines do.
fn container(config: &ContainerConfig) -> Value {
    let keys = |names: &std::collections::BTreeSet<String>| -> Value {
        names
            .iter()
            .map(|name| (name.clone(), json!({})))
            .collect::<Map<_, _>>()
            .into()
    };
    let fields = [
        ("Hostname", json!(config.hostname)),
        ("Domainname", json!(config.domainname)),
        ("User", json!(config.user)),
        ("ExposedPorts", keys(&config.exposed_ports)),
        (
            "Env",
            json!(config.env.iter().map(|it| variable(it)).collect::<Vec<_>>()),
        ),
        ("Cmd", json!(command(&config.cmd))),
        (
            "Healthcheck",
            config.healthcheck.as_ref().map_or(Value::Null, healthcheck),
        ),
        ("Volumes", keys(&config.volumes)),
        ("WorkingDir", json!(config.working_dir)),
        ("Entrypoint", json!(command(&config.entrypoint))),
        ("OnBuild", json!(command(&config.on_build))),
        ("Labels", json!(labels(config))),
        ("StopSignal", json!(config.stop_signal)),
        ("StopTimeout", json!(config.stop_timeout)),
        ("Shell", json!(command(&config.shell))),
    ];
    let unset = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    let set = fields.into_iter().filter(|(_, value)| !unset(value));
    set.map(|(key, value)| (key.to_owned(), value))
        .collect::<Map<_, _>>()
        .into()
}

fn healthcheck(check: &Healthcheck) -> Value {
    let fields = [
        ("Interval", check.interval),
        ("Timeout", check.timeout),
        ("StartPeriod", check.start_period),
        ("StartInterval", check.start_interval),
        ("Retries", check.retries),
    ];
    let mut object = Map::from_iter([("Test".to_owned(), json!(command(&check.test)))]);
    object.extend(
        fields
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), json!(value?)))),
    );
    object.into()
}

fn human_facts(image: &ImageView<'_>, out: &mut Output) -> Result<(), Failure> {
    let config = image.config();
    let run = &config.config;
    let stored: u64 = image
        .layers()
        .iter()
        .filter_map(|layer| Some(layer.facts?.index.blob_size))
        .sum();
    let user = if run.user.is_empty() {
        "root (not set)"
    } else {
        &run.user
    };
    let platform = image
        .image()
        .platform
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default();
    let health = run
        .healthcheck
        .as_ref()
        .map(|check| command(&check.test).join(" "))
        .unwrap_or_default();
    let rows = [
        ("id", load::image_id(image.image()).unwrap_or_default()),
        ("names", image.image().names.join(", ")),
        ("platform", platform),
        (
            "created",
            config
                .created
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
        ("author", config.author.clone()),
        ("builder", config.docker_version.clone()),
        (
            "size",
            format!(
                "{} ({} as stored)",
                human_size(size(image)),
                human_size(stored)
            ),
        ),
        ("user", user.to_owned()),
        ("entrypoint", exec_form(&command(&run.entrypoint))),
        ("command", exec_form(&command(&run.cmd))),
        ("workdir", run.working_dir.clone()),
        ("ports", join(&run.exposed_ports)),
        ("volumes", join(&run.volumes)),
        ("healthcheck", health),
        ("stop signal", run.stop_signal.clone()),
    ];
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        writeln!(out, "{name:<12} {}", Escaped(value))?;
    }
    let env: Vec<_> = run.env.iter().map(|it| variable(it)).collect();
    list(out, "env", env.iter().map(String::as_str))?;
    let labels: Vec<_> = labels(run)
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    list(out, "labels", labels.iter().map(String::as_str))?;
    let layers = image.layers().iter().map(|layer| {
        let size = human_size(image.stack().docker_size(layer.index));
        let id = load::diff_id(layer)
            .map(|id| id.to_string())
            .unwrap_or_default();
        format!("{} {id} {size}", layer.index)
    });
    let layers: Vec<_> = layers.collect();
    list(out, "layers", layers.iter().map(String::as_str))
}

fn list<'a>(
    out: &mut Output,
    name: &str,
    items: impl Iterator<Item = &'a str>,
) -> Result<(), Failure> {
    for (position, item) in items.enumerate() {
        let name = if position == 0 { name } else { "" };
        writeln!(out, "{name:<12} {}", Escaped(item))?;
    }
    Ok(())
}

/// A command as a Dockerfile has it: `["nginx", "-g", "daemon off;"]`.
fn exec_form(words: &[String]) -> String {
    if words.is_empty() {
        String::new()
    } else {
        json!(words).to_string()
    }
}

fn join(names: &std::collections::BTreeSet<String>) -> String {
    names
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

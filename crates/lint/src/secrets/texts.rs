//! The texts of an image that are no files: its config, its history, its annotations.

use imglint_format::{ContainerConfig, Healthcheck, Instruction};
use imglint_secrets::{Context, masked};

use crate::image::ImageView;

/// Characters of a name that a message has.
const LONGEST_NAME: usize = 64;

/// A text, and where it stands.
pub(super) struct Text<'a> {
    pub(super) context: Context<'a>,
    pub(super) content: &'a str,
    /// In the words of the document: `config.Env`.
    pub(super) field: String,
    /// In the words of a message: `in ENV DB_PASSWORD`.
    pub(super) place: String,
    /// The row of the history that it stands in.
    pub(super) row: Option<usize>,
}

/// All texts of an image, in the order of its documents.
pub(super) fn each<'a>(image: &ImageView<'a>, tell: &mut dyn FnMut(Text<'_>)) {
    let config = image.config();
    container("config", &config.config, None, tell);
    if let Some(container_config) = &config.container_config {
        container(
            "container_config",
            container_config,
            Some(&config.config),
            tell,
        );
    }
    for (field, text) in [("author", &config.author), ("comment", &config.comment)] {
        words(field, &format!("in the {field} of the image"), text, tell);
    }
    history(image, tell);
    let image = image.image();
    annotations("index.annotations", &image.index_annotations, tell);
    annotations("manifest.annotations", &image.manifest_annotations, tell);
    for layer in &image.layers {
        annotations("layer.annotations", &layer.annotations, tell);
        for url in &layer.urls {
            words("layer.urls", "in a URL of a layer", url, tell);
        }
    }
    for name in &image.names {
        tell(Text {
            context: Context::Name,
            content: name,
            field: "names".to_owned(),
            place: "in a name of the image".to_owned(),
            row: None,
        });
    }
}

/// What a container runs with; nothing that `known` says as well.
fn container(
    of: &str,
    config: &ContainerConfig,
    known: Option<&ContainerConfig>,
    tell: &mut dyn FnMut(Text<'_>),
) {
    for variable in &config.env {
        if known.is_some_and(|known| known.env.contains(variable)) {
            continue;
        }
        let (name, value) = variable.split_once('=').unwrap_or(("", variable));
        variables(&format!("{of}.Env"), "ENV", name, value, tell);
    }
    for (name, value) in &config.labels {
        if known.is_none_or(|known| known.labels.get(name) != Some(value)) {
            variables(&format!("{of}.Labels"), "LABEL", name, value, tell);
        }
    }
    let healthcheck = |config: &ContainerConfig| {
        let test = |healthcheck: &Healthcheck| healthcheck.test.join(" ");
        config.healthcheck.as_ref().map(test).unwrap_or_default()
    };
    let lines = |config: &ContainerConfig| {
        [
            ("Cmd", "CMD", config.cmd.join(" ")),
            ("Entrypoint", "ENTRYPOINT", config.entrypoint.join(" ")),
            ("Healthcheck", "HEALTHCHECK", healthcheck(config)),
            ("OnBuild", "ONBUILD", config.on_build.join("\n")),
            ("Shell", "SHELL", config.shell.join(" ")),
            ("User", "USER", config.user.clone()),
            ("WorkingDir", "WORKDIR", config.working_dir.clone()),
        ]
    };
    let known = known.map(lines);
    for (at, (field, instruction, text)) in lines(config).into_iter().enumerate() {
        let known = known.as_ref().and_then(|known| known.get(at));
        if known.is_none_or(|(_, _, known)| *known != text) {
            let place = format!("in {instruction}");
            words(&format!("{of}.{field}"), &place, &text, tell);
        }
    }
}

/// What was done, without the build arguments, and each of those.
fn history(image: &ImageView<'_>, tell: &mut dyn FnMut(Text<'_>)) {
    for (row, entry) in image.config().history.iter().enumerate() {
        let instruction = Instruction::of(entry);
        for (name, value) in &instruction.build_args {
            let name_shown = shortened(name);
            tell(Text {
                context: Context::Variable(name),
                content: value,
                field: format!("history[{row}].created_by"),
                place: format!("in the build argument {name_shown}"),
                row: Some(row),
            });
        }
        let said = if instruction.build_args.is_empty() {
            &entry.created_by
        } else {
            &instruction.text
        };
        for (field, text) in [
            ("created_by", said),
            ("comment", &entry.comment),
            ("author", &entry.author),
        ] {
            if !text.is_empty() {
                tell(Text {
                    context: Context::Command,
                    content: text,
                    field: format!("history[{row}].{field}"),
                    place: "in the history".to_owned(),
                    row: Some(row),
                });
            }
        }
    }
}

fn annotations(field: &str, annotations: &[(String, String)], tell: &mut dyn FnMut(Text<'_>)) {
    for (name, value) in annotations {
        variables(field, "the annotation", name, value, tell);
    }
}

fn variables(field: &str, kind: &str, name: &str, value: &str, tell: &mut dyn FnMut(Text<'_>)) {
    tell(Text {
        context: Context::Variable(name),
        content: value,
        field: field.to_owned(),
        place: format!("in {kind} {}", shortened(name)),
        row: None,
    });
}

fn words(field: &str, place: &str, text: &str, tell: &mut dyn FnMut(Text<'_>)) {
    if !text.is_empty() {
        tell(Text {
            context: Context::Command,
            content: text,
            field: field.to_owned(),
            place: place.to_owned(),
            row: None,
        });
    }
}

/// The start of a name, without the keys that it may quote.
fn shortened(name: &str) -> String {
    let name = masked(name);
    let mut rest = name.chars();
    let mut start: String = rest.by_ref().take(LONGEST_NAME).collect();
    if rest.next().is_some() {
        start.push('…');
    }
    start
}

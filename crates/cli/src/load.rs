//! From an argument to images with all their facts.

use std::{io, path::Path};

use imglint_archive::{Archive, OpenError, Options};
use imglint_format::{DiffId, Image};
use imglint_lint::{Facts, ImageView, LayerView, ScanOptions, Scope, scan};

use crate::{
    args::{LookArgs, SelectArgs},
    exit::Verdict,
    failure::Failure,
    gate::Gate,
    output::{self, Output},
    progress::Bar,
    report::escape::Escaped,
};

/// Opens a file, a directory, or stdin for `-`.
pub(crate) fn open(source: &Path, select: &SelectArgs) -> Result<Archive, OpenError> {
    let mut options = Options::default();
    options.spool_cap = select.spool_limit.as_u64();
    if source.as_os_str() == "-" {
        return Archive::from_reader("standard input", io::stdin().lock(), &options);
    }
    Archive::open(source, &options)
}

/// The images that the arguments mean, in the order of the archive.
pub(crate) fn select<'a>(
    source: &Path,
    archive: &'a Archive,
    select: &SelectArgs,
) -> Result<Vec<&'a Image>, Failure> {
    let images = archive.select(select.name.as_deref(), select.platform.as_ref());
    images.map_err(|error| Failure::Select {
        archive: source.display().to_string(),
        error,
    })
}

/// Reads every layer of the images once, and for secrets whatever else ships.
pub(crate) fn facts(
    archive: &Archive,
    images: &[&Image],
    select: &SelectArgs,
    secrets: bool,
) -> Facts {
    let mut options = ScanOptions::default();
    options.secrets = secrets;
    if let Some(jobs) = select.jobs {
        options.jobs = jobs;
    }
    let attestations = archive.attestations().iter();
    let attestations: Vec<_> = attestations
        .flat_map(|it| it.blobs.iter().copied())
        .collect();
    let unreferenced = archive.unreferenced().iter();
    let unreferenced: Vec<_> = unreferenced.map(|it| it.blob).collect();
    let scope = Scope {
        images,
        documents: archive.documents(),
        attestations: &attestations,
        unreferenced: &unreferenced,
    };
    scan(archive, &scope, &options, &Bar::new())
}

/// Opens an archive, reads the one image that is meant, and has it shown.
pub(crate) fn with_image(
    args: &LookArgs,
    out: &mut Output,
    show: impl FnOnce(&ImageView<'_>, &mut Output) -> Result<(), Failure>,
) -> Result<Verdict, Failure> {
    let archive = open(&args.source, &args.select)?;
    let images = select(&args.source, &archive, &args.select)?;
    let [image] = images.as_slice() else {
        return Err(several(&args.source, &images));
    };
    let facts = facts(&archive, &images, &args.select, false);
    let view = ImageView::new(image, &facts);
    for finding in view.secrets_in_texts() {
        let secret = finding.secret.iter();
        secret.for_each(|secret| out.gate_mut().learn(secret.clear()));
    }
    match show(&view, out) {
        // A reader that has seen enough (`imglint tree app.tar | head`) is no fault.
        Err(Failure::Stdout(error)) if error.kind() == io::ErrorKind::BrokenPipe => {}
        shown => shown?,
    }
    archive.check_unchanged()?;
    Ok(verdict(&view, out.gate()))
}

fn several(source: &Path, images: &[&Image]) -> Failure {
    let label = |image: &&Image| {
        let name = image
            .names
            .first()
            .cloned()
            .or_else(|| Some(image.id.as_ref()?.to_string()));
        let platform = image.platform.as_ref().map(ToString::to_string);
        [name, platform]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    };
    Failure::SeveralImages {
        archive: source.display().to_string(),
        count: images.len(),
        names: images.iter().map(label).collect::<Vec<_>>().join(", "),
    }
}

/// The identity that Docker shows: the config's digest, or the id of a v1 archive's top layer.
pub(crate) fn image_id(image: &Image) -> Option<String> {
    image
        .id
        .as_ref()
        .map(ToString::to_string)
        .or_else(|| image.v1_id.clone())
}

/// An ID as people quote it: twelve digits, without the algorithm.
pub(crate) fn short_id(id: &str) -> String {
    id.strip_prefix("sha256:")
        .unwrap_or(id)
        .chars()
        .take(12)
        .collect()
}

/// The diff ID that the config states, or else the one that was computed.
pub(crate) fn diff_id(layer: &LayerView<'_>) -> Option<DiffId> {
    layer
        .reference
        .diff_id
        .clone()
        .or_else(|| layer.facts?.index.diff_id.clone())
}

/// What a command that only shows an image ends with.
fn verdict(image: &ImageView<'_>, gate: &Gate) -> Verdict {
    for reason in image.incomplete_reasons() {
        let reason = gate.message(&reason);
        output::complain(gate, &format!("not read whole: {}", Escaped(&reason)));
    }
    if image.complete() {
        Verdict::Clean
    } else {
        Verdict::Incomplete
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::File, io::Write as _};

    use clap::Parser as _;
    use imglint_testkit::{Image, Layer, archive};

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Look {
        #[command(flatten)]
        args: LookArgs,
    }

    #[test]
    fn an_archive_that_grows_while_it_is_shown_is_a_failure() {
        let image = Image::new("app:1.0").layer(Layer::new().file("f", "content"), "RUN f");
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&archive::docker_save(&[image])).unwrap();
        let mut out = Output::stdout(Gate::default());
        let look = Look::parse_from([Path::new("imglint"), file.path()]);
        assert!(matches!(
            with_image(&look.args, &mut out, |_, _| Ok(())),
            Ok(Verdict::Clean)
        ));
        let grow = |_: &ImageView<'_>, _: &mut Output| {
            let mut file = File::options().append(true).open(file.path()).unwrap();
            file.write_all(b"more").unwrap();
            Ok(())
        };
        assert!(matches!(
            with_image(&look.args, &mut out, grow),
            Err(Failure::Open(OpenError::Changed { .. }))
        ));
    }
}

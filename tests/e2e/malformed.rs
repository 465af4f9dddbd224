//! Archives that cannot be judged whole: exit 3 and a message that says where.

mod container;
mod documents;
mod layers;

use imglint_testkit::{Image, Layer, archive};
use serde_json::Value;

use crate::{images, run::Workdir};

/// One bad archive and what the messages about it must say.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    parts: Vec<String>,
}

fn case(name: &'static str, bytes: impl Into<Vec<u8>>, parts: &[&str]) -> Case {
    let parts = parts.iter().map(|&part| part.to_owned()).collect();
    Case {
        name,
        bytes: bytes.into(),
        parts,
    }
}

impl Case {
    /// The message must also say this number of bytes.
    fn at(mut self, offset: usize) -> Self {
        self.parts.push(format!("byte {offset}"));
        self
    }

    /// What is wrong with imglint's answer, if anything.
    fn faults(&self) -> Vec<String> {
        let file = format!("{}.tar", self.name.replace(' ', "-"));
        let workdir = Workdir::new().with(&file, &self.bytes);
        let shown = workdir.run(&[&file]);
        let report = workdir.run(&["--format", "json", &file]);

        let mut faults = Vec::new();
        if (shown.code, report.code) != (3, 3) {
            faults.push(format!("exit codes {} and {}", shown.code, report.code));
        }
        let wanted = self.parts.iter().map(String::as_str).chain([file.as_str()]);
        faults.extend(
            wanted
                .filter(|part| !shown.text().contains(part))
                .map(|part| format!("no {part:?}")),
        );
        if shown.text().contains("panicked") || shown.text().contains("clean") {
            faults.push("panicked or clean".to_owned());
        }
        if !is_incomplete(&report.json()) {
            faults.push("complete in JSON".to_owned());
        }
        if !faults.is_empty() {
            faults.push(shown.text());
        }
        faults
    }
}

/// Whether the verdict says so, and the archive or one of its images too.
fn is_incomplete(report: &Value) -> bool {
    let parts = ["archives", "images"].map(|list| report[list].as_array().unwrap());
    let whole = parts
        .into_iter()
        .flatten()
        .all(|part| part["complete"] == true);
    report["verdict"]["complete"] == false && !whole
}

/// Two layers, so that a message must tell which.
fn image(second: Layer) -> Image {
    let first = Layer::new().dir("srv").file("srv/app", "program");
    images::labelled(Image::new("app:1.0"))
        .user("1000")
        .layer(first, "COPY app /srv/")
        .layer(second, "COPY second /")
}

#[track_caller]
fn check(cases: &[Case]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|case| (case.name, case.faults()))
        .filter(|(_, faults)| !faults.is_empty())
        .map(|(name, faults)| format!("── {name}: {}", faults.join("; ")))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn containers_that_cannot_be_read_are_named_with_the_byte() {
    check(&container::cases());
}

#[test]
fn documents_that_cannot_be_read_are_named_with_the_byte() {
    check(&documents::cases());
}

#[test]
fn layers_that_cannot_be_read_are_named_with_the_byte() {
    check(&layers::cases());
}

/// These writers put folders of Docker 1.9 first and the document that counts last.
#[test]
fn an_archive_cut_between_members_is_not_judged_as_an_older_form() {
    let image = [image(Layer::new().file("second", "2"))];
    for whole in [
        archive::docker_v1(&image),
        archive::docker_save(&image),
        archive::podman_docker(&image),
    ] {
        let last = [&b"manifest.json\0"[..], b"repositories\0"];
        let begins = |cut: &usize| last.iter().any(|name| whole[*cut..].starts_with(name));
        let cuts = (512..whole.len()).step_by(512);
        for cut in cuts.take_while(|cut| !begins(&(cut - 512))) {
            let workdir = Workdir::new().with("cut.tar", &whole[..cut]);
            workdir.run(&["cut.tar"]).ended(3).shows(&["cut.tar"]);
        }
    }
}

//! Names and texts that would like to speak to the terminal.

mod floods;
mod history;
mod inputs;

use imglint_testkit::{Image, Layer, archive};

use crate::run::{Outcome, Workdir};

const ESC: &str = "\x1b[2J\x1b]0;owned\x07";
const BIDI: &str = "\u{202e}gpj.exe\u{2066}";
const ARABIC: &str = "ملف";
const C1: &str = "\u{9b}31m";

/// Fails if a terminal would obey anything that was printed.
#[track_caller]
fn is_plain(outcome: &Outcome) {
    let obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let text = outcome.text();
    let line = text.lines().find(|line| line.contains(obeyed));
    assert_eq!(line, None, "{text:?}");
    assert!(!text.contains("panicked"), "{text}");
}

/// Hostile text in every place that reports show.
fn hostile() -> Image {
    let names = [ESC, BIDI, ARABIC, C1, "line\nbreak", "carriage\rreturn"];
    let shipped = names
        .iter()
        .fold(Layer::new().file(b"\xff\xfe", "1"), |layer, name| {
            layer
                .file(format!("dir/{name}"), "content of some bytes")
                .symlink(format!("link-{name}"), *name)
        });
    let deleted = names
        .iter()
        .fold(Layer::new().whiteout(b"\xff\xfe"), |layer, name| {
            layer.whiteout(format!("dir/{name}"))
        });
    Image::new("app:1.0")
        .layer(shipped, &format!("RUN echo {ESC}{BIDI}{ARABIC}{C1}"))
        .layer(deleted, &format!("RUN rm {ESC}{BIDI}\nsecond\rline"))
        .user(ESC)
        .label(ESC, BIDI)
        .env(&format!("A={ESC}{BIDI}"))
        .cmd(&[ESC, BIDI])
        .workdir(BIDI)
        .platform(&format!("linux{ESC}"), &format!("amd64{BIDI}"), Some(ESC))
        .config_json(|config| config["author"] = format!("{ESC}{BIDI}").into())
}

#[test]
fn nothing_in_an_image_reaches_the_terminal() {
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&[hostile()]));
    for arguments in [
        &["app.tar"][..],
        &["--verbose", "app.tar"],
        &["history", "app.tar"],
        &["history", "--no-trunc", "app.tar"],
        &["inspect", "app.tar"],
        &["tree", "app.tar"],
        &["tree", "--layer", "0", "app.tar"],
        &["tree", "--layer", "1", "app.tar"],
        &["waste", "--top", "0", "app.tar"],
    ] {
        is_plain(&workdir.run(arguments));
    }
}

#[test]
fn hostile_names_are_shown_escaped_and_letters_of_any_script_as_they_are() {
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&[hostile()]));
    let tree = workdir.run(&["tree", "--layer", "0", "app.tar"]);
    tree.ended(0)
        .shows(&[ARABIC, "\\u{1b}[2J", "\\u{202e}gpj.exe", "\\xff\\xfe"]);
}

#[test]
fn json_keeps_hostile_text_behind_json_escapes() {
    let workdir = Workdir::new().with("app.tar", archive::docker_save(&[hostile()]));
    let outcome = workdir.run(&["--format", "json", "app.tar"]);
    assert!(
        !outcome
            .stdout
            .contains(|c: char| c.is_ascii_control() && c != '\n')
    );
    let created_by = &outcome.json()["images"][0]["layers"][0]["created_by"];
    assert_eq!(
        created_by.as_str().unwrap(),
        format!("RUN echo {ESC}{BIDI}{ARABIC}{C1}")
    );
}

#[test]
fn names_of_archives_members_and_images_are_escaped() {
    let name = format!("{ESC}{BIDI}.tar");
    let good = archive::docker_save(&[hostile().tag(&format!("app{ESC}:{BIDI}"))]);
    let lost = archive::edit(&good, |members| {
        for member in members
            .iter_mut()
            .filter(|member| member.path.ends_with("layer.tar"))
        {
            member.path = format!("{ESC}{BIDI}{}", member.path);
        }
    });
    for bytes in [good, lost, format!("{ESC} text {BIDI}").into_bytes()] {
        is_plain(&Workdir::new().with(&name, bytes).run(&[&name]));
    }
    is_plain(&Workdir::new().run(&[&format!("no-such-{ESC}{BIDI}.tar")]));
    is_plain(&Workdir::new().run(&["explain", &format!("{ESC}{BIDI}")]));
}

#[test]
fn dockers_own_error_on_stdin_is_shown_escaped() {
    let text = "Error response from daemon: No such image: \x1b[31mapp:1.0\n";
    let outcome = Workdir::new().run_in(&["-"], text.as_bytes(), &[]);
    is_plain(&outcome);
    outcome
        .ended(3)
        .shows(&["Error response from daemon: No such image", "app:1.0"]);
}

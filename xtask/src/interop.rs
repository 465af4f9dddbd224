//! What is read from archives that real engines write: all of one build must read the same.
//!
//! Archives are made with whatever engines are found here, into the target folder, in a layout that
//! is compared the same way when another program made it:
//!
//! - `NAME.tar`, or a folder `NAME`: the image, as some engine writes it;
//! - `buildkit-NAME.tar`: another build of the same Dockerfile, whose layers and times are its own;
//! - `docker-NAME.history`: what `docker history` says of the image once loaded, as bytes, tab,
//!   instruction (of layers that it built itself, Docker gives sizes in the tar, without links);
//! - `docker-export.tar`: the files of a container, which is no image;
//! - `planted.tsv`: secrets that are in all of them, each of which must be told with its place.

mod compare;
mod engines;
mod make;
mod planted;
mod reading;
mod rootfs;
mod unpacked;

use std::{
    fs,
    path::{Path, PathBuf},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use self::engines::{Daemon, Engines};
use crate::workspace::{self, Profile};

/// What to compare.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A folder with a Dockerfile that begins with `FROM scratch` and pulls nothing; where it adds a
    /// rootfs.tar that is not there, a small one is made (repeatable; default: tests/interop/*)
    #[arg(long, value_name = "DIR")]
    context: Vec<PathBuf>,

    /// A Docker daemon, such as old=unix:///run/old.sock (repeatable; default: the one that `docker`
    /// talks to)
    #[arg(long, value_name = "NAME=URL")]
    docker: Vec<Daemon>,

    /// Compare the archives of this folder, and make none (repeatable)
    #[arg(long, value_name = "DIR", conflicts_with = "context")]
    archives: Vec<PathBuf>,
}

/// Makes the archives unless they are given, and compares them.
pub(crate) fn run(args: Args) -> Result<()> {
    let engines = Engines::find(args.docker);
    engines.tell();
    let folders = if args.archives.is_empty() {
        make(args.context, &engines)?
    } else {
        args.archives
    };
    let program = workspace::imglint(Profile::Release)?;
    let mut differences = 0;
    for folder in folders {
        differences += compare::folder(&program, &engines, &folder)?;
    }
    match differences {
        0 => Ok(()),
        count => Err(miette!("{count} differences")),
    }
}

/// The folders of archives made for the contexts.
fn make(contexts: Vec<PathBuf>, engines: &Engines) -> Result<Vec<PathBuf>> {
    let work = workspace::target("interop")?;
    let contexts = if contexts.is_empty() {
        let planted = fresh(&work.join("planted"))?;
        planted::write(&planted)?;
        own_contexts()?.into_iter().chain([planted]).collect()
    } else {
        contexts
    };
    let make = |context: PathBuf| {
        let context = context
            .canonicalize()
            .into_diagnostic()
            .wrap_err("no such context")?;
        let name = context.file_name().unwrap_or_default().to_os_string();
        let out = fresh(&work.join("archives").join(name))?;
        make::archives(engines, &prepared(&context, &work)?, &work, &out)?;
        let list = context.join(planted::LIST);
        if list.exists() {
            fs::copy(list, out.join(planted::LIST)).into_diagnostic()?;
        }
        Ok(out)
    };
    contexts.into_iter().map(make).collect()
}

fn own_contexts() -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(workspace::root().join("tests/interop")).into_diagnostic()?;
    let contexts = entries.map(|entry| entry.map(|entry| entry.path()).into_diagnostic());
    let mut contexts = contexts.collect::<Result<Vec<_>>>()?;
    contexts.sort();
    Ok(contexts)
}

/// A copy of the context with a root file system, if it lacks one.
fn prepared(context: &Path, work: &Path) -> Result<PathBuf> {
    let copy = fresh(&work.join("context"))?;
    copy_all(context, &copy)?;
    let rootfs = copy.join("rootfs.tar");
    if !rootfs.exists() {
        rootfs::write(&rootfs)?;
    }
    Ok(copy)
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    let mut copy = std::process::Command::new("cp");
    crate::process::run(copy.arg("--archive").arg(from.join(".")).arg(to))
}

/// An empty folder in the place of whatever was there.
fn fresh(folder: &Path) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder).into_diagnostic()?;
    }
    fs::create_dir_all(folder).into_diagnostic()?;
    Ok(folder.to_owned())
}

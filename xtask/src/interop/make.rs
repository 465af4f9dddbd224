//! Building one Dockerfile and writing its image in every form that the engines here know.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, miette};

use super::engines::{Daemon, Engines, utf8};
use crate::process;

const NAME: &str = "imglint-interop:1.0";
const BUILDKIT: &str = "imglint-interop:buildkit";

/// Writes the archives of a context into `out`; `work` is for what the engines store.
///
/// An engine that is here but cannot do its part is told and left out.
pub(super) fn archives(engines: &Engines, context: &Path, work: &Path, out: &Path) -> Result<()> {
    println!("\nbuilding {}", out.display());
    let kitchen = Kitchen {
        context: utf8(context)?,
        work: utf8(work)?,
        out: utf8(out)?,
    };
    let seed = kitchen.seed(engines)?;
    if engines.has("podman") {
        attempt("podman", kitchen.podman(&seed));
    }
    if engines.has("skopeo") {
        attempt("skopeo", kitchen.skopeo(&seed));
    }
    if engines.has("crane") {
        attempt("crane", kitchen.crane(&seed));
    }
    for daemon in &engines.daemons {
        attempt(
            &format!("docker ({})", daemon.name),
            kitchen.docker(daemon, &seed),
        );
        attempt(
            &format!("BuildKit in docker ({})", daemon.name),
            kitchen.buildkit(daemon),
        );
    }
    Ok(())
}

fn attempt(who: &str, result: Result<()>) {
    if let Err(error) = result {
        println!("left out: {who}: {error}");
    }
}

struct Kitchen<'a> {
    context: &'a str,
    work: &'a str,
    out: &'a str,
}

impl Kitchen<'_> {
    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.out)
    }

    /// The first archive, which all others are made from.
    fn seed(&self, engines: &Engines) -> Result<String> {
        if engines.has("buildah") {
            return self.buildah().wrap_err("buildah could not build");
        }
        let daemon = engines.daemons.first();
        let daemon =
            daemon.ok_or_else(|| miette!("neither buildah nor docker is here to build"))?;
        quiet(&mut daemon.command(&["build", "--tag", NAME, self.context]))?;
        let seed = self.path(&format!("docker-{}.tar", daemon.name));
        quiet(&mut daemon.command(&["save", "--output", &seed, NAME]))?;
        Ok(seed)
    }

    /// Builds with a layer for each instruction, and writes each form that buildah has.
    fn buildah(&self) -> Result<String> {
        let buildah = |arguments: &[&str]| {
            let store = [
                format!("{}/buildah", self.work),
                format!("{}/buildah-run", self.work),
            ];
            quiet(&mut stored("buildah", &store, arguments))
        };
        buildah(&[
            "build",
            "--isolation",
            "chroot",
            "--layers",
            "--tag",
            NAME,
            self.context,
        ])?;
        let seed = self.path("buildah-docker.tar");
        buildah(&["push", NAME, &format!("docker-archive:{seed}:{NAME}")])?;
        buildah(&[
            "push",
            NAME,
            &format!("oci-archive:{}:1.0", self.path("buildah-oci.tar")),
        ])?;
        buildah(&[
            "push",
            NAME,
            &format!("oci:{}:1.0", self.path("buildah-oci-dir")),
        ])?;
        buildah(&["push", NAME, &format!("dir:{}", self.path("buildah-dir"))])?;
        buildah(&["rmi", "--all", "--force"])?;
        Ok(seed)
    }

    fn podman(&self, seed: &str) -> Result<()> {
        let podman = |arguments: &[&str]| {
            let store = [
                format!("{}/podman", self.work),
                format!("{}/podman-run", self.work),
            ];
            process::stdout(&mut stored("podman", &store, arguments))
        };
        let said = podman(&["load", "--quiet", "--input", seed])?;
        let said = String::from_utf8_lossy(&said);
        let name = said.split_whitespace().next_back().unwrap_or(NAME);
        podman(&["save", "--output", &self.path("podman.tar"), name])?;
        let oci = self.path("podman-oci.tar");
        podman(&["save", "--format", "oci-archive", "--output", &oci, name])?;
        podman(&["rmi", "--all", "--force"]).map(drop)
    }

    fn skopeo(&self, seed: &str) -> Result<()> {
        let from = format!("docker-archive:{seed}");
        let copy = |options: &[&str], to: &str| {
            let mut skopeo = Command::new("skopeo");
            skopeo
                .args(["--insecure-policy", "copy", "--quiet"])
                .args(options)
                .args([&from, to]);
            quiet(&mut skopeo)
        };
        let zstd = format!("oci-archive:{}:1.0", self.path("skopeo-oci-zstd.tar"));
        copy(&["--dest-compress-format", "zstd"], &zstd)?;
        copy(
            &[],
            &format!("docker-archive:{}:{NAME}", self.path("skopeo-docker.tar")),
        )?;
        copy(&[], &format!("oci:{}:1.0", self.path("skopeo-oci-dir")))?;
        copy(&[], &format!("dir:{}", self.path("skopeo-dir")))
    }

    /// crane only copies from and to registries, so it serves one.
    fn crane(&self, seed: &str) -> Result<()> {
        let registry = Registry::serve(&format!("{}/registry.log", self.work))?;
        let image = format!("{}/{NAME}", registry.address()?);
        let crane =
            |arguments: &[&str]| quiet(Command::new("crane").arg("--insecure").args(arguments));
        crane(&["push", seed, &image])?;
        crane(&["pull", &image, &self.path("crane.tar")])?;
        crane(&[
            "pull",
            "--format",
            "legacy",
            &image,
            &self.path("crane-legacy.tar"),
        ])?;
        crane(&[
            "pull",
            "--format",
            "oci",
            &image,
            &self.path("crane-oci-dir"),
        ])
    }

    fn docker(&self, daemon: &Daemon, seed: &str) -> Result<()> {
        quiet(&mut daemon.command(&["load", "--input", seed]))?;
        let name = format!("docker-{}", daemon.name);
        self.save(daemon, NAME, &name)?;
        if daemon.counts_content()? {
            self.history(daemon, &name)?;
        }
        let export = self.path("docker-export.tar");
        if !Path::new(&export).exists() {
            let id = process::stdout(&mut daemon.command(&["create", NAME, "/bin/true"]))?;
            let id = String::from_utf8_lossy(&id).trim().to_owned();
            quiet(&mut daemon.command(&["export", "--output", &export, &id]))?;
            quiet(&mut daemon.command(&["rm", &id]))?;
        }
        quiet(&mut daemon.command(&["rmi", NAME]))
    }

    fn save(&self, daemon: &Daemon, image: &str, name: &str) -> Result<()> {
        let archive = self.path(&format!("{name}.tar"));
        quiet(&mut daemon.command(&["save", "--output", &archive, image]))
    }

    /// What the daemon says of an image that it has loaded.
    fn history(&self, daemon: &Daemon, name: &str) -> Result<()> {
        let format = "{{.Size}}\\t{{.CreatedBy}}";
        let options = [
            "history",
            "--no-trunc",
            "--human=false",
            "--format",
            format,
            NAME,
        ];
        let history = process::stdout(&mut daemon.command(&options))?;
        fs::write(self.path(&format!("{name}.history")), history).into_diagnostic()
    }

    fn buildkit(&self, daemon: &Daemon) -> Result<()> {
        let build = |options: &[&str]| {
            let head = [
                "buildx",
                "build",
                "--quiet",
                "--network",
                "none",
                "--tag",
                BUILDKIT,
            ];
            let all = [&head[..], options, &[self.context]].concat();
            quiet(&mut daemon.command(&all))
        };
        build(&["--load"])?;
        self.save(daemon, BUILDKIT, &format!("buildkit-{}", daemon.name))?;
        quiet(&mut daemon.command(&["rmi", BUILDKIT]))?;
        if daemon.counts_content()? {
            // Of Docker's own builders, only that of the containerd store writes OCI layouts.
            return Ok(());
        }
        let oci = self.path(&format!("buildkit-{}-oci-zstd.tar", daemon.name));
        let output = format!("type=oci,dest={oci},compression=zstd,force-compression=true");
        build(&["--provenance=mode=max", "--output", &output])
    }
}

/// A command with a store of its own, so that the user's images are left alone.
fn stored(program: &str, store: &[String; 2], arguments: &[&str]) -> Command {
    let [root, runroot] = store;
    let mut command = Command::new(program);
    command
        .args([
            "--storage-driver",
            "vfs",
            "--root",
            root,
            "--runroot",
            runroot,
        ])
        .args(arguments);
    command
}

fn quiet(command: &mut Command) -> Result<()> {
    process::stdout(command).map(drop)
}

/// A registry of crane's in memory, ended when dropped.
struct Registry {
    server: Child,
    log: PathBuf,
}

impl Registry {
    fn serve(log: &str) -> Result<Self> {
        let file = fs::File::create(log).into_diagnostic()?;
        let mut crane = Command::new("crane");
        crane
            .args(["registry", "serve", "--address", "127.0.0.1:0"])
            .stdin(Stdio::null());
        let server = crane
            .stdout(Stdio::null())
            .stderr(file)
            .spawn()
            .into_diagnostic()?;
        Ok(Self {
            server,
            log: log.into(),
        })
    }

    /// Where it serves, once it does.
    fn address(&self) -> Result<String> {
        for _ in 0..100 {
            let log = fs::read_to_string(&self.log).into_diagnostic()?;
            if let Some(port) = parse_port(&log) {
                return Ok(format!("127.0.0.1:{port}"));
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Err(miette!("the registry did not start"))
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The port in "serving on port 34567".
fn parse_port(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("serving on port ")?;
    rest.lines().next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_tells_its_port() {
        assert_eq!(
            parse_port("2026/01/01 serving on port 40123\n"),
            Some(40123)
        );
        assert_eq!(parse_port("starting"), None);
    }
}

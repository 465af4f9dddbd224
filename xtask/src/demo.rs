//! A first look: a small image that should not leave anyone's machine, and what the program says of it.

use std::{fs, process::Command};

use imglint_testkit::{Image, Layer, Meta, archive, planted};
use miette::{IntoDiagnostic as _, Result, miette};

use crate::{
    process,
    workspace::{self, Profile, write},
};

/// Writes the image into the target folder, lints it and shows what the program says.
pub(crate) fn run() -> Result<()> {
    print!("{}", transcript()?);
    println!(
        "the image stays in {}",
        workspace::target("demo")?.display()
    );
    Ok(())
}

/// A run on the image as one would see it; the same each time.
pub(crate) fn transcript() -> Result<String> {
    let folder = workspace::target("demo")?;
    write(&folder.join("app.tar"), archive::docker_save_25(&[leaky()]))?;
    let mut lint = Command::new(workspace::imglint(Profile::Dev)?);
    let output = process::output(lint.arg("app.tar").current_dir(&folder))?;
    if output.status.code() != Some(1) {
        return Err(miette!(
            "the demo's image has errors to find: {}",
            output.status
        ));
    }
    let said = String::from_utf8(output.stdout).into_diagnostic()?;
    Ok(format!("$ imglint app.tar\n{said}$ echo $?\n1\n"))
}

/// A search through plain files with a configuration; the same each time.
pub(crate) fn plain_files() -> Result<String> {
    let folder = workspace::target("demo")?;
    let config =
        "[[ignore]]\npath = \"test/**\"\nrule = \"github-token\"\nreason = \"made up for tests\"\n";
    fs::create_dir_all(folder.join("app/test")).into_diagnostic()?;
    write(&folder.join("imglint.toml"), config)?;
    let made_up = format!("EXPECTED = \"{}\"\n", planted::token("test"));
    write(&folder.join("app/test/test_client.py"), made_up)?;
    let leaked = format!(
        "# for the nightly build\nTOKEN = \"{}\"\n",
        planted::token("app")
    );
    write(&folder.join("app/settings.py"), leaked)?;
    let mut search = Command::new(workspace::imglint(Profile::Dev)?);
    let output = process::output(search.args(["secrets", "app"]).current_dir(&folder))?;
    if output.status.code() != Some(1) {
        return Err(miette!("the demo has a secret to find: {}", output.status));
    }
    let said = String::from_utf8(output.stdout).into_diagnostic()?;
    Ok(format!(
        "$ cat imglint.toml\n{config}$ imglint secrets app\n{said}"
    ))
}

/// An application built as such things are built on a busy day.
fn leaky() -> Image {
    let base = Layer::new()
        .dir("etc")
        .file(
            "etc/passwd",
            "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/app:/bin/sh\n",
        )
        .file("usr/lib/libpython3.so", filler(3, 9_000_000));
    let packages = Layer::new()
        .file(
            "var/lib/apt/lists/bookworm_main_Packages",
            filler(5, 6_000_000),
        )
        .file("usr/bin/gcc", filler(7, 8_000_000));
    let sources = Layer::new()
        .dir("app")
        .file("app/main.py", "print('hello')\n")
        .file("app/.env", "MODE=production\nDB_PASSWORD=Tr0ub4dor-and-3\n")
        .file_with("app/deploy_key", private_key(), Meta::mode(0o600))
        .file("app/model.bin", filler(11, 5_000_000));
    let cleaned = Layer::new()
        .whiteout("var/lib/apt/lists")
        .whiteout("usr/bin/gcc")
        .whiteout("app/deploy_key");
    let owner = Meta {
        uid: 1000,
        gid: 1000,
        ..Meta::default()
    };
    let chowned = Layer::new()
        .file_with("app/main.py", "print('hello')\n", owner)
        .file_with("app/model.bin", filler(11, 5_000_000), owner);
    Image::new("shop/app:latest")
        .layer(base, "/bin/sh -c #(nop) ADD file:5f2c7f4b0a1d6e in / ")
        .empty_step("/bin/sh -c #(nop)  CMD [\"bash\"]")
        .layer(
            packages,
            "RUN /bin/sh -c apt-get update && apt-get install -y gcc # buildkit",
        )
        .empty_step("WORKDIR /app")
        .layer(sources, "COPY . /app # buildkit")
        .layer(
            cleaned,
            "RUN /bin/sh -c rm -rf /var/lib/apt/lists /usr/bin/gcc deploy_key # buildkit",
        )
        .layer(chowned, "RUN /bin/sh -c chown -R app:app /app # buildkit")
        .workdir("/app")
        .user("app")
        .label(
            "org.opencontainers.image.source",
            "https://git.example.com/shop/app",
        )
        .label(
            "org.opencontainers.image.revision",
            "4f2a9c1d7be05e6f83a1b2c3d4e5f60718293a4b",
        )
        .label("org.opencontainers.image.licenses", "MIT")
        .cmd(&["python3", "main.py"])
        .empty_step("CMD [\"python3\" \"main.py\"]")
}

/// An unencrypted Ed25519 key (RFC 8410) that was never anyone's.
fn private_key() -> String {
    let head = "MC4CAQAwBQYDK2VwBCIEI";
    let seed: String = ('A'..='Z').cycle().step_by(7).take(43).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{head}{seed}\n-----END PRIVATE KEY-----\n")
}

/// Bytes that look like a program's and do not compress.
fn filler(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let step = || {
        // Marsaglia's xorshift64.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Some(state.to_le_bytes())
    };
    std::iter::from_fn(step).flatten().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_is_the_same_each_time() {
        assert_eq!(leaky().image_id(), leaky().image_id());
    }

    #[test]
    fn the_key_is_as_long_as_its_header_says() {
        let key = private_key();
        let body = key.lines().nth(1).unwrap();
        // 48 bytes: a sequence of 0x2e bytes after its two-byte head.
        assert_eq!(body.len(), 64);
    }
}

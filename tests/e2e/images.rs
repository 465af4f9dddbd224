//! Images that several tests use.

use imglint_testkit::{Image, Layer, Meta, archive};

/// Nothing to find: labels, a user, no waste.
pub(crate) fn clean() -> Image {
    labelled(Image::new("app:1.0"))
        .layer(
            Layer::new().dir("srv").file("srv/app", "program"),
            "COPY app /srv/app # buildkit",
        )
        .user("1000")
}

/// Faults of several kinds: root, no labels, deleted, covered, copied and repeated files.
pub(crate) fn faulty() -> Image {
    let base = Layer::new()
        .dir("etc")
        .file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")
        .dir("opt")
        .file("opt/tool", "#!/bin/sh\necho tool\n")
        .file("opt/cache", vec![7; 3_000_000])
        .hard_link("opt/cache2", "opt/cache");
    let copied = Layer::new()
        .dir("opt")
        .file_with("opt/tool", "#!/bin/sh\necho tool\n", Meta::mode(0o755))
        .file("opt/new", vec![8; 2_000_000]);
    let deleted = Layer::new()
        .dir("opt")
        .whiteout("opt/cache")
        .whiteout("opt/cache2");
    let repeated = Layer::new().dir("srv").file("srv/one", "1");
    Image::new("app:1.0")
        .layer(base, "/bin/sh -c #(nop) ADD file:0123 in / ")
        .layer(copied, "/bin/sh -c chmod 755 /opt/tool")
        .layer(deleted, "/bin/sh -c rm /opt/cache*")
        .layer(repeated.clone(), "/bin/sh -c #(nop) COPY one /srv/ ")
        .layer(repeated, "/bin/sh -c #(nop) COPY one /srv/ ")
        .cmd(&["/opt/tool"])
}

/// The labels that `missing-labels` asks for.
pub(crate) fn labelled(image: Image) -> Image {
    image
        .label("org.opencontainers.image.source", "https://example.com/app")
        .label(
            "org.opencontainers.image.revision",
            "0123456789abcdef0123456789abcdef01234567",
        )
        .label("org.opencontainers.image.licenses", "MIT")
}

/// An archive, by Docker 20, of an image with this one layer.
pub(crate) fn saved(layer: Layer) -> Vec<u8> {
    archive::docker_save(&[labelled(Image::new("app:1.0"))
        .user("1000")
        .layer(layer, "COPY . /")])
}

//! Images of the testkit, judged by one rule.

use std::fmt::Write as _;

use imglint_format::{self as format, Digest, ImageConfig, LayerRef, Limits, MemoryBlobs};
pub(crate) use imglint_testkit::{Image, Layer};

use crate::{
    facts::Facts,
    finding::Finding,
    image::ImageView,
    linter::{LintOptions, Linter},
    rule::Rule,
    scan::{ScanOptions, Scope, scan},
};

/// What one rule says of an image, a line for each finding, note and help.
pub(crate) fn findings(rule: &dyn Rule, image: &Image) -> String {
    findings_with(rule, image, &LintOptions::default())
}

pub(crate) fn findings_with(rule: &dyn Rule, image: &Image, options: &LintOptions) -> String {
    let (image, facts) = read(image, &blobs(image), |_| {});
    judge(rule, &image, &facts, options)
}

/// The same, of an image whose references are changed before its layers are read.
pub(crate) fn findings_edited(
    rule: &dyn Rule,
    image: &Image,
    edit: impl FnOnce(&mut format::Image),
) -> String {
    let (image, facts) = read(image, &blobs(image), edit);
    judge(rule, &image, &facts, &LintOptions::default())
}

/// The same, of an image whose layers are stored as these bytes.
pub(crate) fn findings_of_blobs(rule: &dyn Rule, image: &Image, blobs: &[Vec<u8>]) -> String {
    let (image, facts) = read(image, blobs, |_| {});
    judge(rule, &image, &facts, &LintOptions::default())
}

/// Everything the linter says of an image.
pub(crate) fn lint(image: &Image) -> Vec<Finding> {
    let (image, facts) = read(image, &blobs(image), |_| {});
    Linter::default().lint(&ImageView::new(&image, &facts))
}

/// Whose each layer is: `base own`.
pub(crate) fn origins(image: &Image) -> String {
    let (image, facts) = read(image, &blobs(image), |_| {});
    let view = ImageView::new(&image, &facts);
    view.layers()
        .iter()
        .map(|layer| layer.origin.name())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The image as an archive would present it, and the facts of its layers.
pub(crate) fn read(
    image: &Image,
    blobs: &[Vec<u8>],
    edit: impl FnOnce(&mut format::Image),
) -> (format::Image, Facts) {
    let config_bytes = image.config();
    let config = ImageConfig::parse(&config_bytes, &Limits::default())
        .unwrap()
        .value;
    let mut source = MemoryBlobs::new();
    let layers = blobs.iter().enumerate().map(|(index, bytes)| LayerRef {
        blob: source.add(format!("layer-{index}.tar"), bytes.clone()),
        name: format!("layer-{index}.tar"),
        digest: Some(digest_of(bytes)),
        size: Some(bytes.len() as u64),
        diff_id: config.rootfs.diff_id(index),
        ..LayerRef::default()
    });
    let layers = layers.collect();
    let names = image.names().to_vec();
    let mut image = format::Image {
        names,
        config,
        config_bytes,
        layers,
        ..format::Image::default()
    };
    edit(&mut image);
    let facts = scan(&source, &Scope::of(&[&image]), &ScanOptions::default(), &());
    (image, facts)
}

pub(crate) fn blobs(image: &Image) -> Vec<Vec<u8>> {
    image.layers().map(Layer::bytes).collect()
}

pub(crate) fn digest_of(bytes: &[u8]) -> Digest {
    Digest::of_bytes(bytes)
}

/// A PKCS#8 key of Ed25519 (RFC 8410, section 7), put together here so that none stands in the
/// repository.
pub(crate) fn private_key() -> String {
    let seed = "MC4CAQAwBQYDK2VwBCIEI".to_owned() + "BkXw7QzL2mVn9RtY4cHs6JfGa1PdUe8oKi3WxNqZbTvSy";
    let label = ["PRIVATE", "KEY"].join(" ");
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        &seed[..64]
    )
}

/// A key in RFC 1421's form with a passphrase: 64 bytes that pass for whole blocks of a cipher.
pub(crate) fn sealed_key() -> String {
    let label = ["RSA PRIVATE", "KEY"].join(" ");
    let body = "q7Zt".repeat(21) + "qw==";
    format!(
        "-----BEGIN {label}-----\nProc-Type: 4,ENCRYPTED\n\
         DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n{body}\n-----END {label}-----\n"
    )
}

/// A layer with a list of one package's files, as `dpkg-deb` has it: `MD5  path`.
pub(crate) fn md5sums(path: &str, content: &str) -> Layer {
    use md5::Digest as _;
    let mut line = String::new();
    for byte in md5::Md5::digest(content) {
        write!(line, "{byte:02x}").unwrap();
    }
    writeln!(line, "  {path}").unwrap();
    Layer::new().file("var/lib/dpkg/info/x.md5sums", line)
}

/// A classic token of GitHub: a prefix, thirty characters and their CRC-32 in base 62.
pub(crate) fn token() -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let body = ["Zk3vQ9xL2m", "T7wR4yB8nC", "1dF6hJ0pS5"].concat();
    let mut sum = crc32(body.as_bytes());
    let mut end = [b'0'; 6];
    for digit in end.iter_mut().rev() {
        *digit = DIGITS[(sum % 62) as usize];
        sum /= 62;
    }
    format!(
        "{}_{body}{}",
        ["g", "hp"].concat(),
        str::from_utf8(&end).unwrap()
    )
}

/// CRC-32 (ISO 3309), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(!0, byte)
}

fn judge(rule: &dyn Rule, image: &format::Image, facts: &Facts, options: &LintOptions) -> String {
    let findings = Linter::new(options.clone()).lint(&ImageView::new(image, facts));
    let mut text = String::new();
    for finding in findings.iter().filter(|finding| finding.rule == rule.id()) {
        print(finding, &mut text);
    }
    text
}

fn print(finding: &Finding, text: &mut String) {
    let location = &finding.location;
    write!(text, "{}", finding.severity).unwrap();
    if let Some(layer) = location.layer {
        write!(text, " layer {layer}").unwrap();
    }
    if let Some(path) = &location.path {
        write!(text, " {path}").unwrap();
    }
    if let Some(line) = location.line {
        write!(text, " line {line}").unwrap();
    }
    if let Some(field) = &location.field {
        write!(text, " {field}").unwrap();
    }
    writeln!(text, ": {}", finding.message).unwrap();
    finding
        .notes
        .iter()
        .for_each(|note| writeln!(text, "note: {note}").unwrap());
    if let Some(help) = &finding.help {
        writeln!(text, "help: {help}").unwrap();
    }
}

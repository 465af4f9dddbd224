//! `latest-tag` (IL118).

use crate::{
    finding::{Findings, Location},
    image::ImageView,
    linter::LintOptions,
    rule::rule,
};

rule!(
    /// ## What it checks
    /// Images that have no other tag than `:latest`, or a name without a tag, which means the same.
    ///
    /// ## Why it matters
    /// The next push takes the name away: nobody can tell afterwards which image ran, or go back to
    /// it.
    ///
    /// ## How to fix it
    /// Give the image a name of its own, too: `docker tag app:latest app:1.4.2`, or build it with
    /// `docker build -t app:$(git rev-parse --short HEAD) .`
    LatestTag, "latest-tag", "IL118", Warning, check;
    "add a tag of its own: docker build -t app:$(git rev-parse --short HEAD) ."
);

fn check(image: &ImageView<'_>, _: &LintOptions, findings: &mut Findings) {
    let names = &image.image().names;
    let message = match names.as_slice() {
        [] => return,
        names if names.iter().any(|name| matches!(tag(name), Tag::Other)) => return,
        [name] => match tag(name) {
            Tag::Missing => format!("the only name is {name:?}, which means {name}:latest"),
            _ => format!("the only name is {name:?}, which the next push takes away"),
        },
        names => format!(
            "all {} names end in :latest, which the next push takes away",
            names.len()
        ),
    };
    findings
        .report(Location::field("names"), message)
        .evidence(names.iter().map(String::as_bytes));
}

enum Tag {
    Latest,
    Missing,
    Other,
}

/// The tag of a name as archives have it.
///
/// A word alone is a tag, not a repository: `org.opencontainers.image.ref.name` holds it so, and
/// `RepoTags` never lacks the tag.
fn tag(name: &str) -> Tag {
    if name.contains('@') {
        return Tag::Other;
    }
    let (path, last) = name.rsplit_once('/').unwrap_or(("", name));
    match last.split_once(':') {
        Some((_, "latest")) => Tag::Latest,
        None if name == "latest" => Tag::Latest,
        None if !path.is_empty() => Tag::Missing,
        _ => Tag::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::LatestTag;
    use crate::testing::{Image, findings};

    #[test]
    fn latest_and_no_tag_as_the_only_name_are_found() {
        for name in [
            "app:latest",
            "localhost:5000/app",
            "r.example.com/team/app:latest",
            "latest",
        ] {
            assert!(
                findings(&LatestTag, &Image::new(name)).starts_with("warning names:"),
                "{name}"
            );
        }
    }

    #[test]
    fn other_tags_digests_and_nameless_images_are_fine() {
        let digest = format!("r.example.com/app@sha256:{}", "0".repeat(64));
        for name in [
            "app:1.0",
            "",
            "1.0",
            "app:latest-alpine",
            "localhost:5000/app:1",
            &digest,
        ] {
            assert_eq!(findings(&LatestTag, &Image::new(name)), "", "{name}");
        }
    }

    #[test]
    fn the_same_tag_in_two_repositories_is_still_the_only_one() {
        let image = Image::new("app:latest").tag("r.example.com/team/app");
        assert!(
            findings(&LatestTag, &image).starts_with("warning names: all 2 names end in :latest")
        );
    }

    #[test]
    fn a_second_name_makes_latest_fine() {
        assert_eq!(
            findings(&LatestTag, &Image::new("app:latest").tag("app:1.0")),
            ""
        );
    }
}

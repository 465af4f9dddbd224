//! Choosing among the images of an archive.

use imglint_format::{Image, Platform};
use miette::Diagnostic;
use thiserror::Error;

use crate::{AbsentPlatform, gather::normalised, name::show};

/// Digits of an image ID that are enough to choose by; Docker prints twelve.
const MIN_ID: usize = 12;

/// Nothing in the archive is what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[non_exhaustive]
pub enum SelectError {
    /// No image has this name or ID.
    #[error("no image {name:?} in the archive")]
    #[diagnostic(
        code(imglint::archive::no_such_image),
        help("it holds {}", list(available))
    )]
    Name {
        /// As asked for.
        name: String,
        /// Names of what there is, or IDs of what has none.
        available: Vec<String>,
    },
    /// No image that was asked for runs on this platform.
    #[error("no image for platform {platform}")]
    #[diagnostic(
        code(imglint::archive::no_such_platform),
        help("the archive holds {}{}", list(available), if *absent { "; its index lists the one asked for, but its layers were not saved" } else { "" })
    )]
    Platform {
        /// As asked for.
        platform: String,
        /// What there is.
        available: Vec<String>,
        /// Whether an index of the archive lists it.
        absent: bool,
    },
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => show(names.join(", ").as_bytes()),
    }
}

pub(crate) fn select<'a>(
    images: &'a [Image],
    absent: &[AbsentPlatform],
    name: Option<&str>,
    platform: Option<&Platform>,
) -> Result<Vec<&'a Image>, SelectError> {
    let named: Vec<&Image> = match name {
        Some(name) => by_name(images, name)?,
        None => images.iter().collect(),
    };
    let Some(wanted) = platform else {
        return Ok(named);
    };
    let runs =
        |platform: &Option<Platform>| platform.as_ref().is_some_and(|own| own.matches(wanted));
    let found: Vec<&Image> = named
        .iter()
        .copied()
        .filter(|image| runs(&image.platform))
        .collect();
    if found.is_empty() {
        let platforms = named.iter().filter_map(|image| image.platform.as_ref());
        return Err(SelectError::Platform {
            platform: wanted.to_string(),
            available: distinct(platforms.map(ToString::to_string)),
            absent: absent.iter().any(|absent| runs(&absent.platform)),
        });
    }
    Ok(found)
}

fn by_name<'a>(images: &'a [Image], name: &str) -> Result<Vec<&'a Image>, SelectError> {
    let wanted = normalised(name);
    let named = |image: &&Image| {
        image
            .names
            .iter()
            .any(|own| own == name || normalised(own) == wanted)
    };
    let mut found: Vec<&Image> = images.iter().filter(named).collect();
    if found.is_empty() {
        found = images.iter().filter(|image| has_id(image, name)).collect();
    }
    if found.is_empty() {
        return Err(SelectError::Name {
            name: name.to_owned(),
            available: distinct(images.iter().flat_map(labels)),
        });
    }
    Ok(found)
}

fn has_id(image: &Image, asked: &str) -> bool {
    let hex = asked.strip_prefix("sha256:").unwrap_or(asked);
    let own = image.id.as_ref().map(|id| id.digest().hex());
    let mut ids = own.into_iter().chain(image.v1_id.as_deref());
    hex.len() >= MIN_ID && ids.any(|id| id.starts_with(hex))
}

/// Names of an image, or its ID when it has none.
fn labels(image: &Image) -> Vec<String> {
    if !image.names.is_empty() {
        return image.names.clone();
    }
    let id = image.id.as_ref().map(ToString::to_string);
    id.or_else(|| image.v1_id.clone()).into_iter().collect()
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for text in texts {
        if !list.contains(&text) {
            list.push(text);
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(name: &str, platform: &str) -> Image {
        Image {
            names: vec![name.to_owned()],
            platform: Some(platform.parse().unwrap()),
            v1_id: Some("0123456789abcdef".to_owned()),
            ..Image::default()
        }
    }

    fn selected(name: Option<&str>, platform: Option<&str>) -> Result<usize, SelectError> {
        let images = [
            image("docker.io/library/app:latest", "linux/amd64"),
            image("docker.io/library/app:latest", "linux/arm64"),
            image("quay.io/me/tool:1", "linux/amd64"),
        ];
        let platform = platform.map(|text| text.parse().unwrap());
        select(&images, &[], name, platform.as_ref()).map(|found| found.len())
    }

    #[test]
    fn names_are_compared_as_docker_does() {
        assert_eq!(selected(Some("app"), None), Ok(2));
        assert_eq!(selected(Some("library/app:latest"), None), Ok(2));
        assert_eq!(selected(Some("quay.io/me/tool:1"), None), Ok(1));
    }

    #[test]
    fn ids_select_by_their_first_twelve_digits() {
        assert_eq!(selected(Some("0123456789ab"), None), Ok(3));
        assert!(selected(Some("0123456789a"), None).is_err());
    }

    #[test]
    fn platforms_narrow() {
        assert_eq!(selected(None, Some("linux/amd64")), Ok(2));
        assert_eq!(selected(Some("app"), Some("linux/arm64/v8")), Ok(1));
    }

    #[test]
    fn errors_list_what_there_is() {
        let error = selected(Some("tool:2"), None).unwrap_err();
        assert_eq!(error.to_string(), "no image \"tool:2\" in the archive");
        let help = error.help().unwrap().to_string();
        assert_eq!(
            help,
            "it holds docker.io/library/app:latest, quay.io/me/tool:1"
        );
        let error = selected(Some("app"), Some("windows/amd64")).unwrap_err();
        let help = error.help().unwrap().to_string();
        assert_eq!(help, "the archive holds linux/amd64, linux/arm64");
    }
}

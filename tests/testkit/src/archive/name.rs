//! Image names as the writers spell them.

use serde_json::{Map, Value};

/// With registry, repository and tag: `docker.io/library/app:1.0`.
pub(super) fn full(name: &str) -> String {
    let name = tagged(name);
    match name.split_once('/') {
        None => format!("docker.io/library/{name}"),
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => name,
        Some(_) => format!("docker.io/{name}"),
    }
}

/// As Docker shows it: `app:1.0`.
pub(super) fn familiar(name: &str) -> String {
    let full = full(name);
    let short = full.strip_prefix("docker.io/").unwrap_or(&full);
    short.strip_prefix("library/").unwrap_or(short).to_owned()
}

/// Repository and tag.
pub(super) fn split(name: &str) -> (String, String) {
    let name = tagged(name);
    let (repository, tag) = name.rsplit_once(':').unwrap();
    (repository.to_owned(), tag.to_owned())
}

/// Names as a JSON array, or null when there are none, as Go writes a nil slice.
pub(super) fn repo_tags(names: &[String], spell: fn(&str) -> String) -> Value {
    if names.is_empty() {
        return Value::Null;
    }
    names.iter().map(|name| Value::from(spell(name))).collect()
}

/// `repositories`: `{name: {tag: id}}`.
pub(super) fn repositories(heads: &[(String, String)]) -> Value {
    let mut repositories = Map::new();
    for (name, id) in heads {
        let (repository, tag) = split(name);
        let tags = repositories
            .entry(repository)
            .or_insert_with(|| Map::new().into());
        crate::image::set(tags, &tag, id.as_str());
    }
    repositories.into()
}

fn tagged(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or(name);
    if last.contains(':') {
        name.to_owned()
    } else {
        format!("{name}:latest")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelt_in_full_and_in_short() {
        assert_eq!(full("app"), "docker.io/library/app:latest");
        assert_eq!(full("me/app:1"), "docker.io/me/app:1");
        assert_eq!(full("localhost/app:1"), "localhost/app:1");
        assert_eq!(full("host:5000/app"), "host:5000/app:latest");
        assert_eq!(familiar("docker.io/library/app:1"), "app:1");
        assert_eq!(familiar("quay.io/me/app:1"), "quay.io/me/app:1");
        assert_eq!(
            split("host:5000/app"),
            ("host:5000/app".into(), "latest".into())
        );
    }
}

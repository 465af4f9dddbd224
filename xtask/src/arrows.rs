//! Which crate may use which: the design, held by a test.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Package};

use crate::workspace;

/// Each package of the workspace and those of ours that it uses, lowest first.
///
/// A new arrow is a change of the design: say why in the commit, and draw it in
/// `ARCHITECTURE.md`. Every package may use the testkit in its tests.
const ARROWS: &[(&str, &[&str])] = &[
    ("imglint-format", &[]),
    ("imglint-tar", &[]),
    ("imglint-secrets", &[]),
    ("imglint-testkit", &[]),
    ("imglint-store", &["imglint-format"]),
    ("imglint-archive", &["imglint-tar", "imglint-format"]),
    ("imglint-layers", &["imglint-tar", "imglint-format"]),
    (
        "imglint-lint",
        &["imglint-layers", "imglint-secrets", "imglint-format"],
    ),
    (
        "imglint",
        &[
            "imglint-archive",
            "imglint-store",
            "imglint-lint",
            "imglint-layers",
            "imglint-secrets",
            "imglint-tar",
            "imglint-format",
        ],
    ),
    (
        "xtask",
        &[
            "imglint-layers",
            "imglint-lint",
            "imglint-secrets",
            "imglint-testkit",
        ],
    ),
];

const TESTKIT: &str = "imglint-testkit";

fn allowed(package: &str) -> Option<&'static [&'static str]> {
    ARROWS
        .iter()
        .find(|(name, _)| *name == package)
        .map(|(_, uses)| *uses)
}

/// The arrows of a package that the table does not have.
fn forbidden(package: &Package) -> Vec<String> {
    let Some(allowed) = allowed(&package.name) else {
        return vec![format!("{} is not in the table", package.name)];
    };
    let ours = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.path.is_some());
    ours.filter(|dependency| !allowed.contains(&dependency.name.as_str()))
        .filter(|dependency| {
            dependency.kind != DependencyKind::Development || dependency.name != TESTKIT
        })
        .map(|dependency| format!("{} uses {}", package.name, dependency.name))
        .collect()
}

#[test]
fn crates_use_only_what_the_design_allows() {
    let metadata = workspace::metadata().unwrap();
    let wrong: Vec<String> = metadata
        .workspace_packages()
        .into_iter()
        .flat_map(forbidden)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_names_each_package_once_and_no_other() {
    let metadata = workspace::metadata().unwrap();
    let packages: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let table: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    assert_eq!(table, packages);
    assert_eq!(table.len(), ARROWS.len());
}

#[test]
fn arrows_only_point_down_the_table() {
    for (place, (name, uses)) in ARROWS.iter().enumerate() {
        for used in *uses {
            let below = ARROWS.iter().position(|(other, _)| other == used).unwrap();
            assert!(below < place, "{name} uses {used}, which stands above it");
        }
    }
}

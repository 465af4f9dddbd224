//! `docs/dependencies.md` says of each direct dependency why it is there: held by a test.

use std::{collections::BTreeSet, fs};

use cargo_metadata::Package;

use crate::workspace;

/// Names in backticks at the head of each list item, by the section they stand in.
fn told<'a>(page: &'a str, package: &str) -> BTreeSet<&'a str> {
    let sections = page.split("\n## ").skip(1);
    let mut sections = sections.filter_map(|section| section.split_once('\n'));
    let (_, section) = sections
        .find(|(title, _)| *title == package)
        .unwrap_or_default();
    let items = section
        .lines()
        .filter_map(|line| line.strip_prefix("- ")?.split_once(':'));
    items
        .flat_map(|(names, _)| names.split('`').skip(1).step_by(2))
        .collect()
}

/// Direct dependencies from outside the workspace.
fn used(package: &Package) -> BTreeSet<&str> {
    let foreign = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.path.is_none());
    foreign.map(|dependency| dependency.name.as_str()).collect()
}

#[test]
fn the_page_has_every_dependency_of_every_package_and_no_other() {
    let page = fs::read_to_string(workspace::root().join("docs/dependencies.md")).unwrap();
    let metadata = workspace::metadata().unwrap();
    for package in metadata.workspace_packages() {
        assert_eq!(
            told(&page, &package.name),
            used(package),
            "{}",
            package.name
        );
    }
}

#[test]
fn an_item_may_name_more_than_one() {
    let page = "# T\n\n## a\n\n- `b`, `c` *(tests)*: why `d`.\n\n## e\n\n- `f`: why.\n";
    assert_eq!(told(page, "a"), BTreeSet::from(["b", "c"]));
    assert_eq!(told(page, "x"), BTreeSet::new());
}

use std::{env, process::Command, thread};

use imglint_format::Digest;
use tempfile::TempDir;

use super::*;

fn store(dir: &Path) -> Store {
    Store::open(dir, Options { max_bytes: 1 << 20 }).unwrap()
}

fn key(maker: &str) -> Key {
    Key::new(&Digest::of_bytes(b"a layer"), maker)
}

#[test]
fn value_comes_back_until_replaced() {
    let dir = TempDir::new().unwrap();
    let store = store(dir.path());
    assert_eq!(store.get(&key("1")), None);
    store.put(&key("1"), b"one").unwrap();
    store.put(&key("1"), b"two").unwrap();
    assert_eq!(store.get(&key("1")).unwrap(), b"two");
    assert_eq!(store.get(&key("2")), None);
    assert_eq!(self::store(dir.path()).get(&key("1")).unwrap(), b"two");
}

#[test]
fn damaged_entry_or_one_of_another_kind_is_a_miss() {
    let dir = TempDir::new().unwrap();
    let store = store(dir.path());
    let path = dir.path().join(key("1").file_name());
    store.put(&key("1"), b"value").unwrap();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert_eq!(store.get(&key("1")), None);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(store.get(&key("1")), None);
    assert!(store.put(&key("1"), b"value").is_err());
}

#[test]
fn limit_holds_for_writing_and_reading() {
    let dir = TempDir::new().unwrap();
    let small = Store::open(dir.path(), Options { max_bytes: 4 }).unwrap();
    small.put(&key("1"), b"four").unwrap();
    assert_eq!(small.get(&key("1")).unwrap(), b"four");
    assert!(matches!(
        small.put(&key("1"), b"fives"),
        Err(StoreError::TooLarge {
            size: 5,
            max_bytes: 4
        })
    ));
    store(dir.path()).put(&key("1"), b"fives").unwrap();
    assert_eq!(small.get(&key("1")), None);
}

#[test]
fn nothing_but_entries_is_left_behind() {
    let dir = TempDir::new().unwrap();
    let store = store(&dir.path().join("a/b"));
    store.put(&key("../../escape"), b"value").unwrap();
    let names = |dir: &Path| {
        let entries = fs::read_dir(dir).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(dir.path()), ["a"]);
    assert_eq!(
        names(&dir.path().join("a/b")),
        [key("../../escape").file_name()]
    );
}

#[cfg(unix)]
#[test]
fn directory_and_entries_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("cache");
    store(&path).put(&key("1"), b"value").unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join(key("1").file_name())), 0o600);
}

#[cfg(unix)]
#[test]
fn directory_that_others_can_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let dir = TempDir::new().unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let refused = Store::open(dir.path(), Options::default());
    assert!(matches!(refused, Err(StoreError::WritableByOthers { .. })));
}

#[cfg(unix)]
#[test]
fn link_in_the_place_of_an_entry_is_replaced_not_followed() {
    let dir = TempDir::new().unwrap();
    let outside = dir.path().join("outside");
    fs::write(&outside, b"precious").unwrap();
    let store = store(&dir.path().join("cache"));
    let entry = dir.path().join("cache").join(key("1").file_name());
    std::os::unix::fs::symlink(&outside, &entry).unwrap();
    assert_eq!(store.get(&key("1")), None);
    store.put(&key("1"), b"value").unwrap();
    assert_eq!(fs::read(&outside).unwrap(), b"precious");
    assert_eq!(store.get(&key("1")).unwrap(), b"value");
}

#[test]
fn file_in_the_place_of_the_directory_is_refused() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    fs::write(&path, b"").unwrap();
    assert!(matches!(
        Store::open(&path, Options::default()),
        Err(StoreError::Unusable { .. })
    ));
}

/// Writes `fill`, and sees nothing but whole values meanwhile.
fn contend(dir: &Path, fill: u8) {
    let store = store(dir);
    for _ in 0..200 {
        store.put(&key("shared"), &[fill; 10_000]).unwrap();
        let seen = store.get(&key("shared")).unwrap();
        assert!(seen.len() == 10_000 && seen.iter().all(|&byte| byte == seen[0]));
    }
}

#[test]
fn threads_see_whole_values() {
    let dir = TempDir::new().unwrap();
    thread::scope(|scope| {
        for fill in 0..4 {
            let dir = dir.path();
            scope.spawn(move || contend(dir, fill));
        }
    });
}

/// Runs itself once more as the other process.
#[test]
fn processes_see_whole_values() {
    const OTHER: &str = "IMGLINT_STORE_TEST_DIR";
    if let Some(dir) = env::var_os(OTHER) {
        return contend(Path::new(&dir), 1);
    }
    let dir = TempDir::new().unwrap();
    let mut other = Command::new(env::current_exe().unwrap())
        .args(["--exact", "store::tests::processes_see_whole_values"])
        .env(OTHER, dir.path())
        .spawn()
        .unwrap();
    contend(dir.path(), 2);
    assert!(other.wait().unwrap().success());
}

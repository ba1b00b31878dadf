//! AppImages are opened as a person opens them.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails so")]

mod support;

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;

use support::{ID, appimage};
use tempfile::TempDir;
use waterskin_process::{Output, Stream, Tool, find};

/// The program that AppImages begin with, as these tests have it built.
fn runtime() -> Vec<u8> {
    fs::read(env!("CARGO_BIN_EXE_appimage-runtime")).unwrap()
}

/// A folder with a name that is hard to bear.
fn place() -> TempDir {
    tempfile::Builder::new().prefix("mon dossier d'été 数 ").tempdir().unwrap()
}

/// An AppImage whose app is this script.
fn script(place: &TempDir, name: &str, text: &str) -> PathBuf {
    let app = format!("#!/bin/sh\n{text}\n");
    appimage(&place.path().join(name), &runtime(), app.as_bytes())
}

/// What is opened, with the cache folder of the place and no display.
fn opened(place: &TempDir, file: &Path, arguments: &[&str]) -> Tool {
    Tool::new(file)
        .args(arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("XDG_CACHE_HOME", place.path().join("cache é"))
        .directory(place.path())
}

fn open(place: &TempDir, file: &Path, arguments: &[&str]) -> Output {
    opened(place, file, arguments).run(&mut |_, _| {}).unwrap()
}

/// What a start that fails says on the standard error.
fn failure(tool: &Tool) -> String {
    let mut said = String::new();
    let ended = tool.run(&mut |stream, line| {
        if stream == Stream::Stderr {
            said.push_str(line);
            said.push('\n');
        }
    });
    assert!(ended.is_err(), "{said}");
    said
}

fn kept(place: &TempDir) -> PathBuf {
    place.path().join("cache é/waterskin-appimage").join(ID)
}

/// The digests that are kept, without their locks.
fn digests(place: &TempDir) -> BTreeSet<String> {
    let entries = fs::read_dir(kept(place)).into_iter().flatten();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.ends_with(".lock")).collect()
}

#[test]
fn the_app_is_unpacked_once_and_opened_with_its_arguments() {
    let place = place();
    let app = r#"printf '%s\n' "$#" "$1" "$2" "$APPDIR" "$APPIMAGE" "$OWD"; readlink -f "$0"
cat "$APPDIR/usr/3"; wc -c < "$APPDIR/usr/large""#;
    let file = script(&place, "Élan 1.AppImage", app);
    let printed = open(&place, &file, &["a b", "--appimage-offset"]).stdout;
    let [digest] = Vec::from_iter(digests(&place)).try_into().unwrap();
    let folder = kept(&place).join(digest);
    let (at, real) = (folder.display(), fs::canonicalize(&folder).unwrap());
    assert_eq!(
        printed,
        format!(
            "2\na b\n--appimage-offset\n{at}\n{}\n{}\n{}/usr/app é\nnumber 3300000\n",
            file.display(),
            place.path().display(),
            real.display()
        )
    );
    assert_eq!(fs::metadata(kept(&place)).unwrap().mode() & 0o777, 0o700, "nobody else looks in");
    assert_eq!(fs::metadata(folder.join("usr/app é")).unwrap().mode() & 0o777, 0o755);
    assert_eq!(fs::metadata(folder.join("usr/large")).unwrap().mode() & 0o777, 0o644);
    let before = fs::metadata(&folder).unwrap();
    open(&place, &file, &[]);
    assert_eq!(fs::metadata(&folder).unwrap().ino(), before.ino(), "it is not unpacked again");
}

#[test]
fn starts_at_the_same_time_share_what_one_of_them_unpacks() {
    let place = place();
    let file = script(&place, "app", "cat \"$APPDIR/usr/39\"");
    thread::scope(|scope| {
        let starts: Vec<_> = (0..6).map(|_| scope.spawn(|| open(&place, &file, &[]))).collect();
        for start in starts {
            assert_eq!(start.join().unwrap().stdout, "number 39");
        }
    });
    assert_eq!(digests(&place).len(), 1);
}

#[test]
fn what_another_version_unpacked_goes_when_nobody_uses_it() {
    let place = place();
    let pipe = place.path().join("pipe");
    let made = Tool::new(find("mkfifo").unwrap()).arg(&pipe).run(&mut |_, _| {});
    made.unwrap();
    // It reads until the test lets it end.
    let old = script(&place, "old", "cat pipe; echo bye");
    let new = script(&place, "new", "echo new");
    thread::scope(|scope| {
        let running = scope.spawn(|| open(&place, &old, &[]));
        // Opens when the old one has begun to read, so it is open then.
        let end = OpenOptions::new().write(true).open(&pipe).unwrap();
        let of_old = digests(&place);
        open(&place, &new, &[]);
        assert!(digests(&place).is_superset(&of_old), "the old one is in use");
        assert_eq!(digests(&place).len(), 2);
        drop(end);
        assert_eq!(running.join().unwrap().stdout, "bye\n");
        open(&place, &new, &[]);
        assert!(digests(&place).is_disjoint(&of_old), "the old one is gone");
    });
    assert_eq!(fs::read_dir(kept(&place)).unwrap().count(), 2, "a folder and its lock");
}

#[test]
fn what_a_killed_start_left_is_no_hindrance() {
    let place = place();
    let file = script(&place, "app", "echo here");
    open(&place, &file, &[]);
    let [digest] = Vec::from_iter(digests(&place)).try_into().unwrap();
    let part = kept(&place).join(format!("{digest}.part"));
    fs::rename(kept(&place).join(&digest), &part).unwrap();
    fs::remove_file(part.join("usr/3")).unwrap();
    assert_eq!(open(&place, &file, &[]).stdout, "here\n");
    assert!(kept(&place).join(digest).join("usr/3").is_file());
    assert!(!part.exists());
}

#[test]
fn a_damaged_file_opens_nothing_and_leaves_nothing() {
    let place = place();
    let file = script(&place, "app", "echo here");
    let whole = fs::read(&file).unwrap();
    let mut changed = whole.clone();
    changed[runtime().len() + 200] ^= 1;
    for content in [changed, whole[..whole.len() - 100].to_vec()] {
        fs::write(&file, content).unwrap();
        let said = failure(&opened(&place, &file, &[]));
        assert_eq!(said, "error: this file is damaged or incomplete\nhint: get the file again\n");
        assert!(digests(&place).is_empty());
    }
}

#[test]
fn where_nothing_can_be_written_that_is_said() {
    let place = place();
    let file = script(&place, "app", "echo here");
    let said = failure(&opened(&place, &file, &[]).env("XDG_CACHE_HOME", "/proc/none"));
    assert!(said.contains("could not unpack the app to `/proc/none/waterskin-appimage/"), "{said}");
    let said = failure(&opened(&place, &file, &[]).env("XDG_CACHE_HOME", ""));
    assert_eq!(
        said,
        "error: there is no folder to unpack the app in\nhint: set the variable `XDG_CACHE_HOME` to a folder\n"
    );
}

#[test]
fn a_system_without_a_library_that_the_app_needs_is_told() {
    let place = place();
    // A program that needs a library which nobody has.
    let mut app = runtime();
    let (name, other) = (b"libgcc_s.so.1\0", b"libwkgtk.so.1\0");
    let at = app.windows(name.len()).position(|bytes| bytes == name).unwrap();
    app[at..at + name.len()].copy_from_slice(other);
    let file = appimage(&place.path().join("app"), &runtime(), &app);
    let said = failure(&opened(&place, &file, &[]));
    assert!(said.starts_with("error: Élan can't be opened yet: it needs WebKitGTK 4.1"), "{said}");
    assert!(said.contains("Missing: libwkgtk.so.1\n"), "{said}");

    // In a window too, where there is a display and something to show it with.
    let programs = place.path().join("bin");
    fs::create_dir(&programs).unwrap();
    let zenity = programs.join("zenity");
    fs::write(&zenity, "#!/bin/sh\nprintf '%s\\n' \"$@\" > shown\n").unwrap();
    fs::set_permissions(&zenity, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    failure(&opened(&place, &file, &[]).env("PATH", path).env("DISPLAY", ":77"));
    let shown = fs::read_to_string(place.path().join("shown")).unwrap();
    assert!(
        shown.contains("--title=Élan\n") && shown.contains("Missing: libwkgtk.so.1"),
        "{shown}"
    );
}

#[test]
fn what_other_appimages_know_is_known() {
    let place = place();
    let file = script(&place, "app", "echo here");
    let offset = open(&place, &file, &["--appimage-offset"]).stdout;
    assert_eq!(offset, format!("{}\n", runtime().len()));
    let version = open(&place, &file, &["--appimage-version"]).stdout;
    assert_eq!(version, format!("waterskin-appimage {}\n", env!("CARGO_PKG_VERSION")));
    open(&place, &file, &["--appimage-extract"]);
    let folder = place.path().join("squashfs-root");
    assert_eq!(fs::read_to_string(folder.join("usr/39")).unwrap(), "number 39");
    assert_eq!(fs::read_link(folder.join("AppRun")).unwrap(), Path::new("usr/app é"));
    assert_eq!(fs::read(folder.join("usr/large")).unwrap(), vec![7; 300_000]);
    assert!(digests(&place).is_empty(), "nothing is kept of it");
    let said = failure(&opened(&place, &file, &["--appimage-extract"]));
    assert!(said.contains("could not unpack the app to `squashfs-root`"), "{said}");
    let said = failure(&opened(&place, &file, &["--appimage-mount"]));
    assert!(said.contains("`--appimage-mount` is not known here"), "{said}");
}

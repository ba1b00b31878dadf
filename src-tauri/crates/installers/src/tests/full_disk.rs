//! A disk becomes full in the middle of every format.

use std::error::Error;
use std::io;

use super::mach_o::program;

use super::*;
use crate::windows::stand_in;

/// Says to a run of this program where its small disk is.
const DISK: &str = "WATERSKIN_SMALL_DISK";
/// How large that is, in bytes.
const SIZE: usize = 12 << 20;
/// Bytes that nothing makes smaller, in each of two files.
const NOISE: usize = 1 << 20;

/// Runs the test below with a disk of memory of its own.
#[test]
fn a_full_disk_is_one_clear_error_and_leaves_nothing() {
    const SCRIPT: &str = r#"mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@""#;
    let place = place();
    let disk = place.root.join("disk");
    fs_err::create_dir(&disk).unwrap();
    let own = std::env::current_exe().unwrap();
    let size = SIZE.to_string();
    let is_root = run("id", &["-u"]).trim() == "0";
    let unshare: &[_] = if is_root { &[] } else { &["--user", "--map-root-user"] };
    let name = "tests::full_disk::on_a_small_disk";
    let output = Tool::new(find("unshare").unwrap())
        .args(unshare)
        .args(["--mount", "sh", "-c", SCRIPT, "sh", &size, disk.as_str()])
        .arg(own)
        .args(["--exact", name, "--ignored", "--nocapture"])
        .env(DISK, &disk)
        .run(&mut |_, line| println!("{line}"));
    assert!(output.unwrap().stdout.contains("1 passed"));
}

#[test]
#[ignore = "the test above runs it, on a disk of its own"]
fn on_a_small_disk() {
    let disk = Utf8PathBuf::from(std::env::var(DISK).unwrap());
    let place = place();
    let (linux, shell) = payload(&place.root);
    let windows = (stand_in::payload(&place.root, "1.0"), stand_in::shell(&place.root));
    let mut mac = linux.clone();
    mac.manifest.python.triple = "aarch64-apple-darwin".to_owned();
    let mac_shell = place.root.join("shell for a Mac");
    fs_err::write(&mac_shell, program(3, None)).unwrap();
    for payload in [&linux, &windows.0] {
        for file in
            [payload.layout.site_packages().join("noise.so"), payload.layout.app().join("noise")]
        {
            fs_err::write(file, noise()).unwrap();
        }
    }
    for (formats, payload, shell) in [
        (&["deb", "AppImage", "rpm", "tar.gz"][..], &linux, &shell),
        (&["exe", "msi", "zip"][..], &windows.0, &windows.1),
        (&["dmg", "zip"][..], &mac, &mac_shell),
    ] {
        // So that there is something to keep.
        let mut payload = payload.clone();
        let digest = tree_digest(&payload.layout.site_packages()).unwrap();
        payload.manifest.digests.insert("site-packages".to_owned(), digest);
        for format in formats {
            fills_up(format, &payload, shell, &disk, &place.root);
        }
    }
}

/// Makes one where there is room, then on the disk with less and less of it taken.
fn fills_up(format: &str, payload: &Payload, shell: &Utf8Path, disk: &Utf8Path, root: &Utf8Path) {
    let make = |output: &Utf8Path, store: Option<&Scratch>| {
        let package = Package { store, ..package_of(payload, shell, output) };
        make(format, &package, Compression::Zstd(1), &Quiet)
    };
    let whole = make(&root.join("whole"), None).unwrap();
    let whole = fs_err::read(whole.path).unwrap();
    let (ballast, output) = (disk.join("ballast"), disk.join("output é"));
    let store = Scratch::new(&disk.join("store"));
    for (hundredths, store) in [(10, Some(&store)), (80, None)] {
        fs_err::write(&ballast, vec![0; SIZE - whole.len() / 100 * hundredths]).unwrap();
        let error = make(&output, store).unwrap_err();
        let said = format!("{format} at {hundredths} %: {error:?}");
        assert!(is_full(&error), "{said}");
        let clear = matches!(error, FormatError::Write { .. } | FormatError::Staging { .. });
        assert!(clear, "{said}");
        let left: Vec<_> = output.read_dir_utf8().into_iter().flatten().collect();
        assert!(left.is_empty(), "{said}: {left:?}");
        fs_err::remove_file(&ballast).unwrap();
    }
    // What was begun on the full disk is taken for nothing whole.
    let made = make(&output, Some(&store)).unwrap();
    assert!(fs_err::read(&made.path).unwrap() == whole, "{format}");
    fs_err::remove_dir_all(&output).unwrap();
    drop(store);
    fs_err::remove_dir_all(disk.join("store")).unwrap();
}

/// Whether the system says of it that the disk is full.
fn is_full(error: &FormatError) -> bool {
    let mut error: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = error {
        let kind = current.downcast_ref::<io::Error>().map(io::Error::kind);
        if kind == Some(io::ErrorKind::StorageFull) {
            return true;
        }
        error = current.source();
    }
    false
}

fn noise() -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 32) as u32
    };
    (0..NOISE / 4).flat_map(|_| next().to_le_bytes()).collect()
}

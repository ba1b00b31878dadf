//! What is made for macOS is opened by tools that know it: there is no Mac here.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use plist::Value;
use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;
use waterskin_bundle::{Payload, tree_digest};

use super::mach_o::{MachO, MachOError};
use super::signature::{Seal, signed};
use crate::tests::mach_o::program;
use crate::tests::{make, package_of, payload, place, run, write};
use crate::{Artifact, Compression, Quiet, Signer};

/// A payload for a Mac, and the program.
fn mac(root: &Utf8Path) -> (Payload, Utf8PathBuf) {
    let (mut payload, shell) = payload(root);
    payload.manifest.python.triple = "aarch64-apple-darwin".to_owned();
    payload.manifest.app.name = "Élan: a/b".to_owned();
    let digest = tree_digest(&payload.layout.python()).unwrap();
    payload.manifest.digests.insert("python".to_owned(), digest);
    fs_err::write(&shell, program(3, Some(&[1; 64]))).unwrap();
    (payload, shell)
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

/// What a signature says, as the kernel would read it: identifier, digests of what is special from the
/// last to the first, and whether each page is as it says.
fn read(program: &[u8]) -> (String, Vec<Vec<u8>>) {
    let le = |at: usize| u32::from_le_bytes(program[at..at + 4].try_into().unwrap()) as usize;
    let (mut at, mut start, mut linked) = (32, 0, 0);
    for _ in 0..le(16) {
        if le(at) == 0x1d {
            start = le(at + 8);
            assert_eq!(start + le(at + 12), program.len());
        }
        if le(at) == 0x19 {
            linked = le(at + 40) + le(at + 48);
        }
        at += le(at + 4);
    }
    assert_eq!(linked, program.len(), "the last segment has the signature");
    let all = &program[start..];
    assert_eq!((u32_at(all, 0), u32_at(all, 4)), (0xfade_0cc0, all.len()));
    let directory = &all[u32_at(all, 16)..];
    let (magic, length) = (u32_at(directory, 0), u32_at(directory, 4));
    assert_eq!((magic, u32_at(directory, 12), u32_at(directory, 32)), (0xfade_0c02, 2, start));
    let (hashes, special, pages) =
        (u32_at(directory, 16), u32_at(directory, 24), u32_at(directory, 28));
    assert_eq!(hashes + 32 * pages, length);
    for (number, page) in program[..start].chunks(4096).enumerate() {
        let digest = &directory[hashes + 32 * number..][..32];
        assert_eq!(digest, &Sha256::digest(page)[..], "page {number}");
    }
    let name = directory[u32_at(directory, 20)..].split(|byte| *byte == 0).next().unwrap();
    let special = (1..=special).map(|at| directory[hashes - 32 * at..][..32].to_vec()).collect();
    (String::from_utf8(name.to_vec()).unwrap(), special)
}

#[test]
fn a_program_is_signed_anew_and_its_pages_are_as_the_signature_says() {
    let seal = Seal { info: b"info", resources: b"resources" };
    for pages in [1, 3] {
        let made: Vec<_> = [None, Some(&[1; 64][..]), Some(&[2; 5000])]
            .into_iter()
            .map(|signature| signed(&program(pages, signature), "org.example.elan", &seal).unwrap())
            .collect();
        for program in &made {
            let (name, special) = read(program);
            assert_eq!(name, "org.example.elan");
            assert_eq!(special[0], Sha256::digest("info").to_vec());
            assert_eq!(special[2], Sha256::digest("resources").to_vec());
            assert_eq!(signed(program, &name, &seal).unwrap(), *program, "signed once more");
        }
        assert_eq!(made[1], made[2], "an old signature leaves nothing behind");
    }
}

#[test]
fn what_is_no_program_for_a_mac_is_refused() {
    let seal = Seal { info: b"", resources: b"" };
    for (file, expected) in [
        (b"#!/bin/sh\n".to_vec(), MachOError::Kind),
        (Vec::new(), MachOError::Kind),
        (b"\xca\xfe\xba\xbe\0\0\0\x02".to_vec(), MachOError::Kind),
        (program(1, None)[..40].to_vec(), MachOError::Damaged),
    ] {
        assert_eq!(signed(&file, "x", &seal).unwrap_err(), expected);
    }
    let whole = program(1, Some(&[1; 64]));
    for end in 0..whole.len() {
        // An error or a program, and no panic.
        let _ = MachO::unsigned(&whole[..end]);
    }
}

fn made(format: &str, root: &Utf8Path) -> (Artifact, Payload, Utf8PathBuf) {
    let (payload, shell) = mac(root);
    let output = root.join("output");
    let package = package_of(&payload, &shell, &output);
    let artifact = make(format, &package, Compression::default(), &Quiet).unwrap();
    assert_eq!(artifact.path, output.join(format!("elan-1.0rc1-macos-arm64.{format}")));
    assert_eq!(artifact.bytes, fs_err::metadata(&artifact.path).unwrap().len());
    let other = root.join("again");
    let again = package_of(&payload, &shell, &other);
    let again = make(format, &again, Compression::default(), &Quiet).unwrap();
    assert!(fs_err::read(&again.path).unwrap() == fs_err::read(&artifact.path).unwrap());
    (artifact, payload, shell)
}

/// Looks at an app as a Mac would.
fn is_whole(app: &Utf8Path, payload: &Payload) {
    use std::os::unix::fs::PermissionsExt as _;
    let contents = app.join("Contents");
    let inside = contents.join("Resources/payload");
    let root = payload.layout.root();
    let differs = ["-r", "--no-dereference", root.as_str(), inside.as_str()];
    assert_eq!(run("diff", &differs), "");
    assert_eq!(tree_digest(&inside).unwrap(), tree_digest(root).unwrap());
    assert_eq!(run(inside.join("python/bin/python3").as_str(), &[]), "I am Python\n");

    // What people and macOS read of it.
    let info = contents.join("Info.plist");
    let read_anew = app.with_extension("plist");
    run("plistutil", &["-i", info.as_str(), "-f", "bin", "-o", read_anew.as_str()]);
    let info = Value::from_file(&read_anew).unwrap().into_dictionary().unwrap();
    let text = |name: &str| info[name].as_string().unwrap();
    assert_eq!(text("CFBundleDisplayName"), "Élan: a/b");
    assert_eq!(text("CFBundleIdentifier"), "org.example.elan");
    assert_eq!(text("CFBundleVersion"), "1.0");
    assert!(text("NSCameraUsageDescription").contains("Élan: a/b"));
    let transport = info["NSAppTransportSecurity"].as_dictionary().unwrap();
    assert_eq!(transport["NSAllowsLocalNetworking"], Value::from(true));
    let program = contents.join("MacOS").join(text("CFBundleExecutable"));
    assert_eq!(fs_err::metadata(&program).unwrap().permissions().mode() & 0o777, 0o755);
    let icon = contents.join("Resources").join(text("CFBundleIconFile"));
    let sizes = run("icns2png", &["-l", icon.as_str()]);
    for kind in ["is32", "s8mk", "ic11", "il32", "l8mk", "ic12", "ic07", "ic08", "ic09", "ic10"] {
        assert!(sizes.contains(kind), "{kind}: {sizes}");
    }

    // The program says what belongs to it, and the seal what each other file is.
    let (_, special) = read(&fs_err::read(&program).unwrap());
    let of = |file: &str| Sha256::digest(fs_err::read(contents.join(file)).unwrap()).to_vec();
    assert_eq!(special[0], of("Info.plist"));
    assert_eq!(special[2], of("_CodeSignature/CodeResources"));
    let seal = Value::from_file(contents.join("_CodeSignature/CodeResources")).unwrap();
    let seal = seal.as_dictionary().unwrap()["files2"].as_dictionary().unwrap();
    let mut sealed: BTreeMap<_, _> = seal.iter().collect();
    for entry in WalkDir::new(&contents).min_depth(1) {
        let entry = entry.unwrap();
        let path = Utf8Path::from_path(entry.path()).unwrap().strip_prefix(&contents).unwrap();
        let is_signed = ["Info.plist", "PkgInfo", "MacOS", "_CodeSignature"];
        if entry.file_type().is_dir() || is_signed.iter().any(|it| path.starts_with(it)) {
            continue;
        }
        let one = sealed.remove(&path.to_string()).unwrap_or_else(|| panic!("{path}"));
        let one = one.as_dictionary().unwrap();
        match one.get("symlink") {
            Some(target) => {
                let found = fs_err::read_link(entry.path()).unwrap();
                assert_eq!(target.as_string(), found.to_str());
            }
            None => assert_eq!(one["hash2"].as_data().unwrap(), of(path.as_str()), "{path}"),
        }
    }
    assert!(sealed.is_empty(), "{sealed:?}");
}

#[test]
fn the_app_in_an_archive_is_whole() {
    let place = place();
    let (artifact, payload, _) = made("zip", &place.root);
    let folder = place.root.join("Applications");
    run("unzip", &["-q", artifact.path.as_str(), "-d", folder.as_str()]);
    assert_eq!(names(&folder), ["Élan- a-b.app"]);
    is_whole(&folder.join("Élan- a-b.app"), &payload);
}

#[test]
fn the_app_in_a_disk_image_is_whole() {
    let place = place();
    let (artifact, payload, _) = made("dmg", &place.root);
    // One program reads the container, and another the file system in it.
    let raw = place.root.join("raw.iso");
    let printed = run("dmg2img", &["-v", "-i", artifact.path.as_str(), "-o", raw.as_str()]);
    assert!(printed.contains("successfully"), "{printed}");
    let folder = place.root.join("mounted");
    let extract = ["-indev", raw.as_str(), "-osirrox", "on", "-extract", "/", folder.as_str()];
    run("xorriso", &extract);
    assert_eq!(names(&folder), ["Applications", "Élan- a-b.app"]);
    assert_eq!(
        fs_err::read_link(folder.join("Applications")).unwrap().to_str(),
        Some("/Applications")
    );
    is_whole(&folder.join("Élan- a-b.app"), &payload);
    // And one that reads both knows what it is called.
    let listed = run("7z", &["l", "-slt", artifact.path.as_str()]);
    assert!(listed.contains("Type = Dmg"), "{listed}");
}

/// The names in a folder, in their order.
fn names(folder: &Utf8Path) -> Vec<String> {
    let entries = folder.read_dir_utf8().unwrap();
    let mut names: Vec<_> = entries.map(|it| it.unwrap().file_name().to_owned()).collect();
    names.sort_unstable();
    names
}

#[test]
fn files_of_every_length_and_names_of_every_kind_are_in_a_disk_image() {
    let place = place();
    let (payload, shell) = mac(&place.root);
    let app = payload.layout.app();
    for length in [0, 1, 2047, 2048, 2049, (1 << 20) - 1, (1 << 20) + 1] {
        let text: String = (0..length).map(|at| char::from(b'a' + (at % 23) as u8)).collect();
        write(&app.join(format!("length {length}")), &text);
    }
    for number in 0..80 {
        write(&app.join(format!("many/{}{number}", "é".repeat(120))), "x");
    }
    write(&app.join("a/b/c/d/e/f/g/h/i/j/k/deep"), "deep");
    let long = format!("../{}/{}z", "x".repeat(250), "y/".repeat(100));
    fs_err::os::unix::fs::symlink(&long, app.join("long link")).unwrap();
    let output = place.root.join("output");
    let package = package_of(&payload, &shell, &output);
    let artifact = make("dmg", &package, Compression::default(), &Quiet).unwrap();
    let (raw, folder) = (place.root.join("raw.iso"), place.root.join("mounted"));
    run("dmg2img", &["-i", artifact.path.as_str(), "-o", raw.as_str()]);
    let extract = ["-indev", raw.as_str(), "-osirrox", "on", "-extract", "/", folder.as_str()];
    run("xorriso", &extract);
    is_whole(&folder.join("Élan- a-b.app"), &payload);
}

/// Signs a folder with a file in it, and a file with a word at its end.
const SIGN: &str =
    r#"if [ -d "$0" ]; then touch "$0/Contents/Resources/signed"; else printf signed >>"$0"; fi"#;

#[test]
fn the_app_is_signed_by_the_authors_command_and_then_the_image_around_it() {
    let place = place();
    let (payload, shell) = mac(&place.root);
    let output = place.root.join("output");
    let mut package = package_of(&payload, &shell, &output);
    let signer = |script: &str| Signer {
        words: ["sh", "-c", script, "{file}"].map(str::to_owned).to_vec(),
        folder: place.root.clone(),
    };
    package.sign = Some(signer(SIGN));
    let artifact = make("zip", &package, Compression::default(), &Quiet).unwrap();
    let listed = run("unzip", &["-Z1", artifact.path.as_str()]);
    assert!(
        listed.lines().any(|line| line.ends_with(".app/Contents/Resources/signed")),
        "{listed}"
    );
    let artifact = make("dmg", &package, Compression::default(), &Quiet).unwrap();
    let image = fs_err::read(&artifact.path).unwrap();
    assert!(image.ends_with(b"signed") && artifact.bytes == image.len() as u64);
    assert_eq!(names(&output), ["elan-1.0rc1-macos-arm64.dmg", "elan-1.0rc1-macos-arm64.zip"]);

    // One that fails, be it at the app or at the image, leaves nothing behind.
    let nothing = place.root.join("nothing");
    package.output = &nothing;
    for script in ["exit 1", r#"[ -d "$0" ] || { echo "no key é" >&2; exit 1; }"#] {
        package.sign = Some(signer(script));
        let error = make("dmg", &package, Compression::default(), &Quiet).unwrap_err();
        assert!(error.to_string().starts_with("could not sign `"), "{error}");
        assert_eq!(names(&nothing), [""; 0]);
    }
}

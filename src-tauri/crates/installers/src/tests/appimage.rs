//! AppImages are read by the system's own tools.

use std::io::{Read as _, Seek as _, SeekFrom};

use waterskin_appimage::{Digest, Note};

use super::*;

fn appimage(package: &Package<'_>) -> Artifact {
    make("AppImage", package, Compression::default(), &Quiet).unwrap()
}

fn note(path: &Utf8Path) -> Note {
    Note::read(&mut fs_err::File::open(path).unwrap()).unwrap().unwrap()
}

fn unpack(path: &Utf8Path, to: &Utf8Path) {
    let offset = note(path).offset.to_string();
    run(
        "unsquashfs",
        &["-quiet", "-no-progress", "-offset", &offset, "-dest", to.as_str(), path.as_str()],
    );
}

#[test]
fn an_appimage_holds_the_payload_as_it_is() {
    let place = place();
    let (mut payload, shell) = payload(&place.root);
    // Larger than a block, in a folder of its own, and not a number of whole blocks.
    let text: Vec<u8> = (0..400_000_u32).flat_map(u32::to_le_bytes).collect();
    let large = payload.layout.site_packages().join("pyarrow/large é.so");
    fs_err::create_dir_all(large.parent().unwrap()).unwrap();
    fs_err::write(&large, text).unwrap();
    let digest = tree_digest(&payload.layout.site_packages()).unwrap();
    payload.manifest.digests.insert("site-packages".to_owned(), digest);
    let output = place.root.join("output");
    let scratch = Scratch::new(&place.root.join("cache"));
    let package = Package { store: Some(&scratch), ..package_of(&payload, &shell, &output) };

    let artifact = appimage(&package);
    assert_eq!(artifact.path, output.join("elan-1.0~rc1-x86_64.AppImage"));
    assert_eq!(artifact.bytes, fs_err::metadata(&artifact.path).unwrap().len());
    let first = fs_err::read(&artifact.path).unwrap();
    assert_eq!(&first[8..11], b"AI\x02", "the mark of an AppImage");
    let root = place.root.join("unpacked");
    unpack(&artifact.path, &root);
    let unpacked = root.join("usr/lib/elan/payload");
    assert_eq!(tree_digest(&unpacked).unwrap(), tree_digest(payload.layout.root()).unwrap());
    for program in ["AppRun", "usr/bin/elan"] {
        assert_eq!(run(root.join(program).as_str(), &[]), "I am Python\n");
    }
    let entry = root.join("org.example.elan.desktop");
    assert_eq!(run("desktop-file-validate", &[entry.as_str()]), "");
    let entry = fs_err::read_to_string(entry).unwrap();
    assert!(
        entry.ends_with("X-AppImage-Version=1.0~rc1\n") && !entry.contains("TryExec"),
        "{entry}"
    );
    let icon = image::open(root.join("org.example.elan.png")).unwrap();
    assert_eq!((icon.width(), icon.height()), (256, 256));
    assert_eq!(
        fs_err::read_link(root.join(".DirIcon")).unwrap().to_str(),
        Some("org.example.elan.png")
    );
    let metainfo = root.join("usr/share/metainfo/org.example.elan.metainfo.xml");
    run("appstreamcli", &["validate", "--no-net", metainfo.as_str()]);

    // Only the app's own file differs: what is large is taken from the store.
    let kept = scratch.names();
    assert_eq!(kept.iter().filter(|name| name.starts_with("squashfs-")).count(), 2);
    assert!(fs_err::read(appimage(&package).path).unwrap() == first, "from the store");
    write(&payload.layout.app().join("app é.py"), "import streamlit as st\n");
    let changed = appimage(&package).path;
    assert_eq!(scratch.names(), kept, "nothing is made again");
    fs_err::remove_dir_all(&root).unwrap();
    unpack(&changed, &root);
    assert_eq!(tree_digest(&unpacked).unwrap(), tree_digest(payload.layout.root()).unwrap());
    assert_eq!(fs_err::read_dir(&output).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn an_appimage_says_at_its_end_what_it_is() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let path = appimage(&package_of(&payload, &shell, &output)).path;
    let note = note(&path);
    assert_eq!((note.id.as_str(), note.version.as_str()), ("org.example.elan", "1.0~rc1"));
    assert_eq!(note.name, "Élan & <Co> \"100 %\" \\ it's 数据");
    let mut file = fs_err::File::open(&path).unwrap();
    file.seek(SeekFrom::Start(note.offset)).unwrap();
    assert_eq!(Digest::of(file.take(note.length)).unwrap(), note.digest);
}

#[test]
fn what_can_not_begin_an_appimage_is_an_error() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let followed = place.root.join("followed");
    let mut bytes = fs_err::read(find("true").unwrap()).unwrap();
    bytes.push(0);
    fs_err::write(&followed, bytes).unwrap();
    for (runtime, said) in [
        (None, "there is nothing for an AppImage to begin with: there is none"),
        (Some(&shell), "can't begin an AppImage: it is no program for Linux with 64 bits"),
        (Some(&followed), "can't begin an AppImage: something follows where it ends"),
    ] {
        let package = package_of(&payload, &shell, &output);
        let error = make_with(
            "AppImage",
            &package,
            &FormatOptions {
                appimage: AppImageOptions { runtime: runtime.cloned() },
                ..FormatOptions::default()
            },
            &Quiet,
        )
        .unwrap_err();
        let source = std::error::Error::source(&error).unwrap();
        assert!(format!("{error}: {source}").ends_with(said), "{error}: {source}");
    }
    assert!(!output.exists() || fs_err::read_dir(&output).unwrap().count() == 0);
}

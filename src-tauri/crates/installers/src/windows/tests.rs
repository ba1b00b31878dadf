//! What the system's own reader of resources finds in a program.

use camino::Utf8Path;
use waterskin_bundle::Payload;

use super::ico;
use super::program::branded;
use super::stand_in::{self, NAME, make, run};
use crate::Picture;
use crate::tests::place;

#[test]
fn a_program_shows_the_apps_icon_name_and_version() {
    let place = place();
    let shell = stand_in::shell(&place.root);
    let payload = stand_in::payload(&place.root, "1.2rc3");
    let picture = Picture::of(None, NAME).unwrap();
    let icon = ico(&picture).unwrap();
    let content = fs_err::read(&shell).unwrap();
    let made = branded(&content, &payload.manifest.app, "elan.exe", &icon).unwrap();
    assert!(branded(&content, &payload.manifest.app, "elan.exe", &icon).unwrap() == made);
    let program = place.root.join("elan.exe");
    fs_err::write(&program, &made).unwrap();

    let out = place.root.join("found.ico");
    run("wrestool", &["-x", "-t14", "-o", out.as_str(), program.as_str()]);
    let found = fs_err::read(&out).unwrap();
    for size in [16, 256] {
        let png = picture.png(size).unwrap();
        assert!(found.windows(png.len()).any(|part| part == png), "{size}");
    }
    let out = place.root.join("version");
    run("wrestool", &["-x", "--raw", "-t16", "-o", out.as_str(), program.as_str()]);
    let version = fs_err::read(&out).unwrap();
    let has = |text: &str| {
        let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        version.windows(text.len()).any(|part| part == text)
    };
    for text in ["ProductName\0", &NAME.replace('\n', " "), "Zoë $0", "1.2rc3\0", "elan.exe\0"] {
        assert!(has(text), "{text}");
    }
    // The two numbers of the file's version, behind the signature and the structure's own version.
    let head = version.windows(4).position(|part| part == 0xfeef_04bd_u32.to_le_bytes()).unwrap();
    assert_eq!(version[head + 8..head + 16], [2, 0, 1, 0, 0, 0, 0, 0], "1.2.0.0");

    // The stand-in has a terminal beside it, as its head says (`winnt.h`); an app has none.
    let subsystem = |program: &[u8]| {
        let head = usize::from(program[0x3c]) | usize::from(program[0x3d]) << 8;
        program[head + 0x5c]
    };
    assert_eq!((subsystem(&content), subsystem(&made)), (3, 2));
}

#[test]
fn what_is_no_program_for_windows_is_refused() {
    let payload = {
        let place = place();
        stand_in::payload(&place.root, "1")
    };
    for content in [&b""[..], b"MZ", b"\x7fELF and more"] {
        assert!(branded(content, &payload.manifest.app, "elan.exe", &[]).is_err());
    }
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let place = place();
    let shell = stand_in::shell(&place.root);
    let output = place.root.join("output");
    for format in ["exe", "msi"] {
        let error = |payload: &Payload, shell: &Utf8Path, output: &Utf8Path| {
            make(format, payload, shell, output).unwrap_err()
        };
        let payload = stand_in::payload(&place.root, format);
        let said = error(&payload, &place.root.join("stand-in.c"), &output).to_string();
        assert!(said.starts_with("could not put the app's name and icon into `"), "{said}");
        error(&payload, &shell, "/dev/full/output".into());

        let large = payload.layout.app().join("large.bin");
        fs_err::File::create(&large).unwrap().set_len(1 << 31).unwrap();
        let said = error(&payload, &shell, &output).to_string();
        assert!(said.contains(" holds at most 2147483647 bytes"), "{said}");
        fs_err::remove_file(large).unwrap();

        stand_in::write(&payload.layout.app().join("12:30.txt"), "");
        let said = error(&payload, &shell, &output).to_string();
        assert!(said.starts_with("Windows can't hold `payload/app/12:30.txt`: "), "{said}");
        assert_eq!(fs_err::read_dir(&output).unwrap().count(), 0, "{format}");
    }
}

use camino::Utf8Path;
use waterskin_bundle::tree_digest;

use crate::tests::{make, package_of, payload, place, run, write};
use crate::windows::stand_in;
use crate::{Compression, Quiet, Signer};

#[test]
fn a_folder_for_windows_holds_the_payload_as_it_is() {
    let place = place();
    let (mut payload, _) = payload(&place.root);
    payload.manifest.python.triple = "x86_64-pc-windows-msvc".to_owned();
    let shell = program(&place.root);
    let digest = tree_digest(&payload.layout.site_packages()).unwrap();
    payload.manifest.digests.insert("site-packages".to_owned(), digest);
    let outputs = ["one", "two"].map(|name| place.root.join(name));
    let made = outputs.each_ref().map(|output| {
        let package = package_of(&payload, &shell, output);
        make("zip", &package, Compression::default(), &Quiet).unwrap().path
    });
    assert_eq!(made[0], outputs[0].join("elan-1.0rc1-windows-x86_64.zip"));
    assert!(fs_err::read(&made[0]).unwrap() == fs_err::read(&made[1]).unwrap(), "the same twice");
    let folder = place.root.join("unpacked");
    run("unzip", &["-q", made[0].as_str(), "-d", folder.as_str()]);
    let top = folder.join("elan-1.0rc1");
    let inside = tree_digest(&top.join("payload")).unwrap();
    assert_eq!(inside, tree_digest(payload.layout.root()).unwrap());
    let program = fs_err::read(top.join("elan.exe")).unwrap();
    let name: Vec<u8> = "Zoë Inc.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let has_name = program.windows(name.len()).any(|it| it == name);
    assert!(has_name, "the program says whose it is");
    assert!(fs_err::read_to_string(top.join("README.txt")).unwrap().contains("WebView2"));
    assert!(top.join("LICENCES.txt").is_file() && top.join("sbom.cdx.json").is_file());
}

/// A program for Windows in the shell's place.
fn program(root: &Utf8Path) -> camino::Utf8PathBuf {
    let (shell, source) = (root.join("the shell.exe"), root.join("program.c"));
    write(&source, "int main(void) { return 0; }\n");
    run("x86_64-w64-mingw32-gcc", &["-s", "-o", shell.as_str(), source.as_str()]);
    shell
}

/// A key and a certificate for it that nobody else signed, as PEM.
fn certificate(root: &Utf8Path) -> [String; 2] {
    let [key, certificate] =
        ["key é.pem", "certificate.pem"].map(|name| root.join(name).to_string());
    let subject = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Elan", "-days", "2"];
    let usage = ["-addext", "extendedKeyUsage=codeSigning"];
    let files = ["-keyout", &key, "-out", &certificate];
    run("openssl", &[&["req", "-x509"][..], &subject, &usage, &files].concat());
    [key, certificate]
}

#[test]
fn what_is_for_windows_is_signed_by_the_authors_command() {
    let place = place();
    let (payload, shell) = (stand_in::payload(&place.root, "1.0"), stand_in::shell(&place.root));
    let [key, certificate] = certificate(&place.root);
    let output = place.root.join("output");
    let mut package = package_of(&payload, &shell, &output);
    let words = ["osslsigncode", "sign", "-key", &key, "-certs", &certificate, "-h", "sha256"];
    let files = ["-in", "{file}", "-out", "{signed}"];
    let words = words.iter().chain(&files).map(|word| (*word).to_owned()).collect();
    package.sign = Some(Signer { words, folder: place.root.clone() });
    let verify = |file: &Utf8Path| {
        let printed =
            run("osslsigncode", &["verify", "-CAfile", &certificate, "-in", file.as_str()]);
        assert!(printed.contains("Signature verification: ok"), "{file}: {printed}");
    };
    for format in ["exe", "msi"] {
        verify(&make(format, &package, Compression::default(), &Quiet).unwrap().path);
    }
    // The program is signed before it is packed.
    let archive = make("zip", &package, Compression::default(), &Quiet).unwrap();
    let folder = place.root.join("unpacked");
    run("unzip", &["-q", archive.path.as_str(), "-d", folder.as_str()]);
    let top = folder.read_dir_utf8().unwrap().next().unwrap().unwrap().into_path();
    let files = top.read_dir_utf8().unwrap().map(|it| it.unwrap().into_path());
    let programs: Vec<_> = files.filter(|it| it.extension() == Some("exe")).collect();
    let [program] = &programs[..] else { panic!("{programs:?}") };
    verify(program);
}

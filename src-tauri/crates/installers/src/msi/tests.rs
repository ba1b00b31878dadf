//! Packages are installed, upgraded and removed under Wine.

use crate::tests::place;
use crate::windows::stand_in::{self, SHORTCUT, Wine, files, make, run};

#[test]
fn a_package_installs_upgrades_and_removes_for_everybody() {
    let place = place();
    let shell = stand_in::shell(&place.root);
    let output = place.root.join("output");
    let versions = ["1.0", "1.1"].map(|version| {
        let payload = stand_in::payload(&place.root, version);
        let artifact = make("msi", &payload, &shell, &output).unwrap();
        assert_eq!(artifact.path, output.join(format!("elan-{version}-windows-x86_64.msi")));
        (files(payload.layout.root()), artifact.path)
    });
    let wine = Wine::take();
    let root = wine.disk("Program Files/elan");
    // Wine takes everybody's menu for that of whoever installs.
    let menu = wine.of_user("AppData/Roaming/Microsoft/Windows/Start Menu/Programs").join(SHORTCUT);
    for (expected, package) in &versions {
        wine.run("msiexec", &["/i", package.as_str(), "/qn"]);
        let installed = files(&root.join("payload"));
        assert!(installed == *expected, "{:?}", installed.keys());
        assert_eq!(wine.run(root.join("elan.exe").as_str(), &[]).trim(), "I am the app");
        assert!(menu.is_file());
    }
    wine.run("msiexec", &["/x", versions[1].1.as_str(), "/qn"]);
    assert!(!root.exists(), "{:?}", files(&root).keys());
    assert!(!menu.exists());
}

#[test]
fn the_same_app_gives_the_same_package_that_can_be_signed() {
    let made = [place(), place()].map(|place| {
        let shell = stand_in::shell(&place.root);
        let payload = stand_in::payload(&place.root, "1.0");
        let artifact = make("msi", &payload, &shell, &place.root.join("out")).unwrap();
        (fs_err::read(&artifact.path).unwrap(), artifact.path, place)
    });
    assert!(made[0].0 == made[1].0);

    let (_, package, place) = &made[0];
    let [key, certificate, signed] =
        ["key.pem", "certificate.pem", "signed.msi"].map(|name| place.root.join(name));
    run(
        "openssl",
        &[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=Test",
            "-days",
            "9",
            "-keyout",
            key.as_str(),
            "-out",
            certificate.as_str(),
        ],
    );
    run(
        "osslsigncode",
        &[
            "sign",
            "-certs",
            certificate.as_str(),
            "-key",
            key.as_str(),
            "-in",
            package.as_str(),
            "-out",
            signed.as_str(),
        ],
    );
    let verdict =
        run("osslsigncode", &["verify", "-CAfile", certificate.as_str(), "-in", signed.as_str()]);
    assert!(verdict.contains("Signature verification: ok"), "{verdict}");
}

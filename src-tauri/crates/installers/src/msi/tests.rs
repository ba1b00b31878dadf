//! Packages are installed, upgraded and removed under Wine.

use crate::FormatOptions;
use crate::tests::place;
use crate::windows::stand_in::{self, SHORTCUT, Wine, files, make};

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
        assert!(root.join("LICENCES.txt").is_file() && root.join("sbom.cdx.json").is_file());
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

    let (_, _, place) = &made[0];
    let (signer, certificate) = stand_in::signer(&place.root);
    let options = FormatOptions { sign: Some(signer), ..FormatOptions::default() };
    let (shell, payload) = (place.root.join("the shell.exe"), stand_in::payload(&place.root, "2"));
    let output = place.root.join("signed");
    let artifact = stand_in::make_with(&options, "msi", &payload, &shell, &output).unwrap();
    stand_in::check_signature(&artifact.path, &certificate);
}

//! Set-ups are installed, upgraded and removed under Wine.

use crate::tests::place;
use crate::windows::stand_in::{self, PROGRAMS, SHORTCUT, Wine, files, make, write};

const KEY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\org.example.elan";

#[test]
fn a_set_up_installs_upgrades_and_removes_for_one_user() {
    let place = place();
    let shell = stand_in::shell(&place.root);
    let output = place.root.join("output");
    let versions = ["1.0", "1.1"].map(|version| {
        let payload = stand_in::payload(&place.root, version);
        let artifact = make("exe", &payload, &shell, &output).unwrap();
        assert_eq!(artifact.path, output.join(format!("elan-{version}-windows-x86_64-setup.exe")));
        (files(payload.layout.root()), artifact)
    });
    let wine = Wine::take();
    let root = wine.of_user(PROGRAMS).join("elan");
    let menu = wine.of_user("AppData/Roaming/Microsoft/Windows/Start Menu/Programs");
    let installed = || files(&root.join("payload"));
    let open = ["--open"];

    let (first, artifact) = &versions[0];
    let said = wine.run(artifact.path.as_str(), &["/S"]);
    assert!(said.contains("WebView2 Runtime"), "{said}");
    assert!(installed() == *first, "{:?}", installed().keys());
    let program = root.join("elan.exe");
    assert_eq!(wine.run(program.as_str(), &[]).trim(), "I am the app");
    assert!(root.join("LICENCES.txt").is_file() && root.join("sbom.cdx.json").is_file());
    assert!(menu.join(SHORTCUT).is_file());
    let name = r#"lan & <Co> "100 %" $INSTDIR ${NSISDIR} $(^Name) `it's"#;
    let values = wine.values(KEY);
    assert_eq!(
        ["DisplayName", "DisplayVersion", "Publisher"].map(|name| &*values[name]),
        [name, "1.0", r#"Zo $0 "Inc.""#]
    );
    assert!(values["DisplayIcon"].ends_with(r"AppData\Local\Programs\elan\elan.exe"));
    assert!(values["QuietUninstallString"].ends_with(r#"\elan-uninstall.exe" /S"#));
    assert!(values["EstimatedSize"].starts_with("0x"));

    // What the app and its user made is no version's.
    let own = [root.join("payload/app/数据/mine é.db"), root.join("notes.txt")];
    own.iter().for_each(|path| write(path, "mine"));
    let (second, artifact) = &versions[1];
    wine.beside(program.as_str(), &open, || wine.run(artifact.path.as_str(), &["/S"]));
    let mut expected = second.clone();
    expected.insert("app/数据/mine é.db".to_owned(), b"mine".to_vec());
    assert!(installed() == expected, "{:?}", installed().keys());
    assert_eq!(wine.values(KEY)["DisplayVersion"], "1.1");
    assert!(!root.join("~new").exists());

    wine.run(root.join("elan-uninstall.exe").as_str(), &["/S"]);
    let left: Vec<_> = files(&root).into_keys().collect();
    assert_eq!(left, ["notes.txt", "payload/app/数据/mine é.db"]);
    assert!(!menu.join(SHORTCUT).exists());
    assert!(wine.values(KEY).is_empty());
}

#[test]
fn the_same_app_gives_the_same_set_up() {
    let made = [place(), place()].map(|place| {
        let shell = stand_in::shell(&place.root);
        let payload = stand_in::payload(&place.root, "1.0");
        let artifact = make("exe", &payload, &shell, &place.root.join("out")).unwrap();
        fs_err::read(artifact.path).unwrap()
    });
    assert!(made[0] == made[1]);
}

mod long {
    use super::*;
    use crate::FormatOptions;

    #[test]
    fn program_uninstaller_and_set_up_are_signed() {
        let place = place();
        let shell = stand_in::shell(&place.root);
        let (signer, certificate) = stand_in::signer(&place.root);
        let options = FormatOptions { sign: Some(signer), ..FormatOptions::default() };
        let payload = stand_in::payload(&place.root, "1.0");
        let output = place.root.join("output");
        let artifact = stand_in::make_with(&options, "exe", &payload, &shell, &output).unwrap();
        stand_in::check_signature(&artifact.path, &certificate);
        let wine = Wine::take();
        wine.run(artifact.path.as_str(), &["/S"]);
        let root = wine.of_user(PROGRAMS).join("elan");
        for name in ["elan.exe", "elan-uninstall.exe"] {
            stand_in::check_signature(&root.join(name), &certificate);
        }
        wine.run(root.join("elan-uninstall.exe").as_str(), &["/S"]);
        assert!(!root.exists());
    }

    #[test]
    fn an_app_that_does_not_close_keeps_its_version() {
        let place = place();
        let shell = stand_in::shell(&place.root);
        let output = place.root.join("output");
        let [first, second] = ["1.0", "1.1"].map(|version| {
            let payload = stand_in::payload(&place.root, version);
            (files(payload.layout.root()), make("exe", &payload, &shell, &output).unwrap().path)
        });
        let wine = Wine::take();
        wine.run(first.1.as_str(), &["/S"]);
        let root = wine.of_user(PROGRAMS).join("elan");
        let program = root.join("elan.exe");
        let error = wine.beside(program.as_str(), &["--stubborn"], || {
            let error = wine.fail(second.1.as_str(), &["/S"]);
            wine.end();
            error
        });
        assert!(
            error.contains("exited with code 32") && error.contains("does not close"),
            "{error}"
        );
        assert!(files(&root.join("payload")) == first.0);
    }
}

//! Debian packages are installed, read and checked by the system's own tools.

use std::collections::BTreeSet;

use super::*;

#[test]
fn a_debian_package_installs_the_payload_as_it_is() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let mut package = package_of(&payload, &shell, &output);
    package.needs.packages =
        ["libgl1 | libgl1-mesa-glx", "poppler-utils"].map(SystemPackage::new).into();
    package.needs.wishes =
        ["gstreamer1.0-libav", "gstreamer1.0-plugins-bad"].map(SystemPackage::new).into();
    let root = place.root.join("installed");
    for compression in [Compression::default(), Compression::SMALLEST, Compression::Gzip] {
        let artifact = deb(&package, compression, &Quiet).unwrap();
        assert_eq!(artifact.path, output.join("elan_1.0~rc1_amd64.deb"));
        assert_eq!(artifact.bytes, fs_err::metadata(&artifact.path).unwrap().len());
        let _ = fs_err::remove_dir_all(&root);
        run("dpkg-deb", &["-x", artifact.path.as_str(), root.as_str()]);
        let installed = root.join("usr/lib/elan/payload");
        assert_eq!(
            tree_digest(&installed).unwrap(),
            tree_digest(payload.layout.root()).unwrap(),
            "{compression:?}"
        );
        assert_eq!(run(root.join("usr/bin/elan").as_str(), &[]), "I am Python\n");
        run("dpkg-deb", &["-e", artifact.path.as_str(), root.join("DEBIAN").as_str()]);
        let sums = Tool::new(find("md5sum").unwrap())
            .args(["--check", "--quiet", "DEBIAN/md5sums"])
            .directory(&root)
            .run(&mut |_, _| {})
            .unwrap();
        assert_eq!(sums.stdout, "");
    }
    let path = output.join("elan_1.0~rc1_amd64.deb");
    let listing = run("dpkg-deb", &["-c", path.as_str()]);
    let kinds: BTreeSet<_> = listing
        .lines()
        .map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        kinds.iter().map(String::as_str).collect::<Vec<_>>(),
        [
            "-rw-r--r-- root/root",
            "-rwxr-xr-x root/root",
            "drwxr-xr-x root/root",
            "lrwxrwxrwx root/root"
        ]
    );
    // The size is that of the icons, nearly all of it.
    insta::with_settings!({ filters => vec![(r"Installed-Size: \d+", "Installed-Size: [KiB]")] }, {
        insta::assert_snapshot!(run("dpkg-deb", &["-f", path.as_str()]));
    });
    assert_eq!(fs_err::read_dir(&output).unwrap().count(), 1, "nothing else is left");
}

#[test]
fn dpkg_installs_lists_checks_and_removes_the_package() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let package = package_of(&payload, &shell, &output);
    let artifact = deb(&package, Compression::default(), &Quiet).unwrap();
    let root = place.root.join("root");
    for folder in ["var/lib/dpkg/updates", "var/lib/dpkg/info", "var/log"] {
        fs_err::create_dir_all(root.join(folder)).unwrap();
    }
    write(&root.join("var/lib/dpkg/status"), "");
    let root_option = format!("--root={root}");
    let dpkg = |arguments: &[&str]| {
        let always = [
            root_option.as_str(),
            "--force-depends",
            "--force-not-root",
            "--force-script-chrootless",
        ];
        run("dpkg", &[&always, arguments].concat())
    };
    if run("id", &["-u"]).trim() != "0" {
        // Files that belong to root can only be made by root.
        return;
    }
    dpkg(&["-i", artifact.path.as_str()]);
    assert!(dpkg(&["-L", "elan"]).contains("/usr/share/applications/org.example.elan.desktop"));
    assert_eq!(dpkg(&["-V", "elan"]), "", "every file is as the package says");
    dpkg(&["-r", "elan"]);
    assert!(!root.join("usr/lib/elan").exists());
}

#[test]
fn the_checkers_of_debian_and_the_desktops_find_no_errors() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let package = package_of(&payload, &shell, &output);
    let artifact = deb(&package, Compression::default(), &Quiet).unwrap();
    let root = place.root.join("installed");
    run("dpkg-deb", &["-x", artifact.path.as_str(), root.as_str()]);
    let entry = root.join("usr/share/applications/org.example.elan.desktop");
    assert_eq!(run("desktop-file-validate", &[entry.as_str()]), "");
    let metainfo = root.join("usr/share/metainfo/org.example.elan.metainfo.xml");
    run("appstreamcli", &["validate", "--no-net", metainfo.as_str()]);
    assert_eq!(
        run(
            "lintian",
            &[
                "--allow-root",
                "--fail-on",
                "error",
                "--tag-display-limit",
                "0",
                artifact.path.as_str()
            ]
        ),
        ""
    );
    let manual = root.join("usr/share/man/man1/elan.1.gz");
    let page = run("man", &["--warnings", "--local-file", manual.as_str()]);
    assert!(page.contains("it's"), "{page}");
}

#[test]
fn files_with_the_same_content_are_files_of_their_own() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let zones = payload.layout.site_packages().join("tzdata");
    for name in ["Berlin", "Busingen", "Oslo é"] {
        write(&zones.join(name), "the same zone");
    }
    write(&zones.join("Rome"), "one more zone");
    let output = place.root.join("output");
    let package = package_of(&payload, &shell, &output);
    let artifact = deb(&package, Compression::Zstd(1), &Quiet).unwrap();
    let root = place.root.join("installed");
    run("dpkg-deb", &["-x", artifact.path.as_str(), root.as_str()]);
    let installed = root.join("usr/lib/elan/payload");
    assert_eq!(tree_digest(&installed).unwrap(), tree_digest(payload.layout.root()).unwrap());
    let links = |name: &str| {
        use std::os::unix::fs::MetadataExt as _;
        let file = installed.join("site-packages/tzdata").join(name);
        fs_err::metadata(file).unwrap().nlink()
    };
    assert_eq!(["Berlin", "Busingen", "Oslo é", "Rome"].map(links), [1; 4]);
}

//! RPM packages are read, checked, installed and removed by rpm's own tools.

use super::*;

fn rpm(package: &Package<'_>, compression: Compression) -> Artifact {
    make("rpm", package, compression, &Quiet).unwrap()
}

/// rpm in the folder of a package, which is named without it: rpm takes quotation marks and blanks in a
/// path for its own.
fn with(package: &Utf8Path, arguments: &[&str]) -> String {
    let name = package.file_name().unwrap();
    let tool = Tool::new(find("rpm").unwrap()).args(arguments).arg(name).env("LC_ALL", "C.UTF-8");
    match tool.directory(package.parent().unwrap()).run(&mut |_, _| {}) {
        Ok(output) => output.stdout,
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            panic!("{error}: {}", source.unwrap_or_default())
        }
    }
}

fn query(package: &Utf8Path, arguments: &[&str]) -> String {
    with(package, &[&["-qp", "--nosignature"], arguments].concat())
}

#[test]
fn an_rpm_package_holds_the_payload_as_it_is() {
    let place = place();
    let (mut payload, shell) = payload(&place.root);
    // Long enough to be compressed for itself, and of a length that takes bytes to fill up.
    let large = payload.layout.site_packages().join("large é.so");
    fs_err::write(&large, vec![7; (8 << 20) + 3]).unwrap();
    let digest = tree_digest(&payload.layout.site_packages()).unwrap();
    payload.manifest.digests.insert("site-packages".to_owned(), digest);
    let output = place.root.join("output");
    let scratch = Scratch::new(&place.root.join("cache"));
    let package = Package { store: Some(&scratch), ..package_of(&payload, &shell, &output) };
    for (round, compression) in
        [Compression::default(), Compression::Gzip, Compression::default()].into_iter().enumerate()
    {
        let artifact = rpm(&package, compression);
        assert_eq!(artifact.path, output.join("elan-1.0~rc1-1.x86_64.rpm"));
        assert_eq!(artifact.bytes, fs_err::metadata(&artifact.path).unwrap().len());
        let checked = with(&artifact.path, &["-K", "--nosignature"]);
        assert!(checked.ends_with(": digests OK\n"), "{checked}");
        let root = place.root.join(format!("unpacked {round}"));
        fs_err::create_dir(&root).unwrap();
        let unpack = format!(
            "rpm2cpio '{}' | cpio --quiet -id",
            artifact.path.as_str().replace('\'', r"'\''")
        );
        Tool::new(find("sh").unwrap())
            .args(["-c", &unpack])
            .directory(&root)
            .run(&mut |_, _| {})
            .unwrap();
        let unpacked = root.join("usr/lib/elan/payload");
        let whole = tree_digest(payload.layout.root()).unwrap();
        assert_eq!(tree_digest(&unpacked).unwrap(), whole, "{compression:?}");
        assert_eq!(run(root.join("usr/bin/elan").as_str(), &[]), "I am Python\n");
    }
    // The content of the large file is the Debian package's too.
    deb(&package, Compression::default(), &Quiet).unwrap();
    let contents = scratch.names().iter().filter(|name| name.starts_with("content-")).count();
    assert_eq!(contents, 2, "once for each compression");
    let root = place.root.join("installed");
    let path = output.join("elan_1.0~rc1_amd64.deb");
    run("dpkg-deb", &["-x", path.as_str(), root.as_str()]);
    let installed = root.join("usr/lib/elan/payload");
    assert_eq!(tree_digest(&installed).unwrap(), tree_digest(payload.layout.root()).unwrap());
}

#[test]
fn rpm_shows_what_a_package_is_and_asks_for() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let mut package = package_of(&payload, &shell, &output);
    package.needs.packages = vec![SystemPackage::new("libgl1 | libgl1-mesa-glx")];
    package.needs.wishes = vec![SystemPackage::new("ffmpeg")];
    let path = rpm(&package, Compression::default()).path;
    let shown = query(&path, &["-i", "--requires", "--recommends", "--conflicts", "--provides"]);
    // The size is that of the icons, nearly all of it; times are shown where rpm is asked.
    insta::with_settings!({ filters => vec![
        (r"Size        : \d+", "Size        : [BYTES]"), (r"Build Date  : .*", "Build Date  : [TIME]"),
    ] }, { insta::assert_snapshot!(shown) });
    assert_eq!(query(&path, &["--scripts", "--triggers"]), "", "nothing of ours runs as root");
    let changes = query(&path, &["--changelog"]);
    assert!(
        changes.starts_with("* Wed Jan 01 2025 Zoë Inc. <zoe@example.org> - 1.0~rc1-1\n"),
        "{changes}"
    );
    assert_eq!(query(&path, &["-L"]), "/usr/share/licenses/elan/LICENSE\n");
    let listed = query(&path, &["-l"]);
    let folders = ["/usr", "/usr/bin", "/usr/share/applications", "/usr/share/licenses"];
    assert!(listed.lines().all(|line| !folders.contains(&line)), "of the system: {listed}");
}

#[test]
fn rpm_installs_checks_upgrades_and_removes_a_package() {
    let place = place();
    let (mut payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let old = rpm(&package_of(&payload, &shell, &output), Compression::default()).path;
    if run("id", &["-u"]).trim() != "0" {
        // Files that belong to root can only be made by root.
        return;
    }
    let root = place.root.join("root");
    // It has none of what a package asks for.
    let option = format!("--root={root}");
    let on = |arguments: &[&str]| run("rpm", &[&[option.as_str()], arguments].concat());
    on(&["--initdb"]);
    with(&old, &[&option, "--nodeps", "-i"]);
    let installed = root.join("usr/lib/elan/payload");
    run("diff", &["-r", installed.as_str(), payload.layout.root().as_str()]);
    assert_eq!(on(&["-V", "--nodeps", "elan"]), "", "every file is as the package says");
    assert_eq!(run(root.join("usr/bin/elan").as_str(), &[]), "I am Python\n");

    // The release that the last one came before, without a file that it had.
    fs_err::remove_file(payload.layout.app().join("empty.csv")).unwrap();
    payload.manifest.app.version = "1.0".to_owned();
    let new = rpm(&package_of(&payload, &shell, &output), Compression::default()).path;
    with(&new, &[&option, "--nodeps", "-U"]);
    assert_eq!(on(&["-q", "elan"]), "elan-1.0-1.x86_64\n");
    run("diff", &["-r", installed.as_str(), payload.layout.root().as_str()]);
    on(&["-e", "elan"]);
    for gone in ["usr/lib/elan", "usr/bin/elan", "usr/share/licenses/elan"] {
        assert!(root.join(gone).symlink_metadata().is_err(), "{gone}");
    }
}

/// What rpm's checker says of nearly every app, and why it has to be so.
const ACCEPTED: [(&str, &str); 8] = [
    ("invalid-license", "under which terms an app is, its publisher says; no list has that"),
    ("manpage-not-compressed", "the checker wants bzip2, and distributions take gzip"),
    ("no-manual-page-for-binary", "it does not see that the page is there, compressed by gzip"),
    ("no-signature", "signing is for who hands it out"),
    ("no-url-tag", "an app need not have a page"),
    ("no-binary", "the test's shell is a script"),
    ("only-non-binary-in-usr-lib", "the test's shell is a script"),
    ("zero-length", "payloads are as they are"),
];

#[test]
fn the_checker_of_rpm_finds_nothing_that_is_not_accepted() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let path = rpm(&package_of(&payload, &shell, &output), Compression::default()).path;
    let checker = Tool::new(find("rpmlint").unwrap())
        .arg(path.as_str())
        .env("LC_ALL", "C.UTF-8")
        .env("XDG_CACHE_HOME", place.root.join("cache"));
    let mut report = String::new();
    // What it finds decides how it ends.
    let _ = checker.run(&mut |_, line| report.extend([line, "\n"]));
    assert!(report.contains("checks: ") && report.contains("packages: 1"), "{report}");
    let found: Vec<_> = report
        .lines()
        .filter(|line| line.contains(": W: ") || line.contains(": E: "))
        .filter(|line| !ACCEPTED.iter().any(|(name, _)| line.contains(&format!(": {name}"))))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_file_that_no_field_can_hold_is_an_error() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let large = payload.layout.app().join("model.bin");
    // Of nothing but holes, so that it takes no room.
    fs_err::File::create(&large).unwrap().set_len(1 << 32).unwrap();
    let package = package_of(&payload, &shell, &output);
    let error = make("rpm", &package, Compression::default(), &Quiet).unwrap_err();
    insta::assert_snapshot!(error, @"`usr/lib/elan/payload/app/model.bin` is too large for an RPM package, whose files have at most 4294967295 bytes");
    assert_eq!(fs_err::read_dir(&output).unwrap().count(), 0, "nothing is left");
}

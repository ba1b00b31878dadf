//! Packages are made from a small payload and read by the system's own tools.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use waterskin_bundle::{Manifest, Payload, SystemPackage, tree_digest};
use waterskin_process::{Tool, find};

use scratch::Scratch;

use super::*;
use crate::about::{maintainer, synopsis};
use crate::appimage::AppImageOptions;
use crate::deb::{DebOptions, control, copyright};
use crate::freedesktop::{desktop, metainfo};

mod appimage;
mod rpm;
#[path = "../tests/support/scratch.rs"]
pub(crate) mod scratch;

/// What no author should write, and every format must bear.
const NAME: &str = "Élan & <Co> \"100 %\" \\ it's\n数据";

pub(crate) struct Place {
    _folder: tempfile::TempDir,
    pub(crate) root: Utf8PathBuf,
}

pub(crate) fn place() -> Place {
    let folder = tempfile::Builder::new().prefix("mon dossier d'été 数 ").tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().to_owned()).unwrap();
    Place { _folder: folder, root }
}

pub(crate) fn write(path: &Utf8Path, content: &str) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, content).unwrap();
}

pub(crate) fn program(path: &Utf8Path, content: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    write(path, content);
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o750)).unwrap();
}

pub(crate) fn manifest() -> Manifest {
    let text = serde_json::json!({
        "schema": 1,
        "app": {
            "id": "org.example.elan", "name": NAME, "package": "elan", "version": "1.0rc1",
            "summary": "Sells & counts <everything>", "publisher": "Zoë, Inc. <zoe@example.org>"
        },
        "entry": "app é.py",
        "python": {
            "version": "3.11.7", "triple": "x86_64-unknown-linux-gnu",
            "executable": "python/bin/python3.11", "source": "relocated"
        },
        "streamlit": { "version": "1.67.0" },
        "shell": { "version": "0.1.0" },
        "minimum": { "glibc": "2.35", "webkitgtk": "2.40" },
        "digests": {}
    });
    Manifest::parse(&text.to_string()).unwrap()
}

/// A payload with every kind of thing that a real one has, and the shell beside it.
pub(crate) fn payload(root: &Utf8Path) -> (Payload, Utf8PathBuf) {
    let payload = root.join("payload");
    // In no order of names: archives must not show it.
    let long = "a".repeat(120);
    write(&payload.join("site-packages/streamlit/static/index.html"), "<html></html>");
    write(&payload.join(format!("site-packages/{long}/{long}.py")), "long = 1\n");
    write(&payload.join("app/app é.py"), "import streamlit\n");
    write(&payload.join("app/empty.csv"), "");
    write(&payload.join("app/__pycache__/app é.cpython-311.pyc"), "bytecode");
    program(&payload.join("python/bin/python3.11"), "#!/bin/sh\necho 'I am Python'\n");
    fs_err::os::unix::fs::symlink("python3.11", payload.join("python/bin/python3")).unwrap();
    write(&payload.join("manifest.json"), &manifest().to_json());
    let shell = root.join("the shell");
    program(
        &shell,
        "#!/bin/sh\nexec \"$(dirname \"$(readlink -f \"$0\")\")/payload/python/bin/python3\"\n",
    );
    (Payload::open(&payload).unwrap(), shell)
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Tool::new(find(program).unwrap_or_else(|| panic!("`{program}` is not here")))
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .run(&mut |_, _| {});
    match output {
        Ok(output) => output.stdout,
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            panic!("{error}: {}", source.unwrap_or_default())
        }
    }
}

/// What a test makes an installer of.
#[derive(Clone)]
pub(crate) struct Package<'a> {
    pub(crate) payload: &'a Payload,
    pub(crate) shell: &'a Utf8Path,
    pub(crate) icon: Option<&'a Utf8Path>,
    pub(crate) needs: Needs,
    pub(crate) output: &'a Utf8Path,
    pub(crate) store: Option<&'a Scratch>,
    pub(crate) sign: Option<Signer>,
}

/// What most tests make an installer of.
pub(crate) fn package_of<'a>(
    payload: &'a Payload,
    shell: &'a Utf8Path,
    output: &'a Utf8Path,
) -> Package<'a> {
    let minimum = &payload.manifest.minimum;
    let (glibc, webkitgtk) = (minimum.glibc.clone(), minimum.webkitgtk.clone());
    let needs = Needs { glibc, webkitgtk, ..Needs::default() };
    Package { payload, shell, icon: None, needs, output, store: None, sign: None }
}

pub(crate) fn make(
    format: &str,
    package: &Package<'_>,
    compression: Compression,
    progress: &dyn Progress,
) -> Result<Artifact, FormatError> {
    // A small program that ends where its file does.
    let runtime = Utf8PathBuf::from_path_buf(find("true").unwrap()).ok();
    let options = FormatOptions {
        deb: DebOptions { compression },
        appimage: AppImageOptions { runtime },
        sign: package.sign.clone(),
        ..FormatOptions::default()
    };
    make_with(format, package, &options, progress)
}

fn make_with(
    format: &str,
    package: &Package<'_>,
    options: &FormatOptions,
    progress: &dyn Progress,
) -> Result<Artifact, FormatError> {
    let program = Program { file: package.shell, libraries: Vec::new() };
    let tree = InstallTree::new(package.payload, program, package.icon, package.needs.clone())?;
    let folder = tempfile::tempdir().unwrap();
    let own = Scratch::new(Utf8Path::from_path(folder.path()).unwrap());
    let (output, store) = (package.output, package.store.unwrap_or(&own));
    format_named(format).unwrap().write(&tree, &Job { output, options, store, progress })
}

pub(crate) fn deb(
    package: &Package<'_>,
    compression: Compression,
    progress: &dyn Progress,
) -> Result<Artifact, FormatError> {
    make("deb", package, compression, progress)
}

pub(crate) fn tar_gz(
    package: &Package<'_>,
    progress: &dyn Progress,
) -> Result<Artifact, FormatError> {
    make("tar.gz", package, Compression::default(), progress)
}

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
fn kept_layers_give_the_same_bytes_and_are_made_once() {
    let place = place();
    let (mut payload, shell) = payload(&place.root);
    let layout = payload.layout.clone();
    for (name, tree) in [("python", layout.python()), ("site-packages", layout.site_packages())] {
        payload.manifest.digests.insert(name.to_owned(), tree_digest(&tree).unwrap());
    }
    let output = place.root.join("output");
    fs_err::create_dir(&output).unwrap();
    let scratch = Scratch::new(&place.root.join("cache"));
    let all = |store| {
        let package = Package { store, ..package_of(&payload, &shell, &output) };
        let made = [
            deb(&package, Compression::Zstd(1), &Quiet).unwrap(),
            make("rpm", &package, Compression::Zstd(1), &Quiet).unwrap(),
            tar_gz(&package, &Quiet).unwrap(),
        ];
        made.map(|artifact| fs_err::read(artifact.path).unwrap())
    };
    let kept = || scratch.names();
    let cold = all(Some(&scratch));
    let after_cold = kept();
    assert_eq!(after_cold.iter().filter(|name| name.starts_with("layer-")).count(), 9);
    assert!(all(Some(&scratch)) == cold, "from the cache");
    assert_eq!(kept(), after_cold, "nothing is made again");
    assert!(all(None) == cold, "with another store");

    // Only the app's own file differs, so no layer is made anew.
    write(&layout.app().join("app é.py"), "import streamlit as st\n");
    assert!(all(Some(&scratch)) != cold);
    assert_eq!(kept(), after_cold);
    assert_eq!(fs_err::read_dir(&output).unwrap().count(), 3, "nothing else is left");
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

#[test]
fn the_same_payload_gives_the_same_bytes() {
    let formats: [fn(&Package<'_>) -> Artifact; 5] = [
        |package| deb(package, Compression::Zstd(3), &Quiet).unwrap(),
        |package| deb(package, Compression::Gzip, &Quiet).unwrap(),
        |package| make("rpm", package, Compression::Zstd(3), &Quiet).unwrap(),
        |package| make("AppImage", package, Compression::Zstd(3), &Quiet).unwrap(),
        |package| tar_gz(package, &Quiet).unwrap(),
    ];
    for make in formats {
        let made = [place(), place()].map(|place| {
            let (payload, shell) = payload(&place.root);
            let package = package_of(&payload, &shell, &place.root);
            let path = make(&package).path;
            (path.file_name().unwrap().to_owned(), fs_err::read(&path).unwrap())
        });
        assert!(made[0] == made[1], "{} differs", made[0].0);
    }
}

#[test]
fn an_archive_runs_where_it_is_unpacked() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let package = package_of(&payload, &shell, &output);
    let artifact = tar_gz(&package, &Quiet).unwrap();
    assert_eq!(artifact.path, output.join("elan-1.0rc1-linux-x86_64.tar.gz"));
    // The line that people are told to type.
    let printed = Tool::new(find("sh").unwrap())
        .args(["-c", &artifact.install])
        .directory(&place.root)
        .run(&mut |_, _| {})
        .unwrap();
    assert_eq!(printed.stdout, "I am Python\n");
    let unpacked = place.root.join("elan-1.0rc1");
    assert_eq!(
        tree_digest(&unpacked.join("payload")).unwrap(),
        tree_digest(payload.layout.root()).unwrap()
    );
    insta::assert_snapshot!(fs_err::read_to_string(unpacked.join("README.txt")).unwrap());
}

#[test]
fn the_program_in_an_archive_is_called_as_its_system_calls_programs() {
    for (triple, platform, program, word) in [
        ("x86_64-unknown-linux-gnu", "linux-x86_64", "elan", "WebKitGTK"),
        ("aarch64-unknown-linux-gnu", "linux-aarch64", "elan", "WebKitGTK"),
        ("x86_64-pc-windows-msvc", "windows-x86_64", "elan.exe", "WebView2"),
        ("aarch64-apple-darwin", "macos-arm64", "elan", "To remove"),
    ] {
        let place = place();
        let (mut payload, shell) = payload(&place.root);
        payload.manifest.python.triple = triple.to_owned();
        let output = place.root.join("output");
        let artifact = tar_gz(&package_of(&payload, &shell, &output), &Quiet).unwrap();
        assert_eq!(artifact.path, output.join(format!("elan-1.0rc1-{platform}.tar.gz")));
        let names = run("tar", &["-tzf", artifact.path.as_str()]);
        let top: Vec<_> = names.lines().filter_map(|it| it.strip_prefix("elan-1.0rc1/")).collect();
        assert!(top.contains(&program) && top.contains(&"payload/manifest.json"), "{names}");
        assert!(artifact.install.ends_with(program) || program.ends_with("exe"), "{artifact:?}");
        let readme = run("tar", &["-xOzf", artifact.path.as_str(), "elan-1.0rc1/README.txt"]);
        let names_program = readme.contains(&format!("`{program}`"));
        assert!(names_program && readme.contains(word), "{readme}");
        assert_eq!(readme.contains("apt"), platform.starts_with("linux"), "{readme}");
    }
}

#[test]
fn progress_adds_up_to_what_was_announced() {
    #[derive(Default)]
    struct Sum(std::sync::atomic::AtomicU64, std::sync::atomic::AtomicU64);
    impl Progress for Sum {
        fn begin(&self, bytes: u64) {
            self.0.store(bytes, std::sync::atomic::Ordering::Relaxed);
        }
        fn advance(&self, units: u64) {
            self.1.fetch_add(units, std::sync::atomic::Ordering::Relaxed);
        }
        fn note(&self, _: &str) {}
    }
    let place = place();
    let (payload, shell) = payload(&place.root);
    let package = package_of(&payload, &shell, &place.root);
    let sum = Sum::default();
    deb(&package, Compression::default(), &sum).unwrap();
    let (total, done) = (sum.0.into_inner(), sum.1.into_inner());
    assert!(total > 0);
    assert_eq!(total, done);
}

#[test]
fn a_failure_leaves_nothing_behind() {
    let place = place();
    let (payload, shell) = payload(&place.root);
    let output = place.root.join("output");
    let package = package_of(&payload, &shell, &output);
    let failures: [(&str, Package<'_>); 2] = [
        (
            "a shell that is not there",
            Package { shell: Utf8Path::new("/nonexistent"), ..package.clone() },
        ),
        ("an icon that is no picture", Package { icon: Some(&shell), ..package.clone() }),
    ];
    for (what, package) in failures {
        assert!(deb(&package, Compression::default(), &Quiet).is_err(), "{what}");
        let left = fs_err::read_dir(&output).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{what}");
    }
    // A full disk.
    let full = Package { output: Utf8Path::new("/dev/full/output"), ..package.clone() };
    assert!(tar_gz(&full, &Quiet).is_err());
    let mut foreign = payload.clone();
    foreign.manifest.python.triple = "m68k-unknown-linux-gnu".to_owned();
    insta::assert_snapshot!(
        deb(&Package { payload: &foreign, ..package }, Compression::Gzip, &Quiet).unwrap_err(),
        @"there are no Debian packages for `m68k-unknown-linux-gnu`"
    );
}

#[test]
fn what_people_read() {
    let manifest = manifest();
    insta::assert_snapshot!("desktop", desktop::desktop(&manifest.app));
    insta::assert_snapshot!(
        "metainfo",
        metainfo::metainfo(&manifest.app, "1.0~rc1", 1_735_689_600)
    );
    insta::assert_snapshot!("copyright", copyright::copyright(&manifest, 1_735_689_600));
    let documents = Documents {
        time: 1_735_689_600,
        change: format!("Version 1.0rc1 of {}.", NAME.replace('\n', " ")),
        licences: String::new(),
        sbom: String::new(),
    };
    insta::assert_snapshot!("changelog", copyright::changelog(&manifest, &documents));
    insta::assert_snapshot!("manual", manual::manual(&manifest.app));
    let mut bare = manifest;
    bare.app.publisher = String::new();
    bare.app.summary = String::new();
    assert!(maintainer(&bare.app).ends_with("authors <noreply@elan.example.org>"));
    bare.app.id = "local.waterskin.elan".parse().unwrap();
    insta::assert_snapshot!("control", control::control(&bare, "amd64", 1234, "libc6", &[]));
    for (publisher, expected) in [
        ("zoe@example.org", "The Élan & Co \"100 %\" \\ it's 数据 authors <zoe@example.org>"),
        ("Zoë", "Zoë <noreply@example.org>"),
        ("Zoë <no address>", "Zoë <noreply@example.org>"),
    ] {
        bare.app.publisher = publisher.to_owned();
        assert_eq!(maintainer(&bare.app), expected);
    }
}

#[test]
fn the_line_in_lists_says_more_than_the_name() {
    let mut manifest = manifest();
    manifest.app.name = "Élan".to_owned();
    for (summary, expected) in [
        ("", "Desktop app made with Streamlit"),
        ("Élan", "Desktop app made with Streamlit"),
        ("Charts", "Desktop app made with Streamlit: Charts"),
        ("elan for all", "Desktop app made with Streamlit: elan for all"),
        ("Counts what is sold.", "Counts what is sold"),
    ] {
        manifest.app.summary = summary.to_owned();
        assert_eq!(synopsis(&manifest.app), expected);
    }
}

#[test]
fn icons_from_every_kind_of_picture() {
    let place = place();
    let wide = place.root.join("wide é.svg");
    write(
        &wide,
        "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100'>\
         <rect width='200' height='100' fill='#f00'/></svg>",
    );
    let small = place.root.join("small.png");
    image::RgbaImage::from_pixel(3, 6, image::Rgba([0, 0, 255, 255])).save(&small).unwrap();
    for (source, middle, empty) in
        [(Some(&*wide), [255, 0, 0, 255], (32, 2)), (Some(&*small), [0, 0, 255, 255], (2, 32))]
    {
        let png = Picture::of(source, "x").unwrap().png(64).unwrap();
        let icon = image::load_from_memory(&png).unwrap().into_rgba8();
        assert_eq!(icon.dimensions(), (64, 64));
        assert_eq!(icon.get_pixel(32, 32).0, middle);
        assert_eq!(icon.get_pixel(empty.0, empty.1).0[3], 0, "nothing is around the picture");
    }
    for name in ["Hello", "数", "…"] {
        let png = Picture::of(None, name).unwrap().png(16).unwrap();
        let icon = image::load_from_memory(&png).unwrap().into_rgba8();
        assert!(icon.pixels().any(|pixel| pixel.0[..3] == [255, 255, 255] || pixel.0[0] > 200));
    }
    assert!(matches!(Picture::of(None, "x").unwrap().png(0), Err(PictureError::Size { .. })));
    for (name, expected) in [("bad.svg", "drawing"), ("bad.png", "picture")] {
        let path = place.root.join(name);
        write(&path, "no picture");
        let error = Picture::of(Some(&path), "x").unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(matches!(Picture::of(Some("/none.png".into()), "x"), Err(PictureError::Read { .. })));
}

//! Memory is flat in the size of what is packed. In a file of its own, since it measures its process.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test fails so")]

use std::io::Write as _;

use camino::Utf8Path;
use scratch::Scratch;
use waterskin_bundle::{Manifest, Payload, tree_digest};
use waterskin_installers::{
    Compression, Format, FormatOptions, InstallTree, Job, Needs, Program, Quiet,
    appimage::AppImageOptions, deb::DebOptions, format_named, formats_for,
};
use waterskin_process::{Tool, find};

#[expect(dead_code, reason = "shared with the other tests, which use more of it")]
#[path = "support/scratch.rs"]
mod scratch;

#[path = "support/mach_o.rs"]
mod mach_o;

/// The length of each of the four large files, in bytes: together they are more than may be held.
const LARGE: usize = 64 << 20;

/// The most that a build may take on a machine with two processors, and what each further one adds.
const BOUND: usize = 220 << 20;
const EACH: usize = 56 << 20;

/// The most memory that this process has had resident since that was forgotten, in bytes.
fn peak() -> usize {
    let status = fs_err::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<usize>().unwrap() << 10
}

/// Writes a file that compresses to about `share` of 256, which takes the less time the smaller it is.
fn write(path: &Utf8Path, share: u64) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = std::io::BufWriter::new(fs_err::File::create(path).unwrap());
    let mut state = share;
    for _ in 0..LARGE / 8 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word = if state >> 56 < share { state } else { 0x2065_7461_7265_6874 };
        file.write_all(&word.to_le_bytes()).unwrap();
    }
    file.flush().unwrap();
}

fn manifest() -> Manifest {
    let text = serde_json::json!({
        "schema": 1,
        "app": { "id": "org.example.big", "name": "Big", "package": "big", "version": "1.0" },
        "entry": "app.py",
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

#[test]
fn memory_does_not_grow_with_what_is_packed() {
    let folder = tempfile::Builder::new().prefix("größe é ").tempdir().unwrap();
    let root = Utf8Path::from_path(folder.path()).unwrap();
    let place = root.join("payload");
    let files = ["site-packages/noise.so", "site-packages/text.so", "site-packages/more.so"];
    for (file, share) in files.into_iter().chain(["app/model.bin"]).zip([24, 4, 12, 16]) {
        write(&place.join(file), share);
    }
    fs_err::create_dir_all(place.join("python/bin")).unwrap();
    fs_err::create_dir_all(place.join("site-packages/streamlit/static")).unwrap();
    for (file, text) in [
        ("site-packages/streamlit/static/index.html", "<html></html>"),
        ("python/bin/python3.11", "#!/bin/sh\n"),
        ("app/app.py", "import streamlit\n"),
        ("manifest.json", &manifest().to_json()),
    ] {
        fs_err::write(place.join(file), text).unwrap();
    }
    let mut payload = Payload::open(&place).unwrap();
    let digest = tree_digest(&payload.layout.site_packages()).unwrap();
    payload.manifest.digests.insert("site-packages".to_owned(), digest);
    let shell = root.join("shell");
    fs_err::write(&shell, "#!/bin/sh\n").unwrap();

    let program = Program { file: &shell, libraries: Vec::new() };
    let tree = InstallTree::new(&payload, program, None, Needs::default()).unwrap();
    let store = Scratch::new(&root.join("store"));
    let (output, options) = (
        root.join("output"),
        FormatOptions {
            // The stronger ones take more memory of their own, and `scripts/bench large` measures it.
            deb: DebOptions { compression: Compression::Zstd(1) },
            appimage: AppImageOptions { runtime: Some("/bin/true".into()) },
            ..FormatOptions::default()
        },
    );
    let job = Job { output: &output, options: &options, store: &store, progress: &Quiet };
    let processors = std::thread::available_parallelism().unwrap().get();
    let bound = BOUND + EACH * processors.saturating_sub(2);
    let check = |format: &dyn Format, tree: &InstallTree<'_>| {
        // What a format takes is measured for itself: this forgets the peak so far (proc(5)).
        fs_err::write("/proc/self/clear_refs", "5").unwrap();
        let artifact = format.write(tree, &job).unwrap();
        assert!(artifact.bytes > LARGE as u64 / 16, "{artifact:?}");
        let (name, peak) = (format.name(), peak());
        println!("{name}: {} MB", peak >> 20);
        assert!(peak < bound, "{name}: {} MB of {}", peak >> 20, bound >> 20);
    };
    for format in formats_for(&tree.target) {
        check(format, &tree);
    }

    // Of those for Windows, `makensis` makes one, in a process of its own.
    payload.manifest.python.triple = "x86_64-pc-windows-msvc".to_owned();
    let source = root.join("program.c");
    fs_err::write(&source, "int main(void) { return 0; }\n").unwrap();
    let shell = root.join("shell.exe");
    Tool::new(find("x86_64-w64-mingw32-gcc").unwrap())
        .args(["-o", shell.as_str(), source.as_str()])
        .run(&mut |_, _| {})
        .unwrap();
    let program = Program { file: &shell, libraries: Vec::new() };
    let tree = InstallTree::new(&payload, program, None, Needs::default()).unwrap();
    check(format_named("msi").unwrap(), &tree);
    check(format_named("zip").unwrap(), &tree);

    let shell = root.join("shell for a Mac");
    fs_err::write(&shell, mach_o::program(3, None)).unwrap();
    payload.manifest.python.triple = "aarch64-apple-darwin".to_owned();
    let program = Program { file: &shell, libraries: Vec::new() };
    let tree = InstallTree::new(&payload, program, None, Needs::default()).unwrap();
    check(format_named("dmg").unwrap(), &tree);
}

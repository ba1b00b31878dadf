//! Builds for other systems: what uv would fetch is made here, small.

use camino::Utf8PathBuf;

use crate::{
    context::{Context, OUTPUT, is_clear, names},
    machine,
    process::{Finished, Run},
};

/// A patch release that nobody has. What the cache keeps of it is these tests' own: another one after
/// each change of `foreign.py`.
const PATCH: u32 = 190;
const APP: &str = "import streamlit as st\nimport native\n";

/// What the wheel that stands in for Streamlit says that it is.
const STREAMLIT: &str = machine::STREAMLIT;

/// A project `elan` that takes all of its packages from the folder `wheels`, and places for what is
/// fetched.
struct Elsewhere {
    context: Context,
    minor: String,
    pythons: String,
}

impl Elsewhere {
    fn new() -> Self {
        let context = Context::new();
        let version = Run::new(machine::python())
            .args(["-c", "import sys; print(*sys.version_info[:2], sep='.')"]);
        let minor = version.finish().success().trim().to_owned();
        let pythons = fixture(&context, &["pythons", "pythons é", &format!("{minor}.{PATCH}")]);
        let made = Self { context, minor, pythons: pythons.trim().to_owned() };
        let tag = format!("cp{0}-cp{0}", made.minor.replace('.', ""));
        made.wheel(&[
            "streamlit",
            "1.67.0",
            "py3-none-any",
            "streamlit/__init__.py=",
            "streamlit/static/index.html=x",
        ]);
        for (platform, module) in [
            ("win_amd64", "native.pyd=MZ"),
            ("macosx_11_0_arm64", "native.so=x"),
            ("macosx_10_15_x86_64", "native.so=x"),
        ] {
            made.wheel(&[
                "native",
                "1.0",
                &format!("{tag}-{platform}"),
                module,
                "native-1.0.data/scripts/native=#!python",
            ]);
        }
        made.wheel(&["winthing", "1.0", "py3-none-any", "winthing.py="]);
        made.context.write(&[("elan/app.py", APP)]);
        made.requires("native\nwinthing ; sys_platform == 'win32'\n");
        made
    }

    fn wheel(&self, words: &[&str]) {
        fixture(&self.context, &[&["wheel", "wheels"], words].concat());
    }

    fn requires(&self, lines: &str) {
        let list = format!("--no-index\n--find-links ../wheels\nstreamlit=={STREAMLIT}\n{lines}");
        self.context.write(&[("elan/requirements.txt", &list)]);
    }

    /// The wheel of the shell, as a release makes it, of a stand-in for its program.
    fn shell(&self, tag: &str, program: &str) {
        let source = format!(
            "{}/../../../packaging/wheels/shell",
            std::env::var("CARGO_MANIFEST_DIR").unwrap()
        );
        let work = self.context.work();
        let sbom = work.join("shell.cdx.json");
        self.context.write(&[(program, "a stand-in"), ("shell.cdx.json", "{}")]);
        Run::new(machine::uv())
            .args([
                "build",
                "--quiet",
                "--wheel",
                "--no-create-gitignore",
                "--out-dir",
                "shells é",
                &source,
            ])
            .envs(machine::settings())
            .env("WATERSKIN_PROGRAM", work.join(program).as_str())
            .env("WATERSKIN_TAG", tag)
            .env("WATERSKIN_SBOM", sbom.as_str())
            .directory(&work)
            .finish()
            .success();
    }

    fn build(&self, arguments: &str) -> Finished {
        // The Python of this machine is laid down once for all tests; those of other systems are in a
        // folder of their own.
        let cache = self.context.root.join("cache");
        let shared = machine::cache().join("packager");
        fs_err::create_dir_all(&shared).unwrap();
        fs_err::create_dir_all(&cache).unwrap();
        let kept = cache.join("packager");
        if !kept.exists() {
            fs_err::os::unix::fs::symlink(&shared, &kept).unwrap();
        }
        self.context
            .real_build_in(&cache, "elan")
            .args(arguments.split(' ').filter(|it| !it.is_empty()))
            .args(["--find-links", "shells é"])
            .env("UV_PYTHON_DOWNLOADS_JSON_URL", &self.pythons)
            .finish()
    }

    fn entries(&self, archive: &str) -> String {
        let archive = self.context.work().join(OUTPUT).join(archive);
        let list = Run::new("tar").args(["-tvzf", archive.as_str()]);
        list.env("PATH", "/usr/bin:/bin").finish().success()
    }
}

/// What `foreign.py` prints when it makes this in `work`.
fn fixture(context: &Context, words: &[&str]) -> String {
    let script = Utf8PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
        .join("tests/command/foreign.py");
    let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    words[1] = context.work().join(&words[1]).into_string();
    let run =
        Run::new(machine::python()).args([script.as_str()]).args(words.iter().map(String::as_str));
    run.finish().success()
}

#[test]
fn two_systems_from_one_machine() {
    let made = Elsewhere::new();
    made.shell("py3-none-win_amd64", "waterskin-shell.exe");
    made.shell("py3-none-macosx_11_0_arm64", "waterskin-shell");
    let finished = made.build("--target windows-x86_64 --target macos-arm64");
    assert_eq!(finished.code, Some(0), "{finished}");
    assert!(finished.stderr.contains("windows-x86_64: installing packages ("), "{finished}");
    assert!(finished.stderr.contains("note: the app for macos-arm64 was not tried"), "{finished}");
    assert!(
        finished.stderr.contains("Elan 1.0.0 for windows-x86_64 with Streamlit "),
        "{finished}"
    );
    let mut archives = names(&made.context.work().join(OUTPUT));
    // What is inside of each stands beside it.
    archives.retain(|name| name.ends_with(".tar.gz"));
    assert_eq!(
        archives,
        ["elan-app-1.0.0-macos-arm64.tar.gz", "elan-app-1.0.0-windows-x86_64.tar.gz"]
    );

    let minor = &made.minor;
    let pyc = format!("os.cpython-{}.pyc", minor.replace('.', ""));
    let has = |archive: &str, there: &[&str], not: &[&str]| {
        let listed = made.entries(archive);
        let ends = |name: &str| listed.lines().any(|line| line.ends_with(&format!("/{name}")));
        for name in there {
            assert!(ends(name), "`{name}` in {listed}");
        }
        for name in not {
            assert!(!ends(name), "no `{name}` in {listed}");
        }
        listed
    };
    has(
        &archives[1],
        &[
            "elan-app.exe",
            "payload/python/python.exe",
            "payload/python/DLLs/_ssl.pyd",
            &format!("payload/python/Lib/__pycache__/{pyc}"),
            "payload/python/Lib/site-packages/waterskin.pth",
            "payload/site-packages/native.pyd",
            "payload/site-packages/winthing.py",
        ],
        &[
            "payload/python/DLLs/_tkinter.pyd",
            "payload/python/Scripts/pip.exe",
            "site-packages/bin/native",
            "Lib/test/big.py",
        ],
    );
    let listed = has(
        &archives[0],
        &[
            "elan-app",
            &format!("payload/python/bin/python{minor}"),
            &format!("payload/python/lib/python{minor}/__pycache__/{pyc}"),
            "payload/site-packages/native.so",
            "payload/site-packages/bin/native",
        ],
        &["payload/python/bin/pip3", "payload/site-packages/winthing.py"],
    );
    let mode =
        |name: &str| listed.lines().find(|line| line.ends_with(name)).unwrap()[..10].to_owned();
    assert_eq!(mode(&format!("bin/python{minor}")), "-rwxr-xr-x");
    assert_eq!(mode("/elan-app"), "-rwxr-xr-x");
    assert!(listed.contains(&format!("bin/python3 -> python{minor}")), "{listed}");
}

#[test]
fn all_that_systems_lack_is_told_before_anything_is_made() {
    let made = Elsewhere::new();
    let tag = format!("cp{0}-cp{0}-manylinux_2_17_x86_64", made.minor.replace('.', ""));
    made.wheel(&["onlylinux", "1.0", &tag, "onlylinux.so=x"]);
    made.wheel(&["deeper", "1.0", &tag, "deeper.so=x"]);
    made.wheel(&["asks", "1.0", "py3-none-any", "asks.py=", "--", "deeper>=1"]);
    made.context.write(&[("elan/app.py", "import streamlit\nimport onlylinux, asks\n")]);
    made.requires("onlylinux\nasks\n");
    made.shell("py3-none-win_amd64", "waterskin-shell.exe");
    made.shell("py3-none-macosx_11_0_arm64", "waterskin-shell");
    let finished = made.build("--target windows-x86_64 --target macos-arm64");
    is_clear(&finished);
    made.context.nothing_is_made();
    let told = finished.stderr.split("error: ").nth(1).unwrap();
    insta::assert_snapshot!(told, @r"
    not every package that the app needs is there for all systems
      windows-x86_64: `deeper`, which `asks` asks for: there are ready-made packages (wheels) of it for other systems alone
        choose a version of `asks` that does without it, or one of `deeper` that has a wheel
      windows-x86_64: `onlylinux`, which the project itself asks for: there are ready-made packages (wheels) of it for other systems alone
        choose another version, or write `onlylinux ; sys_platform != 'win32'` in `requirements.txt`: then it counts elsewhere alone
      macos-arm64: `deeper`, which `asks` asks for: there are ready-made packages (wheels) of it for other systems alone
        choose a version of `asks` that does without it, or one of `deeper` that has a wheel
      macos-arm64: `onlylinux`, which the project itself asks for: there are ready-made packages (wheels) of it for other systems alone
        choose another version, or write `onlylinux ; sys_platform != 'darwin' or platform_machine != 'arm64'` in `requirements.txt`: then it counts elsewhere alone
    hint: a wheel that was made on such a system is taken from a folder that `--find-links FOLDER` in `requirements.txt` names; or leave the system out, with `--target` for each of the others
    ");
    // Where the author says that it counts elsewhere alone, nothing is missing.
    made.wheel(&["asks", "2.0", "py3-none-any", "asks.py="]);
    made.context.write(&[("elan/app.py", "import streamlit\nimport asks\n")]);
    made.requires("onlylinux ; sys_platform != 'win32'\nasks\n");
    made.build("--target windows-x86_64").success();
}

#[test]
fn a_shell_of_another_version_is_none() {
    let made = Elsewhere::new();
    let words = ["wheel", "shells é", "waterskin_shell", "9.9.9", "py3-none-win_amd64"];
    let program = "waterskin_shell-9.9.9.data/scripts/waterskin-shell.exe=x";
    fixture(&made.context, &[&words[..], &[program]].concat());
    let finished = made.build("--target windows-x86_64");
    is_clear(&finished);
    made.context.nothing_is_made();
    let version = env!("CARGO_PKG_VERSION");
    let text =
        format!("error: there is no wheel of `waterskin-shell` {version} for windows-x86_64\n");
    assert!(finished.stderr.contains(&text), "{finished}");
    assert!(finished.stderr.contains("hint: each version of Waterskin takes the shells of its own version: name the folder that has the wheel with `--find-links`"), "{finished}");
}

#[test]
fn a_shell_for_another_system_in_the_wheel_is_refused() {
    let made = Elsewhere::new();
    made.shell("py3-none-win_amd64", "waterskin-shell");
    let finished = made.build("--target windows-x86_64");
    is_clear(&finished);
    assert!(
        finished.stderr.contains("is not right: there is no `waterskin-shell.exe` in it"),
        "{finished}"
    );
    made.context.nothing_is_made();
}

//! What the tests of installers for Windows have in common: a small payload for Windows, a program in
//! the shell's place, and a Windows to install them on.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use camino::{Utf8Path, Utf8PathBuf};
use walkdir::WalkDir;
use waterskin_bundle::{Manifest, Payload};
use waterskin_process::{Output, Tool, ToolError, find};

use crate::tests::scratch::Scratch;
use crate::{
    Artifact, FormatError, FormatOptions, InstallTree, Job, Needs, Program, Quiet, Signer,
    format_named,
};

/// What no author should write, and every installer must bear.
pub(crate) const NAME: &str = "Élan & <Co> \"100 %\" $INSTDIR ${NSISDIR} $(^Name) `it's\n数据";

/// The name of the file of its shortcut.
pub(crate) const SHORTCUT: &str = "Élan & Co 100 % $INSTDIR ${NSISDIR} $(^Name) `it's 数据.lnk";

/// Where programs of one user are, below the user's folder.
pub(crate) const PROGRAMS: &str = "AppData/Local/Programs";

/// The program that installers get in the shell's place, compiled into `root`.
pub(crate) fn shell(root: &Utf8Path) -> Utf8PathBuf {
    let source = root.join("stand-in.c");
    write(&source, include_str!("stand_in.c"));
    let program = root.join("the shell.exe");
    run(
        "x86_64-w64-mingw32-gcc",
        &[
            "-O1",
            "-s",
            "-municode",
            "-Wl,--no-insert-timestamp",
            "-o",
            program.as_str(),
            source.as_str(),
        ],
    );
    program
}

/// A payload for Windows of this version, with names of every kind.
pub(crate) fn payload(root: &Utf8Path, version: &str) -> Payload {
    let place = root.join(format!("payload {version}"));
    let long = "a".repeat(60);
    for (path, content) in [
        ("site-packages/streamlit/static/index.html", "<html></html>"),
        ("site-packages/naïve $pkg/it's `x` ${NSISDIR}.py", "quote = '\"'\n"),
        ("site-packages/F0000001.py", "short = 1\n"),
        ("python/python.exe", "MZ, one would think"),
        ("python/Lib/os.py", "name = 'nt'\n"),
        ("app/app é.py", "import streamlit\n"),
        ("app/数据/größe 1.csv", "a,b\n"),
        ("app/empty.csv", ""),
        (&format!("app/{long}/{long}.py"), "long = 1\n"),
        (&format!("app/of {version}/new.py"), "in this version alone\n"),
    ] {
        write(&place.join(path), content);
    }
    write(&place.join("app/version.txt"), version);
    write(&place.join("manifest.json"), &manifest(version).to_json());
    Payload::open(&place).unwrap()
}

fn manifest(version: &str) -> Manifest {
    let text = serde_json::json!({
        "schema": 1,
        "app": {
            "id": "org.example.elan", "name": NAME, "package": "elan", "version": version,
            "summary": "Sells & counts \"$everything\"", "publisher": "Zoë $0, \"Inc.\" <zoe@example.org>"
        },
        "entry": "app é.py",
        "python": {
            "version": "3.11.7", "triple": "x86_64-pc-windows-msvc",
            "executable": "python/python.exe", "source": "managed"
        },
        "streamlit": { "version": "1.67.0" },
        "shell": { "version": "0.1.0" },
        "digests": {}
    });
    Manifest::parse(&text.to_string()).unwrap()
}

/// Makes an installer; its folder has nothing else in it.
pub(crate) fn make(
    format: &str,
    payload: &Payload,
    shell: &Utf8Path,
    output: &Utf8Path,
) -> Result<Artifact, FormatError> {
    make_with(&FormatOptions::default(), format, payload, shell, output)
}

/// The same with what an author chose.
pub(crate) fn make_with(
    options: &FormatOptions,
    format: &str,
    payload: &Payload,
    shell: &Utf8Path,
    output: &Utf8Path,
) -> Result<Artifact, FormatError> {
    let program = Program { file: shell, libraries: Vec::new() };
    let tree = InstallTree::new(payload, program, None, Needs::default())?;
    let folder = tempfile::tempdir().unwrap();
    let store = Scratch::new(Utf8Path::from_path(folder.path()).unwrap());
    let job = Job { output, options, store: &store, progress: &Quiet };
    let made = format_named(format).unwrap().write(&tree, &job);
    let others = fs_err::read_dir(output).into_iter().flatten().flatten();
    let others = others.filter(|it| it.file_name().to_string_lossy().starts_with('.'));
    assert_eq!(others.count(), 0, "nothing else is left");
    made
}

/// A command that signs, and the certificate that says so.
pub(crate) fn signer(root: &Utf8Path) -> (Signer, Utf8PathBuf) {
    let [key, certificate] = ["key é.pem", "certificate.pem"].map(|name| root.join(name));
    let subject = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=Elan", "-days", "2"];
    let files = ["-keyout", key.as_str(), "-out", certificate.as_str()];
    run("openssl", &[&["req", "-x509"][..], &subject, &files].concat());
    let words = ["osslsigncode", "sign", "-key", key.as_str(), "-certs", certificate.as_str()];
    let words = words.iter().chain(&["-h", "sha256", "-in", "{file}", "-out", "{signed}"]);
    let words = words.map(|word| (*word).to_owned()).collect();
    (Signer { words, folder: root.to_owned() }, certificate)
}

/// Looks whether a file is signed and as it was then.
pub(crate) fn check_signature(file: &Utf8Path, certificate: &Utf8Path) {
    let verify = ["verify", "-CAfile", certificate.as_str(), "-in", file.as_str()];
    let said = run("osslsigncode", &verify);
    assert!(said.contains("Signature verification: ok"), "{file}: {said}");
}

pub(crate) fn write(path: &Utf8Path, content: &str) {
    fs_err::create_dir_all(path.parent().unwrap()).unwrap();
    fs_err::write(path, content).unwrap();
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let tool = Tool::new(find(program).unwrap_or_else(|| panic!("`{program}` is not here")));
    finish(tool.args(arguments).run(&mut |_, _| {})).stdout
}

fn finish(output: Result<Output, ToolError>) -> Output {
    output.unwrap_or_else(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        panic!("{error}: {}", source.unwrap_or_default())
    })
}

/// Every file below a folder with its content.
pub(crate) fn files(root: &Utf8Path) -> BTreeMap<String, Vec<u8>> {
    WalkDir::new(root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = Utf8Path::from_path(entry.path()).unwrap();
            (path.strip_prefix(root).unwrap().to_string(), fs_err::read(path).unwrap())
        })
        .collect()
}

/// A Windows on which programs run without a display. It takes a while to make, so all tests have one,
/// in the user's cache: one test after the other, each of which leaves it as it found it.
pub(crate) struct Wine {
    prefix: Utf8PathBuf,
    _lock: File,
}

impl Wine {
    pub fn take() -> Self {
        let cache = std::env::var("XDG_CACHE_HOME").ok().filter(|folder| !folder.is_empty());
        let cache = cache.or_else(|| Some(std::env::var("HOME").ok()? + "/.cache")).unwrap();
        let cache = Utf8PathBuf::from(cache).join("waterskin");
        fs_err::create_dir_all(&cache).unwrap();
        let lock = File::create(cache.join("wine.lock")).unwrap();
        lock.lock().unwrap();
        let wine = Self { prefix: cache.join("wine"), _lock: lock };
        let ready = wine.prefix.join("ready");
        if !ready.exists() {
            let _ = fs_err::remove_dir_all(&wine.prefix);
            fs_err::create_dir(&wine.prefix).unwrap();
            finish(wine.tool("wineboot").arg("--init").run(&mut |_, _| {}));
            wine.run(
                "reg",
                &["add", r"HKCU\Software\Wine\Drivers", "/v", "Graphics", "/d", "null"],
            );
            write(&ready, "");
        }
        for installed in [wine.of_user(PROGRAMS), wine.disk("Program Files")] {
            let _ = fs_err::remove_dir_all(installed.join("elan"));
        }
        wine
    }

    fn tool(&self, program: &str) -> Tool {
        Tool::new(find(program).unwrap_or_else(|| panic!("`{program}` is not here")))
            .env("WINEPREFIX", &self.prefix)
            .env("WINEDEBUG", "-all")
            .env("WINEARCH", "win64")
            // Neither .NET nor a browser's engine is asked for.
            .env("WINEDLLOVERRIDES", "mscoree,mshtml=")
            .env("LC_ALL", "C.UTF-8")
            .env("DISPLAY", "")
    }

    fn wine(&self, program: &str, arguments: &[&str]) -> Tool {
        self.tool("wine").arg(program).args(arguments)
    }

    /// Runs a program of Windows to its end, and what it started to theirs.
    pub fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = finish(self.wine(program, arguments).run(&mut |_, _| {}));
        finish(self.tool("wineserver").arg("--wait").run(&mut |_, _| {}));
        output.stdout
    }

    /// Runs one that fails; gives the code it ends with and what it says.
    pub fn fail(&self, program: &str, arguments: &[&str]) -> String {
        let error = self.wine(program, arguments).run(&mut |_, _| {}).unwrap_err();
        let source = std::error::Error::source(&error).map(ToString::to_string);
        format!("{error}: {}", source.unwrap_or_default())
    }

    /// Runs `meanwhile` beside a program that says when it is open; then waits for the program's end,
    /// where `meanwhile` does not end it.
    pub fn beside<T>(&self, program: &str, arguments: &[&str], meanwhile: impl FnOnce() -> T) -> T {
        let (says, said) = mpsc::channel();
        thread::scope(|scope| {
            let tool = self.wine(program, arguments);
            let opened =
                scope.spawn(move || tool.run(&mut |_, line| drop(says.send(line.to_owned()))));
            assert_eq!(said.recv_timeout(Duration::from_secs(60)).as_deref(), Ok("open"));
            let result = meanwhile();
            drop(opened.join().unwrap());
            result
        })
    }

    /// Ends every program on it.
    pub fn end(&self) {
        let _ = self.tool("wineserver").arg("--kill").run(&mut |_, _| {});
    }

    /// The values of a key of the registry by their names, without the letters that `reg` can't print.
    pub fn values(&self, key: &str) -> BTreeMap<String, String> {
        let query = self.wine("reg", &["query", key]).run(&mut |_, _| {});
        let printed = query.map(|output| output.stdout).unwrap_or_default();
        let value = |line: &str| {
            let (name, rest) = line.split_once("REG_")?;
            let value = rest.split_once(char::is_whitespace)?.1.trim();
            let value = value.chars().filter(|c| c.is_ascii() && *c != '?').collect::<String>();
            Some((name.trim().to_owned(), value.trim().to_owned()))
        };
        printed.lines().filter_map(value).collect()
    }

    /// A place on its disk.
    pub fn disk(&self, path: &str) -> Utf8PathBuf {
        self.prefix.join("drive_c").join(path)
    }

    /// The folder with this name in those of its one user.
    pub fn of_user(&self, path: &str) -> Utf8PathBuf {
        let users = self.disk("users");
        let name = users.read_dir_utf8().unwrap().map(|entry| entry.unwrap().path().to_owned());
        let own = name.into_iter().find(|user| user.file_name() != Some("Public")).unwrap();
        own.join(path)
    }
}

impl Drop for Wine {
    fn drop(&mut self) {
        self.end();
        if thread::panicking() {
            // Whatever a test that failed has left there is no other's.
            let _ = fs_err::remove_dir_all(&self.prefix);
        }
    }
}

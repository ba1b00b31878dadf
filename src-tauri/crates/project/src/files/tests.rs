use super::*;

struct Project {
    _dir: tempfile::TempDir,
    root: Utf8PathBuf,
}

fn project(files: &[(&str, &str)]) -> Project {
    let dir = tempfile::tempdir().unwrap();
    let root = Utf8PathBuf::from_path_buf(dir.path().join("Mein 'Projekt' é")).unwrap();
    for (name, text) in files {
        let path = root.join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    Project { _dir: dir, root }
}

impl Project {
    fn select(&self, include: &[&str], exclude: &[&str]) -> (Vec<String>, Vec<String>) {
        let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let found = ProjectFiles::select(&Selection {
            root: &self.root,
            outputs: &[&self.root.join("out put")],
            include: &owned(include),
            exclude: &owned(exclude),
            follow_links: false,
        })
        .unwrap();
        (
            found.files.iter().map(|file| file.path.to_string()).collect(),
            found.left_out.iter().map(|left| format!("{}: {}", left.path, left.reason)).collect(),
        )
    }
}

#[test]
fn the_app_comes_along_and_the_rest_is_said() {
    let project = project(&[
        ("app.py", "import streamlit"),
        (".streamlit/config.toml", "[theme]"),
        (".streamlit/secrets.toml", "key = 1"),
        ("pages/1_Übersicht.py", "x"),
        ("data/sales 2024.csv", "a,b"),
        ("static/logo.png", "png"),
        (".git/HEAD", "ref"),
        (".env", "TOKEN=1"),
        ("my env/pyvenv.cfg", "home"),
        ("my env/lib/x.py", "x"),
        ("__pycache__/app.cpython-311.pyc", "x"),
        ("dist/app.deb", "x"),
        ("out put/app.deb", "x"),
        ("account.json", "-----BEGIN PRIVATE KEY-----"),
    ]);
    let (files, left_out) = project.select(&[], &[]);
    assert_eq!(
        files,
        [
            ".streamlit/config.toml",
            "app.py",
            "data/sales 2024.csv",
            "pages/1_Übersicht.py",
            "static/logo.png"
        ]
    );
    assert_eq!(
        left_out,
        [
            ".env: may hold secrets",
            ".git/: version control",
            ".streamlit/secrets.toml: may hold secrets",
            "__pycache__/: a cache",
            "account.json: a private key",
            "dist/: the result of a build",
            "my env/: a virtual environment",
            "out put/: the result of a build",
        ]
    );
}

#[test]
fn the_author_takes_out_and_brings_back_but_never_secrets() {
    let project = project(&[
        ("app.py", "x"),
        ("notes/a.xlsx", "x"),
        ("notes/keep.xlsx", "x"),
        ("ca.pem", "-----BEGIN CERTIFICATE-----"),
        ("dist/model.bin", "x"),
        ("dist/app.deb", "x"),
        (".env", "x"),
        (".env.local", "x"),
        (".streamlit/secrets.toml", "x"),
        ("__pycache__/x.pyc", "x"),
    ]);
    let (files, left_out) = project.select(
        &[
            "ca.pem",
            "dist/model.bin",
            "/notes/keep.xlsx",
            ".env*",
            ".env",
            ".streamlit/secrets.toml",
            "__pycache__",
        ],
        &["*.xlsx"],
    );
    // Of what may hold secrets, a file of settings alone, and only by its very name.
    assert_eq!(files, [".env", "app.py", "ca.pem", "dist/model.bin", "notes/keep.xlsx"]);
    assert_eq!(
        left_out,
        [
            ".env.local: may hold secrets",
            ".streamlit/secrets.toml: may hold secrets",
            "__pycache__/: a cache",
            "dist/app.deb: the result of a build",
            "notes/a.xlsx: excluded in the settings",
        ]
    );
}

#[test]
fn a_wrong_pattern_is_named() {
    let project = project(&[("app.py", "x")]);
    let error = ProjectFiles::select(&Selection {
        root: &project.root,
        outputs: &[],
        include: &[],
        exclude: &["[z-a]".to_owned()],
        follow_links: false,
    })
    .unwrap_err();
    assert_eq!(error.to_string(), "`[z-a]` in `exclude` is not a pattern");
}

#[cfg(unix)]
#[test]
fn links_stay_links_inside_and_do_not_lead_out() {
    use std::os::unix::fs::symlink;
    let project = project(&[("app.py", "x"), ("data/a/b.csv", "x"), (".env", "x")]);
    let outside = project.root.parent().unwrap().join("outside.csv");
    fs_err::write(&outside, "secret").unwrap();
    let link = |target: &str, name: &str| symlink(target, project.root.join(name)).unwrap();
    link("data/a/b.csv", "b.csv");
    link(project.root.join("data").as_str(), "data/a/up");
    link("../outside.csv", "out.csv");
    link("../outside.csv", "wanted.csv");
    link("missing", "broken");
    link(".env", "env.txt");
    link("env.txt", "env2.txt");
    link(".", "loop");

    let found = ProjectFiles::select(&Selection {
        root: &project.root,
        outputs: &[],
        include: &["wanted.csv".to_owned()],
        exclude: &[],
        follow_links: false,
    })
    .unwrap();
    let links: Vec<_> = found
        .files
        .iter()
        .filter_map(|file| Some((file.path.as_str(), file.link.as_ref()?.as_str())))
        .collect();
    assert_eq!(links, [("b.csv", "data/a/b.csv"), ("data/a/up", ".."), ("loop", ".")]);
    let left_out: Vec<_> =
        found.left_out.iter().map(|left| format!("{}: {}", left.path, left.reason)).collect();
    assert_eq!(
        left_out,
        [
            ".env: may hold secrets",
            "broken: a link to nothing",
            "env.txt: a link to nothing",
            "env2.txt: a link to nothing",
            "out.csv: a link out of the project",
            "wanted.csv: a link out of the project",
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_out_are_followed_when_the_person_says_so_and_never_to_secrets() {
    use std::os::unix::fs::symlink;
    let key = "-----BEGIN ".to_owned() + "PRIVATE KEY-----";
    let project = project(&[("app.py", "x")]);
    let outside = project.root.parent().unwrap().canonicalize_utf8().unwrap();
    let write = |name: &str, text: &str| {
        fs_err::create_dir_all(outside.join(name).parent().unwrap()).unwrap();
        fs_err::write(outside.join(name), text).unwrap();
    };
    write("data.csv", "a,b");
    write("notes.txt", &key);
    write("auth.key", "x");
    write(".ssh/config", "Host x");
    write("folder/x.csv", "x");
    write("folder/deep/.env", "x");
    symlink("../x.csv", outside.join("folder/deep/link.csv")).unwrap();
    symlink("../folder", outside.join("folder/again")).unwrap();
    for (target, name) in [
        ("../data.csv", "data.csv"),
        ("../notes.txt", "notes.txt"),
        ("../auth.key", "auth.txt"),
        ("../.ssh/config", "config.txt"),
        ("../folder", "folder"),
        ("..", "above"),
        ("../.ssh", "keys"),
        ("/proc/self/environ", "environ.txt"),
        ("/dev/null", "null.txt"),
    ] {
        symlink(target, project.root.join(name)).unwrap();
    }
    let select = |follow_links| {
        ProjectFiles::select(&Selection {
            root: &project.root,
            outputs: &[],
            include: &["*".to_owned()],
            exclude: &[],
            follow_links,
        })
        .unwrap()
    };
    let of = |found: &ProjectFiles| {
        let lines = found.left_out.iter().map(|left| format!("{}: {}", left.path, left.reason));
        lines.collect::<Vec<_>>()
    };
    let found = select(true);
    let files: Vec<_> =
        found.files.iter().map(|file| (file.path.as_str(), file.from.as_deref())).collect();
    let data = outside.join("data.csv");
    let inner = outside.join("folder/x.csv");
    assert_eq!(
        files,
        [
            ("app.py", None),
            ("data.csv", Some(data.as_path())),
            ("folder/again", None),
            ("folder/deep/link.csv", None),
            ("folder/x.csv", Some(inner.as_path())),
        ]
    );
    assert_eq!(
        of(&found),
        [
            "above: a link out of the project",
            "auth.txt: a private key",
            "config.txt: may hold secrets",
            "environ.txt: no ordinary file",
            "folder/deep/.env: may hold secrets",
            "keys: may hold secrets",
            "notes.txt: a private key",
            "null.txt: a link out of the project",
        ]
    );
    let found = select(false);
    assert_eq!(found.files.len(), 1);
    assert!(of(&found).iter().all(|line| line.ends_with("a link out of the project")));
}

#[cfg(unix)]
#[test]
fn special_files_and_strange_names_are_said() {
    use std::os::unix::ffi::OsStrExt as _;
    let project = project(&[("app.py", "x")]);
    let _socket = std::os::unix::net::UnixListener::bind(project.root.join("s")).unwrap();
    let strange = std::ffi::OsStr::from_bytes(b"bad\xff.txt");
    std::fs::write(project.root.as_std_path().join(strange), "x").unwrap();
    let (files, left_out) = project.select(&[], &[]);
    assert_eq!(files, ["app.py"]);
    assert_eq!(left_out, ["bad\u{fffd}.txt: its name is not UTF-8", "s: no ordinary file"]);
}

#[test]
fn empty_folders_and_modules_without_a_source_come_along() {
    let project = project(&[
        ("app.py", "import fast, old"),
        ("fast.cpython-311-x86_64-linux-gnu.so", "ELF"),
        ("old.pyc", "x"),
        ("app.pyc", "x"),
        ("pkg/__pycache__/gone.cpython-311.pyc", "x"),
        ("data/full/a.csv", "1"),
        ("hidden/.env", "x"),
        (".git/HEAD", "x"),
        ("notes/x.txt", "x"),
    ]);
    for folder in ["data/leer é/in it", "uploads", ".venv"] {
        fs_err::create_dir_all(project.root.join(folder)).unwrap();
    }
    fs_err::write(project.root.join(".venv/pyvenv.cfg"), "").unwrap();
    let exclude = ["notes/".to_owned()];
    let selection = Selection {
        root: &project.root,
        outputs: &[],
        include: &["notes/keep/**".to_owned()],
        exclude: &exclude,
        follow_links: false,
    };
    let found = ProjectFiles::select(&selection).unwrap();
    let files: Vec<&str> = found.files.iter().map(|file| file.path.as_str()).collect();
    let expected = ["app.py", "data/full/a.csv", "fast.cpython-311-x86_64-linux-gnu.so", "old.pyc"];
    assert_eq!(files, expected);
    assert_eq!(found.folders, ["data/leer é/in it", "hidden", "pkg", "uploads"]);
}

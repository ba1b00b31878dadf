//! Whole builds with the real uv and a real interpreter. The first run downloads packages and
//! takes minutes; later ones find everything in the caches.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;
mod trim;

use camino::Utf8Path;
use support::{Folder, folder, names, report};
use waterskin_bundle::{Payload, tree_digest};
use waterskin_packager::{BuildError, Quiet, Settings, build, plan};
use waterskin_process::Tool;
use waterskin_streamlit::NEWEST_TESTED;

fn project() -> Folder {
    let folder = folder();
    folder.write(&[
        ("my_app é/app.py", "import streamlit as st\nimport pandas as pd\nimport helper\nst.title('hi')\nst.dataframe(pd.DataFrame())\n"),
        ("my_app é/helper.py", "VALUE = 1\n"),
        ("my_app é/pages/1_Übersicht.py", "import streamlit as st\n"),
        ("my_app é/data/x y.csv", "a,b\n"),
        ("my_app é/.streamlit/config.toml", "[theme]\nbase = 'dark'\n"),
        ("my_app é/.streamlit/secrets.toml", "token = 'x'\n"),
        ("my_app é/.env", "TOKEN=x\n"),
        ("my_app é/requirements.txt", "streamlit==[STREAMLIT]\npandas\n"),
    ]);
    folder
}

fn failure(settings: &Settings) -> (BuildError, String) {
    let plan = plan(settings).unwrap();
    let error = build(&plan, None, &Quiet).unwrap_err();
    let text = report(&error, error.hint());
    (error, text)
}

fn run_python(payload: &Payload, code: &str) -> String {
    Tool::new(payload.python().as_std_path())
        .args(["-I", "-c", code])
        .env_clear()
        .run(&mut |_, _| {})
        .unwrap()
        .stdout
}

#[test]
fn a_project_becomes_a_payload_that_runs() {
    let folder = project();
    let kept = folder.path.join("kept");
    let settings = Settings { keep_payload: Some(kept.clone()), ..folder.settings("my_app é") };
    let outcome = build(&plan(&settings).unwrap(), None, &Quiet).unwrap();
    assert_eq!(outcome.artifacts.len(), 1);
    assert!(outcome.artifacts[0].path.is_file());
    assert_eq!(outcome.streamlit, NEWEST_TESTED);
    assert!(outcome.sizes.packages > 100_000_000, "{:?}", outcome.sizes);
    assert!(outcome.trim.trimmed.iter().map(|it| it.bytes).sum::<u64>() > 80_000_000);

    let payload = Payload::open(&kept).unwrap();
    payload.verify().unwrap();
    assert_eq!(payload.manifest.app.name, "My App É");
    assert_eq!(payload.manifest.preload, ["pandas", "pyarrow"]);
    let app = names(&payload.layout.app());
    assert!(app.contains(&"helper.py".to_owned()) && app.contains(&"pages".to_owned()));
    assert!(!app.contains(&".env".to_owned()), "{app:?}");
    assert_eq!(names(&payload.layout.app().join(".streamlit")), ["config.toml"]);
    let resolved = fs_err::read_to_string(payload.layout.resolved()).unwrap();
    let pinned = format!("streamlit=={NEWEST_TESTED} \\\n    --hash=sha256:");
    assert!(resolved.contains(&pinned), "{resolved}");
    assert_eq!(
        run_python(
            &payload,
            "import streamlit, pandas, pyarrow.csv, altair, pydeck, numpy\n\
             import importlib.metadata as m\n\
             print(m.version('streamlit'), bool(m.files('streamlit')), streamlit.__cached__[-3:])",
        ),
        format!("{NEWEST_TESTED} True pyc\n")
    );
    // What an app starts finds the packages too, and their commands run wherever they are.
    let child = "import subprocess as s, sys\n\
                 for more in ([], ['-I']):\n\
                 \x20   print(s.check_output([sys.executable, *more, '-c', 'import pandas']))";
    assert_eq!(run_python(&payload, child), "b''\nb''\n");
    let command = payload.layout.site_packages().join("bin/streamlit");
    let version = Tool::new(command.as_std_path())
        .arg("version")
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .run(&mut |_, _| {})
        .unwrap();
    assert!(version.stdout.contains(NEWEST_TESTED), "{}", version.stdout);
    assert!(!folder.path.join("my_app é/__pycache__").exists(), "the project is only read");
}

/// Two at once from empty caches, one after them, and one from other caches that are empty too.
#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = project();
    let settings = |number: u32, cache: &str| Settings {
        output: folder.path.join(format!("out {number}")),
        keep_payload: Some(folder.path.join(format!("kept {number}"))),
        // No other test works in it meanwhile.
        cache_dir: Some(folder.path.join(cache)),
        ..folder.settings("my_app é")
    };
    let run = |number, cache| {
        let settings = settings(number, cache);
        let outcome = build(&plan(&settings).unwrap(), None, &Quiet).unwrap();
        let archive = fs_err::read(&outcome.artifacts[0].path).unwrap();
        (archive, tree_digest(&settings.keep_payload.unwrap()).unwrap())
    };
    let (one, two) = std::thread::scope(|scope| {
        let (one, two) = (scope.spawn(|| run(1, "cache")), scope.spawn(|| run(2, "cache")));
        (one.join().unwrap(), two.join().unwrap())
    });
    assert!(one == two && one == run(3, "cache") && one == run(4, "another cache"));
    let cache = folder.path.join("cache/packager");
    let unfinished: Vec<String> =
        names(&cache).into_iter().filter(|name| name.starts_with('.')).collect();
    assert_eq!(unfinished, [""; 0], "nothing half made stays in the cache");
}

#[test]
fn a_requirement_that_does_not_exist_is_named() {
    let folder = project();
    folder.write(&[("my_app é/requirements.txt", "streamlit\nno-such-package-waterskin\n")]);
    let (_, text) = failure(&folder.settings("my_app é"));
    assert!(text.contains("there is no package `no-such-package-waterskin`"), "{text}");
    assert!(text.contains("hint: check the spelling in `requirements.txt`"), "{text}");
    assert!(!folder.path.join("out put").exists(), "no output folder is left behind");
}

/// Writes the source of `name` as an archive into `folder`. Its backend, which is part of it, makes a
/// wheel with this tag.
fn write_source(folder: &Utf8Path, name: &str, tag: &str) {
    const CODE: &str = r#"
import io, sys, tarfile
folder, name, tag = sys.argv[1:]
backend = f"""
import pathlib, zipfile
def build_wheel(folder, config_settings=None, metadata_directory=None):
    info = "{name}-1.0.dist-info/"
    with zipfile.ZipFile(pathlib.Path(folder, "{name}-1.0-{tag}.whl"), "w") as wheel:
        wheel.writestr("{name}.py", "")
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {tag}\\n")
        wheel.writestr(info + "RECORD", "")
    return "{name}-1.0-{tag}.whl"
"""
files = {
    "backend.py": backend,
    "PKG-INFO": f"Metadata-Version: 2.2\nName: {name}\nVersion: 1.0\n",
    "pyproject.toml": f"[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
    f"[project]\nname = '{name}'\nversion = '1.0'\n",
}
with tarfile.open(f"{folder}/{name}-1.0.tar.gz", "w:gz") as archive:
    for file, text in files.items():
        info = tarfile.TarInfo(f"{name}-1.0/{file}")
        info.size = len(text.encode())
        archive.addfile(info, io.BytesIO(text.encode()))
"#;
    fs_err::create_dir_all(folder).unwrap();
    let python = waterskin_process::find("python3").unwrap();
    Tool::new(python).args(["-c", CODE, folder.as_str(), name, tag]).run(&mut |_, _| {}).unwrap();
}

#[test]
fn a_package_that_is_published_as_source_only_says_how_to_go_on() {
    let folder = project();
    let tag = format!("py3-none-linux_{}", std::env::consts::ARCH);
    write_source(&folder.path.join("my_app é/sources"), "wsource", &tag);
    folder.write(&[(
        "my_app é/requirements.txt",
        "-f sources\nstreamlit==[STREAMLIT]\npandas\nwsource\n",
    )]);
    let (_, text) = failure(&Settings { no_run: true, ..folder.settings("my_app é") });
    assert!(text.contains("`wsource` is published as source only, and building it"), "{text}");
    assert!(text.contains("hint: build without `--no-run`, choose another version"), "{text}");
    let (error, text) = failure(&folder.settings("my_app é"));
    assert!(text.contains("what it builds is for one system alone"), "{error:?}: {text}");
    assert!(text.contains("-m pip wheel --no-deps --wheel-dir wheels 'wsource==1.0'"), "{text}");
}

#[test]
fn a_hash_that_the_author_wrote_down_is_checked() {
    let folder = project();
    let zeros = "0".repeat(64);
    let lines = format!("streamlit==[STREAMLIT]\nsix==1.17.0 \\\n    --hash=sha256:{zeros}\n");
    folder.write(&[("my_app é/requirements.txt", &lines)]);
    let (_, text) = failure(&folder.settings("my_app é"));
    assert!(text.contains("not the one that the project's hashes name"), "{text}");
}

#[test]
fn a_streamlit_that_is_too_old_is_refused() {
    let folder = project();
    folder.write(&[("my_app é/requirements.txt", "streamlit==1.39.0\n")]);
    let (_, text) = failure(&folder.settings("my_app é"));
    assert!(text.contains("asks for Streamlit 1.39.0, which is too old"), "{text}");
    assert!(text.contains("hint: ask for `streamlit>=1.40`"), "{text}");
}

#[test]
fn an_import_that_nothing_installs_is_an_error() {
    let folder = project();
    folder.write(&[("my_app é/helper.py", "import sklearn.svm\n")]);
    let (_, text) = failure(&folder.settings("my_app é"));
    assert!(text.contains("`helper.py` imports `sklearn.svm`"), "{text}");
    assert!(text.contains("`scikit-learn`"), "{text}");
}

#[test]
fn an_output_folder_that_cannot_be_written_is_found_at_once() {
    let folder = project();
    folder.write(&[("a file", "x")]);
    let output = folder.path.join("a file/dist");
    let settings = Settings { output, ..folder.settings("my_app é") };
    let (error, text) = failure(&settings);
    assert!(matches!(error, BuildError::Output { .. }), "{text}");
    assert!(text.contains("--output"), "{text}");
}

/// The author's own code as it is installed: modules, data, metadata, commands.
#[test]
fn what_the_author_installs_comes_along_and_the_project_stays_as_it_is() {
    let folder = folder();
    folder.copy_app("installed");
    let project = folder.path.join("installed");
    fs_err::create_dir(project.join("uploads")).unwrap();
    let before = tree_digest(&project).unwrap();
    let kept = folder.path.join("kept");
    let settings = Settings { keep_payload: Some(kept.clone()), ..folder.settings("installed") };
    let outcome = build(&plan(&settings).unwrap(), None, &Quiet).unwrap();
    assert_eq!(tree_digest(&project).unwrap(), before, "the project is only read");
    let own: Vec<_> = outcome.notes.iter().filter(|note| note.contains("suntimes")).collect();
    assert!(own.is_empty(), "{own:?}");
    let payload = Payload::open(&kept).unwrap();
    payload.verify().unwrap();
    assert!(payload.layout.app().join("uploads").is_dir());
    assert_eq!(
        run_python(
            &payload,
            "import importlib.metadata as m, suntimes, suntimes.words, sundial, tabulate, six\n\
             print(m.version('sun-times'), *suntimes.TOWNS, *suntimes.HOURS, suntimes.words.GREETING)\n\
             print(m.version('sundial'), [e.value for e in m.entry_points(name='sun-times')])\n",
        ),
        "2.3.0 Bonn Köln 8 16 Grüße\n0.5 ['suntimes:main']\n"
    );
    let command = payload.layout.site_packages().join("bin/sun-times");
    let said = Tool::new(command.as_std_path()).env_clear().env("PATH", "/usr/bin:/bin");
    assert_eq!(said.run(&mut |_, _| {}).unwrap().stdout, "2.3.0 Bonn Köln\n");
    // Nobody learns where the author has it.
    let path = folder.path.as_str();
    let says = |file: &Utf8Path| fs_err::read_to_string(file).is_ok_and(|text| text.contains(path));
    let info = payload.layout.site_packages().join("sun_times-2.3.0.dist-info");
    let telling: Vec<_> = names(&info).into_iter().filter(|name| says(&info.join(name))).collect();
    assert_eq!(telling, [""; 0]);
    assert!(!says(&payload.layout.resolved()));
}

#[test]
fn a_lock_is_followed_to_the_letter() {
    let folder = folder();
    folder.copy_app("workspace");
    let (workspace, project) = ("workspace", folder.path.join("workspace"));
    let uv = waterskin_packager::find_uv(None).unwrap();
    Tool::new(uv.as_std_path())
        .args(["lock", "--quiet", "--directory", project.as_str()])
        .run(&mut |_, _| {})
        .unwrap();
    let kept = folder.path.join("kept");
    let settings = Settings {
        path: project.join("packages/board"),
        keep_payload: Some(kept.clone()),
        ..folder.settings(workspace)
    };
    let before = tree_digest(&project).unwrap();
    let plan = plan(&settings).unwrap();
    assert!(plan.requirements.source.is_lock(), "{plan}");
    let outcome = build(&plan, None, &Quiet).unwrap();
    assert_eq!(outcome.streamlit, "1.66.0");
    let resolved = fs_err::read_to_string(kept.join("resolved.txt")).unwrap();
    assert!(resolved.contains("six==1.16") && !resolved.contains("iniconfig"), "{resolved}");
    let payload = Payload::open(&kept).unwrap();
    let code = "import board, tides\nimport importlib.metadata as m\n\
        print(m.version('board'), m.version('tides'), tides.HIGH)";
    assert_eq!(run_python(&payload, code), "1.4 0.7.1 3.5\n");
    let lock = fs_err::read_to_string(project.join("uv.lock")).unwrap();
    // What is made of the members themselves is in no lock.
    let own = |it: &&str| it.starts_with("board==") || it.starts_with("tides==");
    let others = resolved.split_inclusive("\n").collect::<Vec<_>>();
    let firsts: Vec<usize> = (0..others.len()).filter(|at| own(&others[*at])).collect();
    assert_eq!(firsts.len(), 2, "{resolved}");
    let lines = others.iter().enumerate().filter(|(at, _)| !firsts.contains(&at.wrapping_sub(1)));
    let lines = lines.map(|(_, line)| *line);
    for hash in lines.filter_map(|line| line.trim().strip_prefix("--hash=")) {
        let hash = hash.trim_end_matches(" \\");
        assert!(lock.contains(hash), "{hash} is not in the lock");
    }
    assert_eq!(tree_digest(&project).unwrap(), before);
}

/// Writes a wheel of `name` with one empty module into `folder`.
fn write_wheel(folder: &Utf8Path, name: &str, tag: &str) {
    const CODE: &str = "
import sys, zipfile
folder, name, tag = sys.argv[1:]
info = f'{name}-1.0.dist-info/'
with zipfile.ZipFile(f'{folder}/{name}-1.0-{tag}.whl', 'w') as wheel:
    wheel.writestr(f'{name}.py', '')
    wheel.writestr(info + 'METADATA', f'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', f'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: {tag}\\n')
    names = [f'{name}.py', info + 'METADATA', info + 'WHEEL', info + 'RECORD']
    wheel.writestr(info + 'RECORD', ''.join(f'{name},,\\n' for name in names))
";
    fs_err::create_dir_all(folder).unwrap();
    let python = waterskin_process::find("python3").unwrap();
    Tool::new(python).args(["-c", CODE, folder.as_str(), name, tag]).run(&mut |_, _| {}).unwrap();
}

#[test]
fn no_file_of_a_project_steers_uv() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let planted = format!("http://{}", listener.local_addr().unwrap());
    let index = format!("index-url = '{planted}/simple'\n");
    let python = format!(
        "python-downloads-json-url = '{planted}/list.json'\ncache-dir = 'planted'\n\
         no-binary = true\n[pip]\nno-binary = [':all:']\n"
    );
    let table = format!("[tool.uv]\n{}", python.replace("[pip]", "[tool.uv.pip]"));
    for (file, text) in [("uv.toml", &python), ("pyproject.toml", &table)] {
        let folder = project();
        folder.write(&[
            ("uv.toml", &index),
            (&format!("my_app é/{file}"), text),
            (
                "my_app é/requirements.txt",
                "--no-binary :all:\nstreamlit\nno-such-package-waterskin\n",
            ),
        ]);
        std::env::set_current_dir(folder.path.join("my_app é")).unwrap();
        let (_, text) = failure(&folder.settings("my_app é"));
        assert!(text.contains("there is no package `no-such-package-waterskin`"), "{text}");
        assert!(!folder.path.join("my_app é/planted").exists(), "{file}");
    }
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

/// Makes a repository of a package `name` and serves it on this machine. Gives back its address, and
/// the revision with the tag `v1`.
fn serve_repository(folder: &Utf8Path, name: &str) -> (String, String) {
    use std::io::{BufRead as _, BufReader, Write as _};
    let work = folder.join(name);
    fs_err::create_dir_all(&work).unwrap();
    let pyproject = format!(
        "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n[project]\nname = '{name}'\nversion = '1.0'\n"
    );
    let backend = format!(
        "import pathlib, zipfile\ndef build_wheel(folder, config_settings=None, metadata_directory=None):\n    \
         name, info = '{name}-1.0-py3-none-any.whl', '{name}-1.0.dist-info/'\n    \
         with zipfile.ZipFile(pathlib.Path(folder, name), 'w') as wheel:\n        \
         wheel.writestr('{name}.py', '')\n        wheel.writestr(info + 'RECORD', '')\n        \
         wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n')\n        \
         wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nTag: py3-none-any\\n')\n    return name\n"
    );
    fs_err::write(work.join("pyproject.toml"), pyproject).unwrap();
    fs_err::write(work.join("backend.py"), backend).unwrap();
    let program = waterskin_process::find("git").unwrap();
    let git = |arguments: &[&str]| {
        let tool = Tool::new(program.clone()).directory(work.as_std_path());
        let tool = tool.env("GIT_CONFIG_GLOBAL", "/dev/null").args(["-c", "user.name=Ann"]);
        let tool = tool.args(["-c", "user.email=ann@example.org"]).args(arguments);
        tool.run(&mut |_, _| {}).unwrap().stdout.trim().to_owned()
    };
    git(&["init", "--quiet", "--initial-branch", "main"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "1"]);
    git(&["tag", "v1"]);
    git(&["update-server-info"]);
    let revision = git(&["rev-parse", "v1"]);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/.git", listener.local_addr().unwrap());
    // The files of a repository are all that `git` needs (gitprotocol-http(5), "dumb").
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).is_ok_and(|read| read > 2) {}
            let path = head.split([' ', '?']).nth(1).unwrap_or_default().trim_start_matches('/');
            let (status, body) = match fs_err::read(work.join(path)) {
                Ok(body) => ("200 OK", body),
                Err(_) => ("404 Not Found", Vec::new()),
            };
            let length = body.len();
            let head = format!("HTTP/1.0 {status}\r\nContent-Length: {length}\r\n\r\n");
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    (address, revision)
}

#[test]
fn the_options_of_a_list_that_another_names_say_where_packages_come_from() {
    let folder = project();
    write_wheel(&folder.path.join("my_app é/lists/my wheels"), "wtiny", "py3-none-any");
    write_wheel(&folder.path.join("my_app é/more"), "wother", "py3-none-any");
    // The first is published as source only, and the second for newer systems alone.
    write_source(&folder.path.join("my_app é/lists/my wheels"), "wsource", "py3-none-any");
    let newer = format!("py3-none-manylinux_2_34_{}", std::env::consts::ARCH);
    write_wheel(&folder.path.join("my_app é/lists/my wheels"), "wglibc", &newer);
    // What a list has as source itself, with a name and without one.
    write_source(&folder.path.join("my_app é/more"), "wvendored", "py3-none-any");
    let (address, revision) = serve_repository(&folder.path.join("repositories"), "wkelp");
    let list = format!(
        "-r lists/more.txt\n./more/wother-1.0-py3-none-any.whl\nstreamlit==[STREAMLIT]\npandas\n\
         ./more/wvendored-1.0.tar.gz\ngit+{address}@v1\n"
    );
    folder.write(&[
        ("my_app é/requirements.txt", &list),
        ("my_app é/lists/more.txt", "-f 'my wheels'\nwtiny\nwsource\nwglibc\n"),
        ("my_app é/helper.py", "import broken\n"),
        ("my_app é/broken.py", "def f(:\n"),
    ]);
    let kept = folder.path.join("kept");
    let settings = Settings { keep_payload: Some(kept.clone()), ..folder.settings("my_app é") };
    let outcome = build(&plan(&settings).unwrap(), None, &Quiet).unwrap();
    let of_broken = |note: &&String| note.starts_with("`broken.py:1` is not valid Python");
    let notes = outcome.notes.iter().filter(of_broken).count();
    assert_eq!(notes, 2, "the plan's and the compiler's, by the file's name: {:?}", outcome.notes);
    let payload = Payload::open(&kept).unwrap();
    run_python(&payload, "import wtiny, wother, wsource, wglibc, wvendored, wkelp");
    let resolved = fs_err::read_to_string(payload.layout.resolved()).unwrap();
    assert!(resolved.contains(&format!("wkelp @ git+{address}@{revision}\n")), "{resolved}");
    let said = |words: &str| outcome.notes.iter().any(|note| note.starts_with(words));
    assert!(said("`wsource` is published as source only: built here"), "{:?}", outcome.notes);
    assert!(said("`wglibc` has no wheel for a C library older than glibc 2.34"));
    let least = payload.manifest.minimum.glibc.split_once('.').unwrap().1.parse::<u32>().unwrap();
    assert!(least >= 34, "{least}");
    assert_eq!(names(&folder.path.join("my_app é/lists/my wheels")).len(), 3, "only read");
}

#[test]
fn an_index_that_a_project_keeps_for_one_package_is_asked_for_it() {
    let folder = project();
    write_wheel(&folder.path.join("my_app é/wheels"), "wtiny", "py3-none-any");
    folder.write(&[(
        "my_app é/pyproject.toml",
        "[project]\nname = 'mine'\nversion = '1'\ndependencies = ['streamlit==[STREAMLIT]', 'pandas', 'wtiny']\n\
         [[tool.uv.index]]\nname = 'own'\nurl = 'wheels'\nformat = 'flat'\nexplicit = true\n\
         [tool.uv.sources]\nwtiny = { index = 'own' }\n\
         [tool.waterskin]\nrequirements = 'pyproject.toml'\n",
    )]);
    let kept = folder.path.join("kept");
    let settings = Settings { keep_payload: Some(kept.clone()), ..folder.settings("my_app é") };
    build(&plan(&settings).unwrap(), None, &Quiet).unwrap();
    let payload = Payload::open(&kept).unwrap();
    run_python(&payload, "import wtiny");
}

//! What `waterskin export` says, and what it writes and leaves alone. The tests' journeys run it.

use camino::{Utf8Path, Utf8PathBuf};

use crate::context::{Context, OUTPUT, is_clear, names};
use crate::machine;
use crate::process::Run;
use crate::snapshot;

/// A project with all that an export has a word for.
fn project() -> Context {
    let context = Context::new();
    context.write(&[
        (
            "mon été/ui/app.py",
            "import streamlit as st\nfrom houle import hauteur\n\nst.write(st.secrets['db']['url'], st.secrets.KEY)\n",
        ),
        ("mon été/ui/données.csv", "1,2\n"),
        ("mon été/src/houle/__init__.py", "hauteur = 3\n"),
        ("mon été/pyproject.toml", PYPROJECT),
        ("mon été/packages.txt", "ffmpeg\nlibgl1-mesa-glx\n"),
        ("mon été/.env", "TOKEN=xyzzy-env\n"),
        ("mon été/.streamlit/secrets.toml", "KEY = 'xyzzy-toml'\n"),
    ]);
    context
}

const PYPROJECT: &str = "[project]\nname = 'houle'\nversion = '2.1'\ndependencies = ['streamlit==[STREAMLIT]']\n\
    [build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n\
    [tool.waterskin]\nname = 'Mon été'\nentry = 'ui/app.py'\narguments = ['--année', '2026']\n\
    [tool.waterskin.secrets.KEY]\nlabel = 'The key'\nhelp = \"\"\"From the desk.\nAsk Ann.\"\"\"\n";

/// `waterskin export` of `project` into [`OUTPUT`].
fn export(context: &Context, arguments: &[&str]) -> Run {
    let run = context.command(["export", "mon été", "--output", OUTPUT]);
    run.args(arguments.iter().copied())
}

/// The same with all that a real one needs.
fn real(context: &Context, output: &str, arguments: &[&str]) -> Run {
    let run = context.command(["export", "mon été", "--output", output, "--no-run"]);
    run.args(["--python", machine::python().as_str(), "--cache-dir", machine::cache().as_str()])
        .args(arguments.iter().copied())
        .envs(machine::settings())
}

/// Every file below a folder with its content.
fn files(folder: &Utf8Path) -> Vec<(Utf8PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut left = vec![folder.to_owned()];
    while let Some(next) = left.pop() {
        for entry in next.read_dir_utf8().unwrap().map(Result::unwrap) {
            let path = entry.into_path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.push((name, fs_err::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_plan() {
    let context = project();
    // No shell is needed, since no window is opened.
    context.without("waterskin-shell").without("waterskin-appimage");
    snapshot!(context.filters(), export(&context, &["--dry-run", "--no-run"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Mon été 2.1
      project     [DIR]/work/mon été
      script      ui/app.py --année 2026
      asks for    KEY, db.url
      python      3.12 (the default, where it is to be had)
      requires    streamlit==[STREAMLIT] (`pyproject.toml`)
      own code    houle (`.`, copied)
      base        `python:VERSION-slim-trixie` (the default)
      system      ffmpeg, libgl1 | libgl1-mesa-glx (by apt)
      files       5 files, 464 B
      left out    `.env` (may hold secrets)
                  `.streamlit/secrets.toml` (may hold secrets)
      output      an image's files in `[DIR]/work/le résultat`
    ----- stderr -----
    "#);
    context.nothing_is_made();
    let json = export(&context, &["--dry-run", "--no-run", "--json", "--base", "x:1"]).finish();
    let plan: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(plan["version"], 1);
    assert_eq!(plan["plan"]["purpose"]["export"], "x:1", "{plan:#}");
}

#[test]
fn its_files() {
    let context = project();
    let finished = real(&context, OUTPUT, &[]).finish();
    assert_eq!(finished.code, Some(0), "{finished}");
    assert!(finished.stdout.contains("  docker build --tag mon-ete-app:2.1 '"), "{finished}");
    assert!(finished.stderr.contains("note: the base image is named by its tag"), "{finished}");
    let folder = context.work().join(OUTPUT);
    let made = files(&folder);
    let shown: Vec<&str> = made.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        shown,
        [
            ".dockerignore",
            ".waterskin-export.json",
            "Caddyfile",
            "Dockerfile",
            "README.md",
            "app/packages.txt",
            "app/pyproject.toml",
            "app/src/houle/__init__.py",
            "app/ui/app.py",
            "app/ui/données.csv",
            "compose.yaml",
            "health.py",
            "kubernetes/deployment.yaml",
            "kubernetes/ingress.yaml",
            "kubernetes/service.yaml",
            "requirements.txt",
            "secrets/secrets.example.toml",
            "start.py",
            "wheels/houle-2.1-py3-none-any.whl",
        ]
    );
    for (name, content) in &made {
        let has = |text: &str| content.windows(text.len()).any(|it| it == text.as_bytes());
        assert!(!has("xyzzy"), "{name} has a secret");
        assert!(!has(context.root.as_str()), "{name} has a path of this machine");
    }
    let read = |name: &str| fs_err::read_to_string(folder.join(name)).unwrap();
    let version = Run::new(machine::python())
        .args(["-c", "import sys; print(*sys.version_info[:2], sep='.')"])
        .finish()
        .success();
    let docker = read("Dockerfile");
    assert!(
        docker.contains(&format!("\nFROM python:{}-slim-trixie\n", version.trim())),
        "{docker}"
    );
    assert!(
        docker.contains("satisfy -y --no-install-recommends \"ffmpeg, libgl1 | libgl1-mesa-glx\"")
    );
    assert!(docker.ends_with("CMD [\"/srv/venv/bin/python\", \"/srv/start.py\"]\n"), "{docker}");
    let list = read("requirements.txt");
    assert!(list.contains(&format!("\nstreamlit=={} \\\n    --hash=sha256:", machine::STREAMLIT)));
    assert!(
        list.contains("\n./wheels/houle-2.1-py3-none-any.whl \\\n    --hash=sha256:"),
        "{list}"
    );
    let hashless = list.lines().filter(|line| line.contains("==") && !line.ends_with('\\'));
    assert_eq!(hashless.collect::<Vec<_>>(), [""; 0], "each has a hash");
    let example = read("secrets/secrets.example.toml");
    let (_, example) = example.split_once('\n').unwrap();
    assert_eq!(example, "# The key\n# From the desk.\n# Ask Ann.\nKEY = \"\"\ndb.url = \"\"\n");
    let start = read("start.py");
    assert!(
        start.contains("\nSCRIPT = \"ui/app.py\"\nARGUMENTS = [\"--année\",\"2026\"]\n"),
        "{start}"
    );

    // The same input gives the same bytes, wherever they go.
    real(&context, "deux", &["--json"]).finish().success();
    assert_eq!(files(&context.work().join("deux")), made);
    #[cfg(unix)]
    for (name, _) in &made {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs_err::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o644, "{name}: the user in the image is another one");
    }
}

#[test]
fn as_json_and_once_more() {
    let context = project();
    let base = "registry.example.org/python:3";
    let finished = real(&context, OUTPUT, &["--json", "--base", base]).finish();
    let report: serde_json::Value = serde_json::from_str(&finished.success()).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(report["image"], "mon-ete-app:2.1");
    assert_eq!(report["base"], base);
    assert_eq!(report["secrets"], serde_json::json!(["KEY", "db.url"]));
    assert_eq!(report["left_out"][0]["path"], ".env");
    let folder = context.work().join(OUTPUT);

    // What lies beside the export's files stays, and what is not the app's any more goes.
    context.write(&[(&*format!("{OUTPUT}/secrets/secrets.toml"), "KEY = 'mine'\n")]);
    fs_err::remove_file(context.work().join("mon été/ui/données.csv")).unwrap();
    context.write(&[("mon été/ui/autres.csv", "3\n")]);
    real(&context, OUTPUT, &[]).finish().success();
    let secret = fs_err::read_to_string(folder.join("secrets/secrets.toml")).unwrap();
    assert_eq!(secret, "KEY = 'mine'\n");
    assert_eq!(names(&folder.join("app/ui")), ["app.py", "autres.csv"]);

    // What somebody changed is no longer ours to write.
    context.write(&[(&*format!("{OUTPUT}/compose.yaml"), "services: {}\n")]);
    let finished = real(&context, OUTPUT, &["--base", "x"]).finish();
    is_clear(&finished);
    assert_eq!(finished.code, Some(1), "{finished}");
    let error = "le résultat` was changed since it was exported: `compose.yaml`\n";
    assert!(finished.stderr.contains(error), "{finished}");
    let docker = fs_err::read_to_string(folder.join("Dockerfile")).unwrap();
    assert!(docker.contains("\nFROM python:"), "nothing was written");
}

#[test]
fn a_folder_of_somebodys_own_is_refused() {
    let context = project();
    context.write(&[(&*format!("{OUTPUT}/thesis.txt"), "x")]);
    let finished = export(&context, &["--no-run"]).finish();
    is_clear(&finished);
    assert!(finished.stderr.contains("le résultat` is not empty and is no export\n"), "{finished}");
    assert_eq!(names(&context.work().join(OUTPUT)), ["thesis.txt"]);
    let finished = context.command(["export", "mon été", "-o", "mon été/packages.txt", "--no-run"]);
    assert!(finished.finish().stderr.contains("packages.txt` is no folder\n"));
    let finished = export(&context, &["--base", "a b"]).finish();
    assert_eq!(finished.code, Some(2), "{finished}");
}

#[test]
fn an_export_in_the_project_is_no_part_of_the_app() {
    let context = project();
    let record = "mon été/export/.waterskin-export.json";
    context.write(&[(record, "{}"), ("mon été/export/app/ui/app.py", "import streamlit\n")]);
    let finished = context.command(["build", "mon été", "--dry-run", "--no-run"]).finish();
    assert!(finished.stdout.contains("`export/` (the result of a build)"), "{finished}");
}

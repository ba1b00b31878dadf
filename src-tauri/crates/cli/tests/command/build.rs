//! Builds that go well, with the real uv and a real interpreter.

use crate::{
    context::{Context, Filter, OUTPUT, names},
    process::Run,
    snapshot,
};

fn project() -> Context {
    let context = Context::new();
    context.write(&[
        ("mon été/app.py", "import streamlit as st\n\nst.title('Été')\n"),
        ("mon été/requirements.txt", "streamlit==[STREAMLIT]\n"),
        ("mon été/.env", "TOKEN=x\n"),
    ]);
    context
}

const ARCHIVE: &str = "mon-ete-app-1.0.0-linux-";

#[test]
fn an_archive() {
    let context = project();
    let finished = context.real_build("mon été", []).finish();
    assert!(finished.stderr.contains("  writing the .tar.gz ("), "{finished}");
    snapshot!(with_sizes(&context), finished, @r#"
    exit code: 0
    ----- stdout -----
    [DIR]/work/le résultat/mon-ete-app-1.0.0-linux-[ARCHITECTURE].tar.gz ([SIZE])
      tar -xzf '[DIR]/work/le résultat/mon-ete-app-1.0.0-linux-[ARCHITECTURE].tar.gz' && ./mon-ete-app-1.0.0/mon-ete-app
    [DIR]/work/le résultat/mon-ete-app-1.0.0-linux-[ARCHITECTURE].cdx.json
      all that is inside, with versions and licences (CycloneDX)
    ----- stderr -----
    Mon Été 1.0.0
      project     [DIR]/work/mon été
      script      app.py
      id          local.waterskin.mon-ete (package `mon-ete-app`)
      window      "Mon Été", 1200 x 800, icon drawn
      python      `[PYTHON]` (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       2 files, [SIZE]
      left out    `.env` (may hold secrets)
      output      .tar.gz in `[DIR]/work/le résultat`
    note: Python [PYTHON VERSION] is `[PYTHON]`, made relocatable: [REASON]
    note: needs glibc [GLIBC] or newer
    Mon Été 1.0.0 with Streamlit [STREAMLIT]: [SIZE] installed (Python [SIZE], packages [SIZE], app [SIZE], shell [SIZE]), built in [TIME]
    "#);
    let made = names(&context.work().join(OUTPUT));
    let [_, archive] = &made[..] else { panic!("{made:?}") };
    assert!(made.iter().all(|name| name.starts_with(ARCHIVE)), "{made:?}");
    assert!(made[0].ends_with(".cdx.json"), "{made:?}");
    assert_eq!(names(&context.root.join("tmp")), [""; 0], "nothing temporary is left");

    // What is built is what `verify` finds whole.
    Run::new("tar")
        .args(["-xzf", context.work().join(OUTPUT).join(archive).as_str()])
        .directory(&context.work())
        .env("PATH", "/usr/bin:/bin")
        .finish()
        .success();
    let folder =
        names(&context.work()).into_iter().find(|name| name.starts_with("mon-ete")).unwrap();
    let payload = format!("{folder}/payload");
    snapshot!(context.filters(), context.command(["verify", &payload]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    Mon Été 1.0.0 is as it was built
    ----- stderr -----
    "#);
}

#[test]
fn as_json() {
    let context = project();
    let finished = context.real_build("mon été", ["--json"]).finish();
    snapshot!(with_sizes(&context), finished, @r#"
    exit code: 0
    ----- stdout -----
    {
      "version": 2,
      "builds": [
        {
          "target": "linux-[ARCHITECTURE]",
          "app": {
            "id": "local.waterskin.mon-ete",
            "name": "Mon Été",
            "package": "mon-ete-app",
            "version": "1.0.0"
          },
          "artifacts": [
            {
              "path": "[DIR]/work/le résultat/mon-ete-app-1.0.0-linux-[ARCHITECTURE].tar.gz",
              "bytes": [NUMBER],
              "kind": "tar.gz",
              "install": "tar -xzf '[DIR]/work/le résultat/mon-ete-app-1.0.0-linux-[ARCHITECTURE].tar.gz' && ./mon-ete-app-1.0.0/mon-ete-app"
            }
          ],
          "sbom": "[DIR]/work/le résultat/mon-ete-app-1.0.0-linux-[ARCHITECTURE].cdx.json",
          "sizes": {
            "python": [NUMBER],
            "packages": [NUMBER],
            "app": [NUMBER],
            "shell": [NUMBER]
          },
          "runtime": {
            "source": "relocated",
            "python": "[PYTHON]",
            "version": "[PYTHON VERSION]",
            "reason": "[REASON]"
          },
          "streamlit": "[STREAMLIT]",
          "minimum_glibc": "[GLIBC]",
          "left_out": [
            {
              "path": ".env",
              "reason": "[REASON]"
            }
          ],
          "notes": [],
          "seconds": [NUMBER]
        }
      ]
    }
    ----- stderr -----
    "#);
    let report: serde_json::Value = serde_json::from_str(&finished.stdout).unwrap();
    let artifact = &report["builds"][0]["artifacts"][0];
    let path = artifact["path"].as_str().unwrap();
    assert_eq!(artifact["bytes"].as_u64(), Some(fs_err::metadata(path).unwrap().len()));
}

#[test]
fn where_every_megabyte_goes() {
    let context = project();
    let finished =
        context.real_build("mon été", ["--explain-size", "--report", "größe/report.html"]).finish();
    let lines: Vec<&str> = finished.stdout.lines().collect();
    let has = |end: &str| lines.iter().any(|line| line.ends_with(end));
    assert!(lines[0].ends_with(" MB  Mon Été"), "{finished}");
    for part in ["MB    site-packages", "MB    python", "MB      streamlit", " others"] {
        assert!(has(part), "{part}: {finished}");
    }
    assert!(!has(".env") && lines.len() < 200, "small parts stand together: {finished}");
    let report = fs_err::read_to_string(context.work().join("größe/report.html")).unwrap();
    assert!(report.contains(r#""name":"site-packages""#), "the page has the same");
}

/// The filters, and those of what changes with the versions of packages.
fn with_sizes(context: &Context) -> Vec<Filter> {
    let mut filters = context.filters();
    filters.extend([
        (r"\b\d+(\.\d)? (B|kB|MB|GB)\b".to_owned(), "[SIZE]"),
        (r#""(bytes|python|packages|app|shell|seconds)": [0-9.]+"#.to_owned(), r#""$1": [NUMBER]"#),
        (r"\b2\.\d\d\b".to_owned(), "[GLIBC]"),
        (r#""reason": "[^"]+""#.to_owned(), r#""reason": "[REASON]""#),
        (r"(?m)made relocatable: .*$".to_owned(), "made relocatable: [REASON]"),
        (r#""python": "[^"]+""#.to_owned(), r#""python": "[PYTHON]""#),
    ]);
    filters
}

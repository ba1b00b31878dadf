//! What only a package index or uv's cache can tell.

use crate::{context::Context, fails};

fn project(requirements: &str) -> Context {
    let context = Context::new();
    context.write(&[
        ("p é/app.py", "import streamlit as st\n\nst.title('Été')\n"),
        ("p é/requirements.txt", requirements),
    ]);
    context
}

#[test]
fn a_streamlit_that_is_too_old() {
    let context = project("streamlit==1.39.0\n");
    fails!(context, context.real_build("p é", []), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      `[PYTHON]` (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==1.39.0 (`requirements.txt`)
      files       2 files, 60 B
      output      .tar.gz in `[DIR]/work/le résultat`
    error: the project asks for Streamlit 1.39.0, which is too old
    hint: ask for `streamlit>=1.40`, and lock it anew where a lock has the version
    "#);
}

#[test]
fn a_package_that_does_not_exist() {
    let context = project("streamlit\nwaterskin-no-such-distribution\n");
    fails!(context, context.real_build("p é", []), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      `[PYTHON]` (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit, waterskin-no-such-distribution (`requirements.txt`)
      files       2 files, 83 B
      output      .tar.gz in `[DIR]/work/le résultat`
    error: could not resolve the requirements in `[DIR]/work/p é/requirements.txt`
      caused by: there is no package `waterskin-no-such-distribution`
      caused by: `[DIR]/bin/uv` exited with code 1
      caused by: error: No solution found when resolving dependencies
          cause: Because waterskin-no-such-distribution was not found in the package registry and you require waterskin-no-such-distribution, we can conclude that your requirements are unsatisfiable.
    hint: check the spelling in `requirements.txt`
    "#);
}

#[test]
fn a_version_that_does_not_exist() {
    let context = project("streamlit==9.9.9\n");
    fails!(context, context.real_build("p é", []), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      `[PYTHON]` (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==9.9.9 (`requirements.txt`)
      files       2 files, 59 B
      output      .tar.gz in `[DIR]/work/le résultat`
    error: could not resolve the requirements in `[DIR]/work/p é/requirements.txt`
      caused by: there is no such version of `streamlit`
      caused by: `[DIR]/bin/uv` exited with code 1
      caused by: error: No solution found when resolving dependencies
          cause: Because there is no version of streamlit==9.9.9 and you require streamlit==9.9.9, we can conclude that your requirements are unsatisfiable.
    hint: ask for a version that exists in `requirements.txt`
    "#);
}

#[test]
fn no_wheel_for_this_python() {
    // The wheels of this version end with CPython 3.10; from its sources nothing is built.
    let context = project("streamlit\nregex==2022.1.18\n");
    fails!(context, context.real_build("p é", []), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      `[PYTHON]` (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit, regex==2022.1.18 (`requirements.txt`)
      files       2 files, 69 B
      output      .tar.gz in `[DIR]/work/le résultat`
    error: there is no ready-made package (wheel) of `regex` for Python 3.11
    hint: there is one for Python 3.10: build with `--python-version 3.10`, or choose another version of the package
    "#);
}

#[test]
fn versions_that_exclude_each_other() {
    let context = project("streamlit==[STREAMLIT]\npandas<1\n");
    fails!(context, context.real_build("p é", []), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      `[PYTHON]` (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT], pandas<1 (`requirements.txt`)
      files       2 files, 69 B
      output      .tar.gz in `[DIR]/work/le résultat`
    error: could not resolve the requirements in `[DIR]/work/p é/requirements.txt`
      caused by: the requirements exclude each other
      caused by: `[DIR]/bin/uv` exited with code 1
      caused by: error: No solution found when resolving dependencies
          cause: Because streamlit>=[STREAMLIT] depends on pandas>=1.5.3,<4 and you require streamlit==[STREAMLIT], we can conclude that you require pandas>=1.5.3,<4.
                 And because you require pandas<1, we can conclude that your requirements are unsatisfiable.
    hint: loosen one of the versions in `requirements.txt`
    "#);
}

#[test]
fn a_line_that_is_no_requirement() {
    let context = project("streamlit\n==1.0 what is this\n");
    fails!(context, context.real_build("p é", []), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `==1.0 what is this` in `[DIR]/work/p é/requirements.txt:2` can't be understood
    hint: write one requirement alone, as in `pandas>=2`
    "#);
}

#[test]
fn a_requirement_whose_own_code_would_be_run() {
    let context = project("streamlit\n-r more.txt\n");
    context.write(&[("p é/more.txt", "pandas\n-e .\n"), ("p é/setup.py", "open('ran', 'w')\n")]);
    fails!(context, context.real_build("p é", ["--no-run"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: a build would run the build backend of `p é`: its metadata is not in `[project]`
    hint: build without `--no-run` if you trust the project
    "#);
    assert!(!context.root.join("work/p é/ran").exists());
}

#[test]
fn an_empty_cache_and_no_network() {
    let context = project("streamlit==[STREAMLIT]\n");
    let cache = context.root.join("home/.cache/uv");
    let run = context.real_build("p é", ["--offline"]).env("UV_CACHE_DIR", cache);
    fails!(context, run, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      `[PYTHON]` (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       2 files, 60 B
      output      .tar.gz in `[DIR]/work/le résultat`
    error: could not resolve the requirements in `[DIR]/work/p é/requirements.txt`
      caused by: not all packages are in the cache
      caused by: `[DIR]/bin/uv` exited with code 1
      caused by: error: No solution found when resolving dependencies
          cause: Because streamlit was not found in the cache and you require streamlit==[STREAMLIT], we can conclude that your requirements are unsatisfiable.

        hint: Packages were unavailable because the network was disabled. When the network is disabled, registry packages may only be read from the cache.
    hint: build once without `--offline`
    "#);
}

#[test]
fn an_index_that_does_not_answer() {
    // Bound and let go: nobody listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let index = format!("http://{}/simple", listener.local_addr().unwrap());
    drop(listener);
    let context = project("streamlit==[STREAMLIT]\n");
    let cache = context.root.join("home/.cache/uv");
    let run = context
        .real_build("p é", [])
        .env("UV_CACHE_DIR", cache)
        .env("UV_DEFAULT_INDEX", index)
        .env("UV_HTTP_RETRIES", "0");
    let finished = run.finish();
    crate::context::is_clear(&finished);
    context.nothing_is_made();
    for words in ["the package index can't be reached", "hint: check the network"] {
        assert!(finished.stderr.contains(words), "{finished}");
    }
}

#[test]
fn an_import_that_nothing_installs() {
    let context = project("streamlit==[STREAMLIT]\n");
    context.write(&[("p é/app.py", "import streamlit\nimport sklearn.svm\n")]);
    fails!(context, context.real_build("p é", []), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      `[PYTHON]` (asked for)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       2 files, 54 B
      output      .tar.gz in `[DIR]/work/le résultat`
    error: `app.py` imports `sklearn.svm`, and no requirement installs it
    hint: add `scikit-learn` to the project's requirements and build again
    "#);
}

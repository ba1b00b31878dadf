//! Folders that can't be written to, and disks that are full.

use crate::{
    context::{Context, OUTPUT, is_clear},
    fails,
    process::{Finished, Run},
    snapshot,
};

fn project() -> Context {
    let context = Context::new();
    context.write(&[
        ("p é/app.py", "import streamlit as st\n\nst.title('Été')\n"),
        ("p é/requirements.txt", "streamlit==[STREAMLIT]\n"),
        ("a file", "x"),
    ]);
    context
}

#[test]
fn an_output_folder_below_a_file() {
    let context = project();
    let run = context.command(["build", "p é", "--output", "a file/dist"]);
    fails!(context, run, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       2 files, 60 B
      output      .deb and .AppImage in `[DIR]/work/a file/dist`
    error: could not write to the output folder `[DIR]/work/a file/dist`
      caused by: failed to create directory `[DIR]/work/a file/dist`: Not a directory (os error 20)
    hint: give a folder that can be written to with `--output`
    "#);
}

#[test]
fn an_output_folder_that_is_a_file() {
    let context = project();
    fails!(context, context.command(["build", "p é", "--output", "a file"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       2 files, 60 B
      output      .deb and .AppImage in `[DIR]/work/a file`
    error: could not write to the output folder `[DIR]/work/a file`
      caused by: failed to create directory `[DIR]/work/a file`: File exists (os error 17)
    hint: give a folder that can be written to with `--output`
    "#);
    assert_eq!(fs_err::read_to_string(context.work().join("a file")).unwrap(), "x");
}

#[test]
fn a_cache_below_a_file() {
    let context = project();
    fails!(context, context.build("p é", ["--cache-dir", "a file/cache"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       2 files, 60 B
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    error: could not use the cache in `[DIR]/work/a file/cache/packager`
      caused by: failed to create directory `[DIR]/work/a file/cache/packager`: Not a directory (os error 20)
    hint: give a folder that can be written to with `--cache-dir`
    "#);
}

#[test]
fn a_payload_over_something_else() {
    let context = project();
    fails!(context, context.build("p é", ["--keep-payload", "p é"]), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       2 files, 60 B
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    error: `[DIR]/work/p é` is not empty and holds no payload
    hint: give an empty folder, or one that does not exist, with `--keep-payload`
    "#);
    assert!(context.work().join("p é/app.py").exists());
}

#[test]
fn an_output_folder_on_a_disk_that_is_read_only() {
    let context = project();
    let run = context.build("p é", []);
    let Some(finished) = on_disk(&context, OUTPUT, "ro", run) else { return };
    is_clear(&finished);
    snapshot!(context.filters(), finished, @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    P É 1.0.0
      project     [DIR]/work/p é
      script      app.py
      id          local.waterskin.p-e (package `p-e-app`)
      window      "P É", 1200 x 800, icon drawn
      python      3.12 (the default, where it is to be had)
      runs        the build backend of each package that is published as source only, if there are any
                  `app.py`, once at the end, to see whether the app starts
      requires    streamlit==[STREAMLIT] (`requirements.txt`)
      files       2 files, 60 B
      output      .deb and .AppImage in `[DIR]/work/le résultat`
    error: could not write to the output folder `[DIR]/work/le résultat`
      caused by: Read-only file system (os error 30) at path "[DIR]/work/le résultat/.waterskin-[RANDOM]"
    hint: give a folder that can be written to with `--output`
    "#);
}

#[test]
fn an_output_folder_on_a_disk_that_fills_up() {
    let context = project();
    let run = context.real_build("p é", []);
    let Some(finished) = on_disk(&context, OUTPUT, "size=4m", run) else { return };
    is_clear(&finished);
    snapshot!(context.filters(), finished, @r#"
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
    error: could not make the .tar.gz
      caused by: could not write `[DIR]/work/le résultat/p-e-app-1.0.0-linux-[ARCHITECTURE].tar.gz`
      caused by: No space left on device (os error 28)
    hint: the disk is full: make room, or give other folders with `--output` and `--cache-dir`
    "#);
}

#[test]
fn a_cache_on_a_disk_that_fills_up() {
    let context = project();
    let run = context.real_build_in("cache".into(), "p é");
    let Some(finished) = on_disk(&context, "cache", "size=4m", run) else { return };
    assert_eq!(finished.code, Some(1), "{finished}");
    assert!(finished.stderr.contains("hint: the disk is full: make room"), "{finished}");
    assert!(!finished.stdout.contains(".build-"), "{finished}");
    context.nothing_is_made();
}

/// Runs the command with a disk of memory at `folder`, which nobody else sees. What it leaves
/// there, if anything, is added to its standard output. `None` where the system allows no such
/// disk.
fn on_disk(context: &Context, folder: &str, options: &str, run: Run) -> Option<Finished> {
    const SCRIPT: &str = r#"
        /bin/mount -t tmpfs -o "$1" tmpfs "$2" || exit 99
        folder=$2
        shift 2
        "$@"
        code=$?
        /usr/bin/find "$folder" -mindepth 1 ! -name '*.lock' ! -name packager
        exit $code
    "#;
    let unshare = ["--user", "--map-root-user", "--mount"];
    let unshare = if rustix::process::geteuid().is_root() { &unshare[2..] } else { &unshare[..] };
    let allowed = Run::new("/usr/bin/unshare").args(unshare).args(["/bin/true"]);
    if allowed.finish().code != Some(0) {
        println!("skipped: no disk can be mounted here");
        return None;
    }
    fs_err::create_dir_all(context.work().join(folder)).unwrap();
    let mut arguments = unshare.to_vec();
    arguments.extend(["/bin/sh", "-c", SCRIPT, "sh", options, folder]);
    let finished = run.under("/usr/bin/unshare", &arguments).finish();
    if finished.code == Some(99) {
        println!("skipped: no disk can be mounted here");
        return None;
    }
    Some(finished)
}

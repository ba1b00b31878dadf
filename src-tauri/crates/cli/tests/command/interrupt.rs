//! Ctrl+C: nothing half-made is left, and no tool lives on.

use std::{
    io::{ErrorKind, Read as _},
    net::TcpListener,
    time::Duration,
};

use crate::{
    context::{Context, OUTPUT, names},
    snapshot,
};

fn project() -> Context {
    let context = Context::new();
    context.write(&[
        ("p é/app.py", "import streamlit as st\n\nst.title('Été')\n"),
        ("p é/requirements.txt", "streamlit==[STREAMLIT]\n"),
    ]);
    context
}

#[test]
fn while_uv_waits_for_an_index() {
    // An index that takes the question and never answers. When uv ends, its connection does.
    let index = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/simple", index.local_addr().unwrap());
    let context = project();
    let running = context
        .real_build("p é", [])
        .env("UV_CACHE_DIR", context.root.join("home/.cache/uv"))
        .env("UV_DEFAULT_INDEX", address)
        .start();
    let (mut connection, _) = index.accept().unwrap();
    running.interrupt();

    snapshot!(context.filters(), running.finish(), @r#"
    exit code: 130
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
    interrupted: nothing half-made is left
    "#);
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    match connection.read_to_end(&mut Vec::new()) {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "uv lives on"),
    }
    assert!(!context.work().join(OUTPUT).exists());
    context.nothing_is_made();
}

#[test]
fn while_bytecode_is_compiled() {
    let context = project();
    let cache = context.work().join("cache");
    let mut running = context.real_build_in(&cache, "p é").start();
    // A step is told when the next one begins.
    running.await_stderr("laying down Python (");
    running.interrupt();
    let finished = running.finish();
    assert_eq!(finished.code, Some(130), "{finished}");
    assert_eq!(finished.stderr, "interrupted: nothing half-made is left\n");
    context.nothing_is_made();
    let left = names(&cache.join("packager"));
    assert!(left.iter().all(|name| name.ends_with(".lock")), "{left:?}");
}

#[test]
fn while_an_archive_is_written() {
    let context = project();
    let mut running = context.real_build("p é", []).start();
    running.await_stderr("writing the manifest (");
    running.interrupt();
    let finished = running.finish();
    assert_eq!(finished.code, Some(130), "{finished}");
    assert_eq!(finished.stderr, "interrupted: nothing half-made is left\n");
    assert!(!context.work().join(OUTPUT).exists());
    context.nothing_is_made();
}

#[test]
fn what_was_there_before_stays() {
    let context = project();
    context.write(&[("le résultat/old.deb", "x")]);
    let mut running = context.real_build("p é", []).start();
    running.await_stderr("writing the manifest (");
    running.interrupt();
    assert_eq!(running.finish().code, Some(130));
    assert_eq!(names(&context.work().join(OUTPUT)), ["old.deb"]);
}

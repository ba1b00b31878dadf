//! What is kept between builds, shown and removed.

use crate::{context::Context, snapshot};

#[test]
fn it_is_shown_and_removed() {
    let context = Context::new();
    let kept = context.root.join("home/.cache/waterskin/packager");
    for (name, bytes) in [("layer-1", "1500000"), ("layer-2", "2500000"), ("python-1", "999")] {
        fs_err::create_dir_all(kept.join(name)).unwrap();
        fs_err::write(kept.join(format!("{name}.lock")), bytes).unwrap();
    }
    snapshot!(context.filters(), context.command(["cache"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    [DIR]/home/.cache/waterskin: 4.0 MB
      compressed layers    2    4.0 MB
      interpreters         1     999 B
    ----- stderr -----
    "#);
    // One is in use, as it is while a build works.
    let used = std::fs::File::open(kept.join("layer-2.lock")).unwrap();
    used.lock_shared().unwrap();
    snapshot!(context.filters(), context.command(["cache", "clear"]).finish(), @r#"
    exit code: 0
    ----- stdout -----
    removed 1.5 MB from `[DIR]/home/.cache/waterskin`
    ----- stderr -----
    note: a build is using the other 2.5 MB
    "#);
    assert!(!kept.join("layer-1").exists() && kept.join("layer-2").exists());
    drop(used);
    let cleared = context.command(["cache", "clear"]).finish();
    assert_eq!(cleared.stderr, "");
    assert!(!kept.join("layer-2").exists());
}

#[test]
fn a_folder_that_cannot_be_one() {
    let context = Context::new();
    context.write(&[("file", "x")]);
    snapshot!(context.filters(), context.command(["cache", "--cache-dir", "file"]).finish(), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use the cache in `file/packager`
      caused by: failed to create directory `file/packager`: Not a directory (os error 20)
    hint: give a folder that can be written to with `--cache-dir`
    "#);
}

//! Bad projects and bad places: one clear error with a hint, a non-zero exit, nothing half-made.

use std::path::{Path, PathBuf};

use waterskin_tests::{BUILD, Finished, Launch, PATIENCE, Result, Sandbox, app, is_root};

/// A project with these files, on top of a script that works.
fn project(sandbox: &Sandbox, files: &[(&str, &str)]) -> Result<PathBuf> {
    let folder = sandbox.work().join("Été \"26\"");
    fs_err::create_dir_all(&folder)?;
    fs_err::write(folder.join("app.py"), "import streamlit as st\n\nst.title('Été')\n")?;
    for (name, content) in files {
        fs_err::write(folder.join(name), content)?;
    }
    Ok(folder)
}

fn build(sandbox: &Sandbox, project: &Path) -> Result<Launch> {
    let launch = sandbox.author()?.arg("build").arg(project).arg("--yes");
    Ok(launch.arg("--output").arg(output(sandbox)))
}

/// Where the failed builds would have put their files.
fn output(sandbox: &Sandbox) -> PathBuf {
    sandbox.work().join("le résultat")
}

/// The texts of a failure: one error, what caused it, one hint.
fn is_clear(finished: &Finished, words: &[&str]) {
    let Finished { code, stdout, stderr, .. } = finished;
    assert_eq!(*code, Some(1), "{stderr}");
    assert_eq!(stdout, "", "an error goes to standard error");
    for start in ["error: ", "hint: "] {
        let count = stderr.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!(count, 1, "there is one `{start}`:\n{stderr}");
    }
    for word in words {
        assert!(stderr.contains(word), "`{word}` is not in:\n{stderr}");
    }
    assert!(!stderr.contains("panicked"), "{stderr}");
}

/// Neither the output folder nor a temporary file was left.
fn nothing_is_half_made(sandbox: &Sandbox) {
    let output = output(sandbox);
    let made: Vec<_> = std::fs::read_dir(&output).into_iter().flatten().flatten().collect();
    assert!(made.is_empty(), "half-made: {made:?}");
    let beside = std::fs::read_dir(sandbox.work()).into_iter().flatten().flatten();
    let temporary: Vec<_> = beside
        .map(|entry| entry.file_name())
        .filter(|name| name.to_string_lossy().starts_with('.'))
        .collect();
    assert!(temporary.is_empty(), "temporary: {temporary:?}");
}

async fn fails(project_of: impl Fn(&Sandbox) -> Result<PathBuf>, words: &[&str]) -> Result<()> {
    let sandbox = Sandbox::new()?;
    let project = project_of(&sandbox)?;
    let finished = build(&sandbox, &project)?.finish(BUILD).await?;
    is_clear(&finished, words);
    nothing_is_half_made(&sandbox);
    Ok(())
}

#[tokio::test]
async fn a_folder_that_is_not_there() -> Result<()> {
    fails(|sandbox| Ok(sandbox.work().join("nirgends é")), &["nirgends é"]).await
}

#[tokio::test]
async fn no_script_in_the_folder() -> Result<()> {
    fails(|sandbox| sandbox.copy(&app("empty"), "Été \"26\""), &["Été \"26\"", "script"]).await
}

#[tokio::test]
async fn a_script_with_a_syntax_error() -> Result<()> {
    let copy = |sandbox: &Sandbox| sandbox.copy(&app("broken"), "Été \"26\"");
    fails(copy, &["app.py", "6"]).await
}

#[tokio::test]
async fn a_requirement_that_does_not_exist() -> Result<()> {
    let name = "waterskin-no-such-distribution";
    let files = [("requirements.txt", "streamlit\nwaterskin-no-such-distribution==1\n")];
    fails(|sandbox| project(sandbox, &files), &[name]).await
}

#[tokio::test]
async fn a_requirement_that_can_not_be_read() -> Result<()> {
    let files = [("requirements.txt", "streamlit\n==1.0 what is this\n")];
    fails(|sandbox| project(sandbox, &files), &["requirements.txt"]).await
}

#[tokio::test]
async fn a_wheel_that_does_not_exist_for_this_python() -> Result<()> {
    // The wheels of NumPy 1.21 end with CPython 3.10; of its sources none is built.
    let files = [("requirements.txt", "streamlit==1.40.2\nnumpy==1.21.6\npandas<2.1\n")];
    fails(|sandbox| project(sandbox, &files), &["numpy"]).await
}

#[tokio::test]
async fn a_broken_pyproject() -> Result<()> {
    let files = [("pyproject.toml", "[project]\nname = \"a\nversion = 1\n")];
    fails(|sandbox| project(sandbox, &files), &["pyproject.toml"]).await
}

#[tokio::test]
async fn a_setting_that_does_not_exist() -> Result<()> {
    let files = [("pyproject.toml", "[tool.waterskin]\nnmae = \"Été\"\n")];
    fails(|sandbox| project(sandbox, &files), &["pyproject.toml", "nmae"]).await
}

#[tokio::test]
async fn an_icon_that_is_no_picture() -> Result<()> {
    let files = [
        ("pyproject.toml", "[tool.waterskin]\nicon = \"icône.png\"\n"),
        ("icône.png", "this is no picture"),
    ];
    fails(|sandbox| project(sandbox, &files), &["icône.png"]).await
}

#[tokio::test]
async fn a_python_that_is_none() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let folder = project(&sandbox, &[])?;
    let build = build(&sandbox, &folder)?.args(["--python", "/bin/false"]);
    is_clear(&build.finish(BUILD).await?, &["/bin/false"]);
    nothing_is_half_made(&sandbox);
    Ok(())
}

#[tokio::test]
async fn an_output_folder_that_is_a_file() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let folder = project(&sandbox, &[("requirements.txt", "streamlit\n")])?;
    fs_err::write(output(&sandbox), "mine")?;
    is_clear(&build(&sandbox, &folder)?.finish(BUILD).await?, &["le résultat"]);
    assert_eq!(fs_err::read_to_string(output(&sandbox))?, "mine");
    Ok(())
}

/// Runs a build with a small file system of its own, mounted with `options` at the output folder.
async fn build_onto(sandbox: &Sandbox, options: &str) -> Result<Finished> {
    let folder = project(sandbox, &[("requirements.txt", "streamlit==1.67.0\n")])?;
    let output = output(sandbox);
    fs_err::create_dir(&output)?;
    let script = "mount -t tmpfs -o \"$1\" tmpfs \"$2\"; shift 2; \"$@\"; code=$?; \
         ls -A \"$0\"; exit $code";
    let build = build(sandbox, &folder)?;
    let unshare = ["--mount", "--propagation", "private", "/bin/sh", "-c", script];
    let mount = unshare.map(Into::into).into_iter().chain([
        output.clone().into_os_string(),
        options.into(),
        output.into_os_string(),
    ]);
    build.behind("/usr/bin/unshare", mount).finish(BUILD).await
}

#[tokio::test]
async fn a_read_only_output_folder() -> Result<()> {
    if !is_root() {
        println!("skipped: only root can mount a read-only file system");
        return Ok(());
    }
    let sandbox = Sandbox::new()?;
    is_clear(&build_onto(&sandbox, "ro").await?, &["le résultat", "Read-only file system"]);
    Ok(())
}

#[tokio::test]
async fn a_full_disk() -> Result<()> {
    if !is_root() {
        println!("skipped: only root can mount a small file system");
        return Ok(());
    }
    let sandbox = Sandbox::new()?;
    // `is_clear` finds the output folder empty: its listing is the only standard output.
    is_clear(&build_onto(&sandbox, "size=20m").await?, &["No space left on device"]);
    Ok(())
}

#[tokio::test]
async fn run_on_a_python_without_streamlit() -> Result<()> {
    let sandbox = Sandbox::new()?;
    let folder = sandbox.copy(&app("stages"), "Été \"26\"")?;
    let bare = sandbox.work().join("bare");
    let made = Launch::new(which::which("uv")?).envs(std::env::vars_os()).args(["venv", "-q"]);
    made.args(["--python", "3.11"]).arg(&bare).finish(PATIENCE).await?.success()?;
    let run = sandbox.launch(waterskin_tests::cli()?).arg("run").arg(folder).arg("--no-window");
    let run = run.args(["--port=0", "--python"]).arg(bare.join("bin/python"));
    is_clear(&run.finish(PATIENCE).await?, &["Streamlit", "uv pip install"]);
    Ok(())
}

#[tokio::test]
async fn verify_tells_a_damaged_payload_from_a_newer_one() -> Result<()> {
    let cases = [
        ("{\"schema\": 1, \"app\": {\"id\": \"org.exam", "damaged"),
        ("{\"schema\": 2}", "schema 2"),
        ("", "damaged"),
    ];
    for (manifest, words) in cases {
        let sandbox = Sandbox::new()?;
        let payload = sandbox.work().join("payload");
        fs_err::create_dir(&payload)?;
        fs_err::write(payload.join("manifest.json"), manifest)?;
        let verify = sandbox.launch(waterskin_tests::cli()?).arg("verify").arg(&payload);
        is_clear(&verify.finish(PATIENCE).await?, &[words]);
    }
    Ok(())
}

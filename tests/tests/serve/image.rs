//! The image that an export comes to: built by Buildah, and its root file system run as engines run it,
//! read-only, by an ordinary user, as process 1.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use rustix::process::{Signal, kill_process};
use waterskin_tests::{Launch, PATIENCE, Result, Running, Sandbox, eventually};

/// How long an image may take that is built from nothing.
const LIMIT: Duration = Duration::from_secs(900);
/// An engine waits for 10 s until it kills what it asked to end.
const GRACE: Duration = Duration::from_secs(10);
const BASE: &str = "localhost/waterskin-base:1";
const IMAGE: &str = "localhost/waterskin-image:1";
/// What starts the app: a view of the image's files as `compose.yaml` has an engine make it.
const ENGINE: &str = "mount --bind \"$1\" /mnt && mount -o remount,ro,bind /mnt \
    && mount -t tmpfs -o mode=1777 tmpfs /mnt/tmp \
    && mount -t tmpfs -o uid=10001,gid=10001,mode=0700 tmpfs /mnt/home/app \
    && mount -t tmpfs -o uid=10001,gid=10001 tmpfs /mnt/data \
    && mount -t proc proc /mnt/proc && mount --bind /dev /mnt/dev && shift \
    && exec /usr/sbin/chroot --userspec=10001:10001 /mnt \"$@\"";

/// Buildah with a storage of its own, which is removed at the end.
struct Buildah<'a> {
    sandbox: &'a Sandbox,
    storage: tempfile::TempDir,
}

impl<'a> Buildah<'a> {
    fn new(sandbox: &'a Sandbox) -> Result<Self> {
        Ok(Self { sandbox, storage: tempfile::Builder::new().prefix("w-images-").tempdir()? })
    }

    /// Runs it, and gives what it printed.
    async fn run(&self, arguments: &[&str]) -> Result<String> {
        let storage = self.storage.path();
        let launch = self.sandbox.launch("/usr/bin/buildah").args(["--storage-driver", "vfs"]);
        let launch = launch.arg("--root").arg(storage.join("root"));
        let launch = launch.arg("--runroot").arg(storage.join("run")).args(arguments);
        let proxies = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy"];
        let kept = std::env::vars_os().filter(|(name, _)| proxies.iter().any(|it| name == it));
        Ok(launch.envs(kept).finish(LIMIT).await?.success()?.stdout.trim().to_owned())
    }

    /// An image of the folder `root`, which has pip look where the tests look for packages.
    async fn base(&self, root: &Path) -> Result<()> {
        let container = self.run(&["from", "scratch"]).await?;
        let root = root.to_str().context("a path that is not UTF-8")?;
        self.run(&["add", &container, root, "/"]).await?;
        let mut config = vec!["config".to_owned()];
        let index = std::env::var("PIP_INDEX_URL").map(|url| ("PIP_INDEX_URL", url));
        let authorities = "/etc/ssl/certs/ca-certificates.crt".to_owned();
        for (name, value) in [Ok(("PIP_CERT", authorities)), index].into_iter().flatten() {
            config.extend(["--env".to_owned(), format!("{name}={value}")]);
        }
        config.push(container.clone());
        self.run(&config.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        self.run(&["commit", "--rm", &container, BASE]).await.map(drop)
    }

    /// The layers of the image, unpacked one beside the other.
    async fn layers(&self, image: &str) -> Result<Vec<PathBuf>> {
        let folder = self.storage.path().join("layers");
        let place = format!("dir:{}", folder.display());
        self.run(&["push", image, &place]).await?;
        let manifest: serde_json::Value =
            serde_json::from_slice(&fs_err::read(folder.join("manifest.json"))?)?;
        let layers = manifest["layers"].as_array().context("an image without layers")?;
        let digests = layers.iter().filter_map(|layer| layer["digest"].as_str());
        let mut unpacked = Vec::new();
        for digest in digests.map(|digest| digest.trim_start_matches("sha256:").to_owned()) {
            let to = self.storage.path().join("unpacked").join(&digest);
            fs_err::create_dir_all(&to)?;
            let tar = self.sandbox.launch("/usr/bin/tar").arg("-xf").arg(folder.join(&digest));
            tar.arg("-C").arg(&to).finish(PATIENCE).await?.success()?;
            unpacked.push(to);
        }
        Ok(unpacked)
    }
}

/// What starts the image's command in `root` as an engine does.
fn started(sandbox: &Sandbox, root: &Path, variables: &[(&str, &str)]) -> Result<Running> {
    let launch = sandbox.launch("/srv/venv/bin/python").arg("/srv/start.py").directory("/");
    let inside = [
        ("PATH", "/srv/venv/bin:/usr/local/bin:/usr/bin:/bin"),
        ("HOME", "/home/app"),
        ("TMPDIR", "/tmp"),
        ("WATERSKIN_DATA_DIR", "/data"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
    ];
    let launch =
        inside.iter().chain(variables).fold(launch, |it, (name, value)| it.env(name, value));
    let root = root.to_str().context("a path that is not UTF-8")?;
    let options = ["--pid", "--fork", "--kill-child", "--mount", "--propagation", "private"];
    let shell = ["/bin/sh", "-c", ENGINE, "sh", root];
    launch.behind("/usr/bin/unshare", options.into_iter().chain(shell)).start()
}

/// Asks process 1 of the container for its end.
fn ask_to_end(sandbox: &Sandbox) -> Result<()> {
    let processes = sandbox.ours().alive();
    let first = processes.iter().find(|it| it.command == "/srv/venv/bin/python /srv/start.py");
    let first = first.with_context(|| format!("no process 1 among {processes:?}"))?;
    Ok(kill_process(first.id, Signal::TERM)?)
}

mod long {
    use waterskin_tests::{Exported, Page, Port, Site, app, is_root, skipped, upload, xsrf};

    use super::*;

    #[tokio::test]
    async fn an_image_runs_read_only_and_has_no_secrets() -> Result<()> {
        if !is_root() {
            skipped("only root can build an image without an engine");
            return Ok(());
        }
        let sandbox = Sandbox::new()?;
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/rootfs");
        let made = Launch::new("bash").arg(script).envs(std::env::vars_os());
        let root = PathBuf::from(made.finish(LIMIT).await?.success()?.stdout.trim());
        let project = sandbox.copy(&app("stages"), "ein Projekt é")?;
        fs_err::write(
            project.join("requirements.txt"),
            format!("streamlit=={}\n", waterskin_tests::NEWEST),
        )?;
        fs_err::write(project.join("packages.txt"), "hello\n")?;
        fs_err::write(project.join("waterskin.toml"), "[secrets.KEY]\n")?;
        fs_err::write(project.join(".env"), "TOKEN=quokka-4711-env\n")?;
        let arguments = ["--base", BASE, "--python-version", "3.11"];
        let exported = Exported::of(&sandbox, &project, &arguments).await?;
        fs_err::write(exported.folder.join("secrets/secrets.toml"), "KEY = 'quokka-4711-toml'\n")?;
        fs_err::write(exported.folder.join(".env"), "KEY=quokka-4711-beside\n")?;

        let buildah = Buildah::new(&sandbox)?;
        buildah.base(&root).await?;
        let folder = exported.folder.to_str().context("a path that is not UTF-8")?;
        let docker = format!("{folder}/Dockerfile");
        let build = ["bud", "--isolation", "chroot", "--format", "docker", "--network", "host"];
        let build = build.into_iter().chain(["--file", &docker, "--tag", IMAGE, folder]);
        buildah.run(&build.collect::<Vec<_>>()).await?;

        let about = buildah.run(&["inspect", "--type", "image", IMAGE]).await?;
        let about: serde_json::Value = serde_json::from_str(&about)?;
        let config = &about["Docker"]["config"];
        assert_eq!(config["User"], "10001:10001", "{config:#}");
        assert_eq!(config["Healthcheck"]["Test"][0], "CMD", "{config:#}");
        assert_eq!(config["Cmd"], serde_json::json!(["/srv/venv/bin/python", "/srv/start.py"]));
        let layers = buildah.layers(IMAGE).await?;
        for layer in &layers {
            let grep =
                sandbox.launch("/usr/bin/grep").args(["-r", "-l", "-a", "quokka-4711"]).arg(layer);
            let found = grep.finish(LIMIT).await?;
            assert_eq!((found.code, found.stdout.as_str()), (Some(1), ""), "a secret in a layer");
        }
        let last = layers.last().context("no layers")?;
        assert!(last.join("srv/app/app.py").is_file() && last.join("usr/bin/hello").is_file());
        for left in ["srv/secrets", "srv/.env", "srv/README.md", "srv/compose.yaml"] {
            assert!(!last.join(left).exists(), "{left} is no part of the image");
        }

        let container = buildah.run(&["from", IMAGE]).await?;
        let root = PathBuf::from(buildah.run(&["mount", &container]).await?);
        let port = Port::reserve()?;
        let number = port.number().to_string();
        let mut running = started(&sandbox, &root, &[("PORT", &number)])?;
        let site = Site::on(port.number());
        eventually("the image to serve", Duration::from_secs(90), async || {
            anyhow::ensure!(
                !running.stderr.text().contains("Traceback"),
                "{}",
                running.stderr.text()
            );
            let answer = site.get("/_stcore/health").await;
            Ok(answer.is_ok_and(|answer| answer.text() == "ok").then_some(()))
        })
        .await?;
        let health = ["--userspec=10001:10001", root.to_str().unwrap_or_default()];
        let health = sandbox
            .launch("/srv/venv/bin/python")
            .arg("/srv/health.py")
            .env("PORT", &number)
            .behind("/usr/sbin/chroot", health);
        assert_eq!(health.finish(PATIENCE).await?.code, Some(0));
        let users: Vec<String> = sandbox.ours().alive().iter().filter_map(user).collect();
        assert!(users.len() >= 2 && users.iter().all(|it| it == "10001"), "{users:?}");
        let mut page = Page::open(&site).await?;
        let run = page.run().await?;
        assert!(run.has("The last text."), "{run:?}");
        let xsrf = xsrf(&site).await?;
        let answer = site.send(&upload(page.session()?, "file", b"x", &xsrf)).await?;
        assert!(answer.status.starts_with("204"), "{answer:?}");
        let address = format!("http://{}", site.authority());
        let doctor = sandbox.launch(waterskin_tests::cli()?).args(["doctor", "--run", &address]);
        doctor.finish(PATIENCE).await?.success()?;
        ask_to_end(&sandbox)?;
        assert_eq!(running.ended(GRACE).await?.code(), Some(0), "{}", running.stderr.text());

        // While it is still at its start, too.
        let mut running = started(&sandbox, &root, &[("PORT", &number)])?;
        eventually("its server's process", PATIENCE, async || {
            let processes = sandbox.ours().alive();
            Ok(processes.iter().any(|it| it.command.contains("-m streamlit")).then_some(()))
        })
        .await?;
        ask_to_end(&sandbox)?;
        assert_eq!(running.ended(GRACE).await?.code(), Some(0), "{}", running.stderr.text());
        buildah.run(&["umount", &container]).await?;
        buildah.run(&["rm", "--all"]).await.map(drop)
    }

    /// The user of a process in the container.
    fn user(process: &waterskin_tests::Process) -> Option<String> {
        if !process.command.starts_with("/srv/venv") {
            return None;
        }
        let id = process.id.as_raw_nonzero();
        let status = fs_err::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
        line.split_whitespace().next().map(str::to_owned)
    }
}

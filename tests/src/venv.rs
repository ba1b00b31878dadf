use std::path::{Path, PathBuf};
use std::time::Duration;

use waterskin_streamlit::{NEWEST_TESTED, OLDEST_TESTED, TESTED};

use crate::sandbox::{sources, user_cache};
use crate::{Launch, Result, Sandbox};

/// One version of Streamlit for each of its servers, Tornado and Starlette: what depends on the
/// server is tested on these. With `WATERSKIN_TESTS=all`, which `scripts/test --all` sets, on all.
pub fn servers() -> Vec<&'static str> {
    let all = std::env::var_os("WATERSKIN_TESTS").is_some_and(|tests| tests == "all");
    if all { TESTED.to_vec() } else { vec![OLDEST_TESTED, NEWEST_TESTED] }
}

/// A virtual environment with one version of Streamlit, shared by all tests and kept.
#[derive(Clone, Debug)]
pub struct Venv {
    root: PathBuf,
}

impl Venv {
    /// The environment with Streamlit `version`, made by uv on Python 3.11 when it isn't there.
    pub async fn with_streamlit(version: &str) -> Result<Self> {
        Self::with(&format!("streamlit-{version}"), &[format!("streamlit=={version}")]).await
    }

    /// The same with what `st.login` needs besides.
    pub async fn with_login(version: &str) -> Result<Self> {
        let distribution = format!("streamlit[auth]=={version}");
        Self::with(&format!("streamlit-auth-{version}"), &[distribution]).await
    }

    /// The environment of this name with `distributions`, each as `name==version`. `scripts/venv`
    /// makes it, for one test at a time.
    pub async fn with(name: &str, distributions: &[String]) -> Result<Self> {
        let venvs = user_cache()?.join("waterskin").join("venvs");
        let venv = Self { root: venvs.join(format!("{name}-py3.11")) };
        let complete = fs_err::read_to_string(venv.root.join(".complete")).unwrap_or_default();
        if complete.trim_end() != distributions.join(" ") {
            let script = sources().join("../scripts/venv");
            let make = Launch::new("bash").arg(script).arg(name).args(distributions);
            make.envs(std::env::vars_os()).finish(Duration::from_secs(600)).await?.success()?;
        }
        Ok(venv)
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its interpreter.
    pub fn python(&self) -> PathBuf {
        self.root.join("bin/python")
    }

    /// Streamlit's own page, scripts and styles.
    pub fn streamlit_static(&self) -> PathBuf {
        self.site_packages().join("streamlit/static")
    }

    /// The routes of its Streamlit, as its server names them.
    pub async fn routes(&self, sandbox: &Sandbox) -> Result<Vec<String>> {
        let ask = sandbox.launch(self.python()).args(["-c", include_str!("routes.py")]);
        let told = ask.finish(Duration::from_secs(60)).await?.success()?;
        Ok(told.stdout.lines().map(str::to_owned).collect())
    }

    /// An interpreter of its own with all that this one has, but for a `module` that can't be
    /// imported. This gives the interpreter; [`Venv::repair`] mends it.
    pub async fn with_damage(&self, sandbox: &Sandbox, module: &str) -> Result<PathBuf> {
        let damaged = Self { root: sandbox.work().join("venv") };
        let make = Launch::new(self.python()).envs(sandbox.environment());
        let make = make.args(["-m", "venv", "--without-pip"]).arg(&damaged.root);
        make.finish(Duration::from_secs(60)).await?.success()?;
        let packages = damaged.site_packages();
        fs_err::write(
            packages.join("shared.pth"),
            self.site_packages().as_os_str().as_encoded_bytes(),
        )?;
        let raise = format!("raise RuntimeError('{module} is damaged')\n");
        fs_err::write(packages.join(format!("{module}.py")), raise)?;
        Ok(damaged.python())
    }

    /// Makes `module` whole again.
    pub fn repair(&self, sandbox: &Sandbox, module: &str) -> Result<()> {
        let damaged = Self { root: sandbox.work().join("venv") };
        Ok(fs_err::remove_file(damaged.site_packages().join(format!("{module}.py")))?)
    }

    fn site_packages(&self) -> PathBuf {
        self.root.join("lib/python3.11/site-packages")
    }
}

/// The folder of a tool that `scripts/setup --tests` put into the cache, where it could.
pub fn tool(name: &str) -> Option<PathBuf> {
    let folder = user_cache().ok()?.join("waterskin").join("tools").join(name);
    folder.join("complete").exists().then_some(folder)
}

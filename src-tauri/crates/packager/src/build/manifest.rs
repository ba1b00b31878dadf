use waterskin_bundle::{Layout, Manifest, Minimum, Shell, Streamlit, Window};

use crate::payload::provision::{BaseFacts, PackagesFacts};
use crate::plan::BuildPlan;
use crate::wheels::manylinux::minimum_glibc;

/// The oldest WebKitGTK that the shell runs with.
const WEBKITGTK: &str = "2.40";

/// What the payload says of itself, but for the digest of the app's files, which are not there yet.
pub(super) fn manifest(
    plan: &BuildPlan,
    base: &BaseFacts,
    packages: &PackagesFacts,
    streamlit: &str,
) -> Manifest {
    let digests =
        [(Layout::PYTHON, base.digest.clone()), (Layout::SITE_PACKAGES, packages.digest.clone())];
    let glibc = minimum_glibc(
        &plan.target,
        &[&base.minimum_glibc, &packages.minimum_glibc, &plan.native_glibc],
    );
    let webkitgtk = if glibc.is_empty() { String::new() } else { WEBKITGTK.to_owned() };
    Manifest {
        schema: plan.data.schema(),
        app: plan.app.clone(),
        entry: plan.entry.clone(),
        arguments: plan.arguments.clone(),
        python: base.python.clone(),
        streamlit: Streamlit { version: streamlit.to_owned() },
        window: Window { icon: Some(Layout::ICON.into()), ..plan.window.clone() },
        secrets: plan.secrets.clone(),
        port: plan.port,
        data: plan.data,
        downloads: plan.downloads,
        preload: plan.preload.clone(),
        shell: Shell { version: env!("CARGO_PKG_VERSION").to_owned() },
        minimum: Minimum { glibc, webkitgtk },
        digests: digests.into_iter().map(|(tree, digest)| (tree.to_owned(), digest)).collect(),
    }
}

//! Packages of Debian's that go into the image.

use crate::plan::BuildPlan;

/// What only a window on a desktop has a use for: on a server the browser plays and records.
const OF_A_DESKTOP: [&str; 1] = ["gstreamer1.0-"];
/// What a repository is fetched with.
const FETCH: [&str; 2] = ["ca-certificates", "git"];

/// What `apt-get satisfy` gets, which takes each package by all its names, `libgl1 | libgl1-mesa-glx`;
/// sorted, each once. `fetches` is whether a package comes from a repository.
pub(crate) fn wanted(plan: &BuildPlan, fetches: bool) -> Vec<String> {
    let listed = plan.system_packages.iter().chain(&plan.wished_packages);
    let fetch = FETCH.iter().filter(|_| fetches).map(|it| (*it).to_owned());
    let is_of_desktop = |it: &String| OF_A_DESKTOP.iter().any(|start| it.starts_with(start));
    let all = listed.map(ToString::to_string).chain(fetch);
    let mut wanted: Vec<String> = all.filter(|it| !is_of_desktop(it)).collect();
    wanted.sort();
    wanted.dedup();
    wanted
}

/// The row of a plan.
pub(crate) fn shown(plan: &BuildPlan) -> Vec<String> {
    let wanted = wanted(plan, false);
    match &wanted[..] {
        [] => Vec::new(),
        wanted => vec![format!("{} (by apt)", wanted.join(", "))],
    }
}

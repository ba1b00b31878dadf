use camino::Utf8Path;

/// Whether a program is in a project's folder, by its name or by where a link leads: whoever wrote
/// the project decides then what it does.
pub(crate) fn is_inside(project: &Utf8Path, program: &Utf8Path) -> bool {
    let real = |path: &Utf8Path| path.canonicalize_utf8().ok();
    let named = camino::absolute_utf8(program).unwrap_or_else(|_| program.to_owned());
    let real_project = real(project).unwrap_or_else(|| project.to_owned());
    named.starts_with(project)
        || named.parent().and_then(real).is_some_and(|folder| folder.starts_with(&real_project))
        || real(&named).is_some_and(|program| program.starts_with(&real_project))
}

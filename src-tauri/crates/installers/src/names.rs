/// A version for a file's name: what could lead to another folder or needs quoting is replaced.
pub(crate) fn in_file_name(version: &str) -> String {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '_' | '~');
    let name: String = version.trim().chars().map(|c| if good(c) { c } else { '-' }).collect();
    let name = name.trim_start_matches(['.', '-', '~']).to_owned();
    if name.is_empty() { "0".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_no_way_to_another_folder() {
        assert_eq!(in_file_name("../../etc/1.0"), "etc-1.0");
        assert_eq!(in_file_name("1.0 béta"), "1.0-b-ta");
        assert_eq!(in_file_name("  "), "0");
    }
}

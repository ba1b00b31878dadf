use waterskin_streamlit::UNNAMED;

/// The window's title while the page calls itself `page`.
///
/// An app that sets no title gets the name of its script from Streamlit, which says less than
/// `own`, the title of the window.
pub fn of<'a>(page: &'a str, script: &str, own: &'a str) -> &'a str {
    let page = page.trim();
    let is_default = page.is_empty() || page == UNNAMED || plain(page) == plain(script);
    if is_default { own } else { page }
}

/// A name as Streamlit shows it: blanks instead of underscores, and whatever case.
fn plain(name: &str) -> String {
    name.replace('_', " ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_page_has_its_way_when_it_says_something() {
        for (page, expected) in [
            ("", "Hello"),
            ("  ", "Hello"),
            ("Streamlit", "Hello"),
            ("streamlit_app", "Hello"),
            ("streamlit app", "Hello"),
            ("Streamlit App", "Hello"),
            ("Été – rapport", "Été – rapport"),
            ("Page 2", "Page 2"),
            (" Stages ", "Stages"),
        ] {
            assert_eq!(of(page, "streamlit_app", "Hello"), expected, "{page:?}");
        }
    }
}

/// A language that the program speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// German.
    German,
    /// English, for everyone whose own language is not here.
    English,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// Japanese.
    Japanese,
    /// Portuguese, as in Brazil.
    Portuguese,
    /// Chinese, in simplified characters.
    Chinese,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::German,
        Self::English,
        Self::Spanish,
        Self::French,
        Self::Japanese,
        Self::Portuguese,
        Self::Chinese,
    ];

    /// The first of the languages that the person chose in the system, and that is here.
    ///
    /// On Unix these are `LANGUAGE`, `LC_ALL`, `LC_MESSAGES` and `LANG`, as in gettext.
    pub fn of_system() -> Self {
        Self::first(sys_locale::get_locales())
    }

    /// The first of `wanted` that is here, by its primary subtag (RFC 5646). Nothing else counts: a
    /// Swiss reads German, and who wants Portuguese reads that of Brazil. The locales `C` and
    /// `POSIX` are a choice too, of plain English.
    fn first(wanted: impl IntoIterator<Item = String>) -> Self {
        let known = |tag: String| {
            let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or_default();
            if ["C", "POSIX"].contains(&primary) {
                return Some(Self::English);
            }
            Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
        };
        wanted.into_iter().find_map(known).unwrap_or(Self::English)
    }

    /// The language's tag, such as `de`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::German => "de",
            Self::English => "en",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::Japanese => "ja",
            Self::Portuguese => "pt",
            Self::Chinese => "zh",
        }
    }

    /// The messages, in Fluent's form.
    pub(crate) fn source(self) -> &'static str {
        match self {
            Self::German => include_str!("../../../../locales/de.ftl"),
            Self::English => include_str!("../../../../locales/en.ftl"),
            Self::Spanish => include_str!("../../../../locales/es.ftl"),
            Self::French => include_str!("../../../../locales/fr.ftl"),
            Self::Japanese => include_str!("../../../../locales/ja.ftl"),
            Self::Portuguese => include_str!("../../../../locales/pt.ftl"),
            Self::Chinese => include_str!("../../../../locales/zh.ftl"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_language_is_spoken() {
        for (wanted, expected) in [
            (&["de-CH"][..], Language::German),
            (&["pt_BR.UTF-8"], Language::Portuguese),
            (&["ZH-Hans-CN"], Language::Chinese),
            (&["nl-NL", "fr-BE", "en"], Language::French),
            (&["C", "de"], Language::English),
            (&["french"], Language::English),
            (&[], Language::English),
        ] {
            assert_eq!(
                Language::first(wanted.iter().map(|&tag| tag.into())),
                expected,
                "{wanted:?}"
            );
        }
    }
}

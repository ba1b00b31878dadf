use std::collections::BTreeMap;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use crate::Language;

/// The messages of one language, with English ones behind them.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The messages of a language.
    pub fn of(language: Language) -> Self {
        // With no locale known the numbers have no groups, and plurals are those of English.
        let locales = language.tag().parse().into_iter().collect();
        let mut bundle = FluentBundle::new_concurrent(locales);
        // All of the languages run from left to right: no marks are needed to keep directions apart.
        bundle.set_use_isolating(false);
        for source in [Language::English, language] {
            bundle.add_resource_overriding(resource(source));
        }
        Self { language, bundle }
    }

    /// Which language these are in.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The message `key`; the key itself where there is no such message.
    pub fn say(&self, key: &str) -> String {
        self.say_with(key, &FluentArgs::new())
    }

    /// The message `key`, with `values` for its placeholders.
    pub fn say_with(&self, key: &str, values: &FluentArgs<'_>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::warn!(key, "there is no such message");
            return key.to_owned();
        };
        self.bundle.format_pattern(pattern, Some(values), &mut Vec::new()).into_owned()
    }

    /// The message `key`, with texts for its placeholders.
    pub fn tell(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            arguments.set(*name, *value);
        }
        self.say_with(key, &arguments)
    }

    /// The messages for the splash by their keys, as text in which `{ $name }` is a placeholder.
    /// They are sent into the page, which stays small without a Fluent of its own.
    pub fn splash(&self) -> BTreeMap<&'static str, &'static str> {
        let lines = self.language.source().lines();
        lines
            .filter(|line| line.starts_with("splash-"))
            .filter_map(|line| line.split_once(" = "))
            .collect()
    }
}

impl Default for Words {
    /// The messages in the system's language.
    fn default() -> Self {
        Self::of(Language::of_system())
    }
}

/// What a faulty file has that is not faulty; the tests find the rest.
fn resource(language: Language) -> FluentResource {
    FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(resource, errors)| {
        tracing::error!(language = language.tag(), ?errors, "the messages are faulty");
        resource
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_is_read_whole() {
        for language in Language::ALL {
            let read = FluentResource::try_new(language.source().to_owned());
            assert!(read.is_ok(), "{language:?}: {:?}", read.err().map(|(_, errors)| errors));
        }
    }

    #[test]
    fn a_message_with_a_number() {
        let mut values = FluentArgs::new();
        values.set("lines", 1);
        assert_eq!(Words::of(Language::German).say_with("log-lines", &values), "1 Zeile");
        values.set("lines", 5);
        assert_eq!(Words::of(Language::German).say_with("log-lines", &values), "5 Zeilen");
        assert_eq!(Words::of(Language::Japanese).say("action-quit"), "終了");
        assert_eq!(Words::of(Language::Japanese).say("no-such-key"), "no-such-key");
    }

    #[test]
    fn the_splash_gets_whole_messages() {
        for language in Language::ALL {
            let splash = Words::of(language).splash();
            assert_eq!(splash.len(), 21, "{language:?}");
            assert!(splash["splash-step"].contains("{ $step }"), "{language:?}");
        }
    }
}

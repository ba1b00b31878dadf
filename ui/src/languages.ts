import { FluentBundle, FluentResource } from "@fluent/bundle";
import de from "../../locales/de.ftl?raw";
import en from "../../locales/en.ftl?raw";
import es from "../../locales/es.ftl?raw";
import fr from "../../locales/fr.ftl?raw";
import ja from "../../locales/ja.ftl?raw";
import pt from "../../locales/pt.ftl?raw";
import zh from "../../locales/zh.ftl?raw";
import type { Words } from "./words";

/** The files of `locales/` by language. The shell knows the same ones, and tells which to use. */
const SOURCES: Readonly<Record<string, string>> = { de, en, es, fr, ja, pt, zh };

/** The messages of a language; English ones where the language, or a message of it, is unknown. */
export function fluentWords(language: string): Words {
  const chosen = bundle(language in SOURCES ? language : "en");
  const english = chosen.locales.includes("en") ? chosen : bundle("en");
  return (key, values) => {
    for (const from of [chosen, english]) {
      const pattern = from.getMessage(key)?.value;
      // An error in one placeholder leaves its name in the text, which is better than no text.
      if (pattern !== undefined && pattern !== null) return from.formatPattern(pattern, values, []);
    }
    return key;
  };
}

function bundle(language: string): FluentBundle {
  // All of these languages run from left to right; the marks that keep directions apart would only be copied along.
  const made = new FluentBundle(language, { useIsolating: false });
  made.addResource(new FluentResource(SOURCES[language] ?? ""));
  return made;
}

// @vitest-environment node
import { FluentParser, Visitor, type Message, type SelectExpression, type VariableReference } from "@fluent/syntax";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fluentWords } from "../src/languages";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "locales");
const languages = readdirSync(folder).map((file) => file.replace(/\.ftl$/, ""));

interface Entry {
  values: Set<string>;
  selects: boolean;
  lines: number;
}

/** The messages of a file with the placeholders of each. */
function messages(language: string): Map<string, Entry> {
  const source = readFileSync(join(folder, `${language}.ftl`), "utf8");
  const found = new Map<string, Entry>();
  for (const entry of new FluentParser().parse(source).body) {
    if (entry.type === "Junk") throw new Error(`${language}: not understood: ${String(entry.content)}`);
    if (entry.type !== "Message") continue;
    const message = entry as Message;
    const about: Entry = { values: new Set(), selects: false, lines: source.slice(message.value?.span?.start, message.value?.span?.end).split("\n").length };
    class Look extends Visitor {
      override visitVariableReference(node: VariableReference) {
        about.values.add(node.id.name);
      }
      override visitSelectExpression(node: SelectExpression) {
        about.selects = true;
        this.genericVisit(node);
      }
    }
    new Look().visit(message);
    if (found.has(message.id.name)) throw new Error(`${language}: ${message.id.name} stands there twice`);
    found.set(message.id.name, about);
  }
  return found;
}

/** All of the code that people see something of. */
function code(): string {
  const files = ["ui/src", "src-tauri/src", "src-tauri/crates/session/src"].flatMap((part) =>
    readdirSync(join(root, part), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(ts|rs)$/.test(file))
      .map((file) => readFileSync(join(root, part, file), "utf8")),
  );
  return files.join("\n");
}

const english = messages("en");

describe.each(languages)("%s", (language) => {
  const own = messages(language);

  it("has the same messages as English, each with the same placeholders", () => {
    expect([...own.keys()]).toEqual([...english.keys()]);
    for (const [key, { values }] of own) expect([key, [...values].sort()]).toEqual([key, [...(english.get(key)?.values ?? [])].sort()]);
  });

  it("keeps the literals of a message", () => {
    const say = fluentWords(language);
    const literals = (text: string) => [...text.matchAll(/`[^`]*`/g)].map(([all]) => all).sort();
    for (const key of english.keys()) expect([key, literals(say(key))]).toEqual([key, literals(fluentWords("en")(key))]);
  });

  it("has simple messages for the splash, which knows nothing of Fluent", () => {
    const splash = [...own].filter(([key]) => key.startsWith("splash-"));
    expect(splash.length).toBeGreaterThan(0);
    for (const [key, { selects, lines }] of splash) expect([key, selects, lines]).toEqual([key, false, 1]);
  });

  it("is known to the screens", () => {
    if (language !== "en") expect(fluentWords(language)("action-quit")).not.toBe(fluentWords("en")("action-quit"));
  });
});

describe("the code", () => {
  const all = code();

  it("uses every message", () => {
    expect([...english.keys()].filter((key) => !all.includes(`"${key}"`))).toEqual([]);
  });

  it("uses no message that is not there", () => {
    const asked = [...all.matchAll(/\bsay(?:_with)?\(\s*&?"([a-z-]+)"/g)].map(([, key]) => key ?? "");
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter((key) => !english.has(key))).toEqual([]);
    const prefixes = [...new Set([...english.keys()].map((key) => key.split("-")[0]))].join("|");
    const named = [...all.matchAll(new RegExp(`"((?:${prefixes})-[a-z-]+)"`, "g"))].map(([, key]) => key ?? "");
    expect(named.filter((key) => !english.has(key) && !OTHERS.has(key))).toEqual([]);
  });
});

/** What looks like a key and is a name of something else. */
const OTHERS = new Set(["log-changed"]);

/** What stands in for the placeholders of a message. */
export type Values = Readonly<Record<string, string | number>>;

/** Gives a message in the person's language. */
export type Words = (key: string, values?: Values) => string;

let words: Words = (key) => key;

/** Chooses where messages come from, once, before anything is drawn. */
export function speak(chosen: Words): void {
  words = chosen;
}

/**
 * A message of `locales/` in the person's language.
 *
 * Every key stands somewhere in the code as a whole literal: that is how the tests find messages that nobody needs.
 */
export function say(key: string, values: Values = {}): string {
  return words(key, values);
}

/** Messages that came as plain text, where no more is known than how placeholders are filled in. */
export function plainWords(messages: Readonly<Record<string, string>>): Words {
  return (key, values = {}) =>
    (messages[key] ?? "").replace(/\{ \$(\w+) \}/g, (_, name: string) => String(values[name] ?? ""));
}

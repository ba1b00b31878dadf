import type { Part } from "../gen/Part";

/** A work in the list: of the app, which the host reads, or of the shell, whose texts came with the screens. */
export interface Work {
  group: "python" | "shell";
  name: string;
  version: string;
  licence: string;
  /** The place in its own list, by which its text is asked for. */
  place: number;
}

/** What `licences.json` holds: the works in the shell. Many share a text, so each text stands there once. */
export interface ShellLicences {
  works: { name: string; version: string; licence: string; texts: number[] }[];
  texts: string[];
}

/** The works of the app and of the shell, in this order. */
export function works(parts: readonly Part[], shell: ShellLicences): Work[] {
  return [
    ...parts.map((part, place): Work => ({ group: "python", place, name: part.name, version: part.version, licence: part.licence })),
    ...shell.works.map((part, place): Work => ({ group: "shell", place, name: part.name, version: part.version, licence: part.licence })),
  ];
}

/** Whether a work has all words of a search in its name or its licence. */
export function matches(work: Work, query: string): boolean {
  const inside = `${work.name} ${work.licence}`.toLocaleLowerCase();
  return query.toLocaleLowerCase().split(/\s+/).every((word) => inside.includes(word));
}

/** The text of a work of the shell. */
export function shellText(shell: ShellLicences, place: number): string {
  return (shell.works[place]?.texts ?? []).map((text) => shell.texts[text] ?? "").join("\n\n");
}

/** `licences.json` as far as it can be trusted: a build without Cargo has none. */
export function shellLicences(given: unknown): ShellLicences {
  const none = { works: [], texts: [] };
  if (typeof given !== "object" || given === null) return none;
  const { works, texts } = given as Partial<ShellLicences>;
  return Array.isArray(works) && Array.isArray(texts) ? { works, texts } : none;
}

/** A name without the address that Debian's form of it carries. */
export function person(author: string): string {
  return author.replace(/\s*<[^>]*>\s*$/, "");
}

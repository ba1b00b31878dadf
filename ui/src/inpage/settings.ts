import type { Ground, Theme } from "../boot";

/** What the shell puts into a page before this script. */
export interface Settings {
  theme: Theme;
  grounds: Readonly<Record<"light" | "dark", Ground>> | null;
  language: string;
  words: Readonly<Record<string, string>>;
}

/** What the shell asks for later on. */
export type Command = { do: "find" } | { do: "tell"; title: string; text: string } | { do: "dismiss" } | { do: "release"; kind: "audio" | "video" };

/** Takes `window.__WATERSKIN_INPAGE__` away from the page. The shell alone puts it there, in one piece with this script. */
export function takeSettings(holder: { __WATERSKIN_INPAGE__?: unknown }): Settings | null {
  const given = holder.__WATERSKIN_INPAGE__;
  delete holder.__WATERSKIN_INPAGE__;
  return typeof given === "object" && given !== null ? (given as Settings) : null;
}

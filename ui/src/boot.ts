import type { SessionState } from "./gen/SessionState";

/** Light, dark, or as the system has it. */
export type Theme = "light" | "dark" | "system";

/** What lies behind everything, and whether what is written on it has to be light. */
export interface Ground {
  colour: string;
  dark: boolean;
}

/** What the shell puts into a window before any script of ours runs. */
export interface Boot {
  /** The app's name. */
  name: string;
  /** The app's icon as a data URL, or the empty string. */
  icon: string;
  theme: Theme;
  /** The grounds of the page, light and dark, where there is a page. */
  grounds: Readonly<Record<"light" | "dark", Ground>> | null;
  /** The language of the words, one of `locales/`. */
  language: string;
  /** The words of the splash in that language, for the page; the shell's own screens have them all. */
  words: Readonly<Record<string, string>>;
  /** The state when the window was made. It may be old by the time a page loads. */
  state: SessionState | null;
}

/**
 * Takes `window.__WATERSKIN__`, and takes it away, so that the page finds no trace of it.
 *
 * The value is judged field by field: the shell's own screens run without it, in a test for example.
 */
export function takeBoot(holder: { __WATERSKIN__?: unknown }): Boot {
  const given = holder.__WATERSKIN__;
  delete holder.__WATERSKIN__;
  const record = isRecord(given) ? given : {};
  return {
    name: typeof record.name === "string" ? record.name : "",
    icon: typeof record.icon === "string" && record.icon.startsWith("data:image/") ? record.icon : "",
    theme: record.theme === "light" || record.theme === "dark" ? record.theme : "system",
    grounds: isRecord(record.grounds) ? grounds(record.grounds) : null,
    language: typeof record.language === "string" ? record.language : "en",
    words: isRecord(record.words) ? texts(record.words) : {},
    state: isSessionState(record.state) ? record.state : null,
  };
}

/** Whether a value has the fields that the screens read. The shell sends nothing else; the page might. */
export function isSessionState(value: unknown): value is SessionState {
  return (
    isRecord(value) &&
    typeof value.revision === "number" &&
    typeof value.generation === "number" &&
    typeof value.stage === "string" &&
    isRecord(value.app) &&
    isRecord(value.phase) &&
    typeof value.phase.kind === "string" &&
    isRecord(value.port) &&
    typeof value.port.port === "number"
  );
}

function grounds({ light, dark }: Record<string, unknown>): Boot["grounds"] {
  return isGround(light) && isGround(dark) ? { light, dark } : null;
}

function isGround(value: unknown): value is Ground {
  return isRecord(value) && typeof value.colour === "string" && typeof value.dark === "boolean";
}

function texts(record: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

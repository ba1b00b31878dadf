import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { About } from "./gen/About";
import type { Complaint } from "./gen/Complaint";
import type { SecretsForm } from "./gen/SecretsForm";
import type { SessionState } from "./gen/SessionState";

/** A refusal of the host. The screens switch on `code`, and show the rest. */
export interface HostError {
  code: string;
  message: string;
  hints: string[];
}

/** A stretch of the app's output, as a terminal would get it. */
export interface LogOutput {
  /** The number of its first byte; larger than what was asked for where the host has forgotten something. */
  start: number;
  /** The number to ask for next. */
  next: number;
  text: string;
}

/** Everything that the screens ask of the host. This file alone knows that the host is Tauri. */
export interface Host {
  state(): Promise<SessionState>;
  /** Starts the app again; returns the state after that. */
  restart(): Promise<SessionState>;
  /** A report for the person who made the app, as text. */
  report(): Promise<string>;
  /** Saves the report with the logs in the Downloads folder; returns the file's name. */
  saveReport(): Promise<string>;
  /** Shows the saved report in the file manager. */
  revealReport(): Promise<void>;
  /** What the window about the app shows. */
  about(): Promise<About>;
  /** The licence's text of a part of the app, by its place in `About.parts`. */
  licenceText(part: number): Promise<string>;
  showLog(): Promise<void>;
  showAbout(): Promise<void>;
  logOutput(from: number): Promise<LogOutput>;
  openLogFolder(): Promise<void>;
  /** What the app asks for, and where it is kept; `once` is for a form whose answers are kept nowhere. */
  secretsForm(once: boolean): Promise<SecretsForm>;
  /** Keeps what was filled in and starts the app anew; or keeps nothing, and says what can't be taken. */
  secretsSave(answers: Readonly<Record<string, string | null>>): Promise<Complaint[]>;
  /** Opens the app with what was filled in, and keeps nothing; or says what can't be taken. */
  secretsUse(answers: Readonly<Record<string, string | null>>): Promise<Complaint[]>;
  quit(): Promise<void>;
  /** Calls back with each new state, until the returned function is called. */
  onState(changed: (state: SessionState) => void): () => void;
  /** Calls back when the app wrote something. */
  onLog(changed: () => void): () => void;
}

export const host: Host = {
  state: () => invoke<SessionState>("session_state"),
  restart: () => invoke<SessionState>("session_restart"),
  report: () => invoke<string>("report_copy"),
  saveReport: () => invoke<string>("report_save"),
  revealReport: () => invoke<void>("report_reveal"),
  about: () => invoke<About>("about_info"),
  licenceText: (part) => invoke<string>("about_text", { part }),
  showLog: () => invoke<void>("log_show"),
  showAbout: () => invoke<void>("about_show"),
  logOutput: (from) => invoke<LogOutput>("log_output", { from }),
  openLogFolder: () => invoke<void>("log_folder"),
  secretsForm: (once) => invoke<SecretsForm>("secrets_form", { once }),
  secretsSave: (answers) => invoke<Complaint[]>("secrets_save", { answers }),
  secretsUse: (answers) => invoke<Complaint[]>("secrets_use", { answers }),
  quit: () => invoke<void>("app_quit"),
  onState: (changed) => subscription(listen<SessionState>("session-state", (event) => changed(event.payload))),
  onLog: (changed) => subscription(listen("log-changed", () => changed())),
};

/** Reads what a failed command threw. Tauri itself throws plain strings, for a command that is not allowed for example. */
export function hostError(thrown: unknown): HostError {
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
    const { code, message, hints } = thrown as { code?: unknown; message: unknown; hints?: unknown };
    return {
      code: typeof code === "string" ? code : "unknown",
      message: String(message),
      hints: Array.isArray(hints) ? hints.filter((hint): hint is string => typeof hint === "string") : [],
    };
  }
  return { code: "unknown", message: String(thrown), hints: [] };
}

/**
 * Turns a subscription that arrives later into a function that ends it now.
 *
 * A subscription that is ended before it has arrived ends on arrival, so none is left behind. A refused one is the
 * same as one that never fires: the screens ask for the state when they open.
 */
export function subscription(pending: Promise<() => void>): () => void {
  let ended = false;
  let end: (() => void) | undefined;
  pending.then(
    (arrived) => {
      if (ended) arrived();
      else end = arrived;
    },
    (thrown: unknown) => console.warn("not subscribed:", thrown),
  );
  return () => {
    ended = true;
    end?.();
    end = undefined;
  };
}

import { Channel, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Answers } from "./gen/Answers";
import type { Batch } from "./gen/Batch";
import { LOG_EVENT, STATE_EVENT, type Commands } from "./gen/commands";
import type { IpcError } from "./gen/IpcError";
import type { SessionState } from "./gen/SessionState";

/** Asks the host. What a command takes and gives is written in Rust alone. */
function ask<Name extends keyof Commands>(name: Name, ...args: Parameters<Commands[Name]>): Promise<ReturnType<Commands[Name]>> {
  return invoke<ReturnType<Commands[Name]>>(name, args[0]);
}

/** Everything that the screens ask of the host. This file alone knows that the host is Tauri. */
export const host = {
  state: () => ask("session_state"),
  /** Starts the app again; returns the state after that. */
  restart: () => ask("session_restart"),
  /** A report for the person who made the app, as text. */
  report: () => ask("report_copy"),
  /** Saves the report with the logs in the Downloads folder; returns the file's name. */
  saveReport: () => ask("report_save"),
  /** Shows the saved report in the file manager. */
  revealReport: () => ask("report_reveal"),
  /** What the window about the app shows. */
  about: () => ask("about_info"),
  /** The licence's text of a part of the app, by its place in `About.parts`. */
  licenceText: (part: number) => ask("about_text", { part }),
  showLog: () => ask("log_show"),
  showAbout: () => ask("about_show"),
  showInspector: () => ask("inspector_show"),
  /** Calls back with what passes the proxy from now on, batch by batch. */
  followTraffic: (passed: (batch: Batch) => void) => {
    const batches = new Channel<Batch>((batch) => {
      // At once, and not when it is drawn: the host may have more for the next picture.
      void ask("inspector_took").catch(() => undefined);
      passed(batch);
    });
    return ask("inspector_follow", { batches });
  },
  /** Saves what was seen in the Downloads folder; returns the names of the trace and the HAR. */
  saveTraffic: () => ask("inspector_save"),
  /** Shows what was saved in the file manager. */
  revealTraffic: () => ask("inspector_reveal"),
  logOutput: (from: number) => ask("log_output", { from }),
  openLogFolder: () => ask("log_folder"),
  /** What the app asks for, and where it is kept; `once` is for a form whose answers are kept nowhere. */
  secretsForm: (once: boolean) => ask("secrets_form", { once }),
  /** Keeps what was filled in and starts the app anew; or keeps nothing, and says what can't be taken. */
  secretsSave: (answers: Answers) => ask("secrets_save", { answers }),
  /** Opens the app with what was filled in, and keeps nothing; or says what can't be taken. */
  secretsUse: (answers: Answers) => ask("secrets_use", { answers }),
  quit: () => ask("app_quit"),
  /** Calls back with each new state, until the returned function is called. */
  onState: (changed: (state: SessionState) => void) => subscription(listen<SessionState>(STATE_EVENT, (event) => changed(event.payload))),
  /** Calls back when the app wrote something. */
  onLog: (changed: () => void) => subscription(listen(LOG_EVENT, () => changed())),
};

export type Host = typeof host;

/** Reads what a failed command threw. Tauri itself throws plain strings, for a command that is not allowed for example. */
export function hostError(thrown: unknown): IpcError {
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

import type { Failure } from "../gen/Failure";
import type { IpcError } from "../gen/IpcError";
import type { SessionState } from "../gen/SessionState";
import { detail, progress, type Progress } from "../load";
import { say } from "../words";
import { hintWords, subjectWords, wordsFor, type FailureText } from "./words";

/** The shell's own window, log aside. */
export interface Model {
  session: SessionState | null;
  /** The host could not be asked for the state. */
  unreachable: IpcError | null;
  /** A restart was asked for and not yet answered. */
  restarting: boolean;
  /** Python has been up or has failed before, so a start is a start again. */
  again: boolean;
  /** The wait has lasted some seconds. */
  slow: boolean;
  notice: Notice | null;
  /** The person chose to enter the secrets for this time, in place of a keychain that does not answer. */
  entering: boolean;
}

/** A short answer to something that the person did. */
export interface Notice {
  tone: "good" | "bad";
  text: string;
  /** The saved report can be shown in its folder. */
  saved?: boolean;
}

export type Event =
  | { kind: "state"; state: SessionState }
  | { kind: "unreachable"; error: IpcError }
  | { kind: "restartAsked" }
  | { kind: "restartFailed"; error: IpcError }
  | { kind: "slow" }
  | { kind: "enter" }
  | { kind: "notice"; notice: Notice | null };

/** The window before it has heard anything. */
export const INITIAL: Model = {
  session: null,
  unreachable: null,
  restarting: false,
  again: false,
  slow: false,
  notice: null,
  entering: false,
};

/** The next model. Returns the same object where nothing changes. */
export function reduce(model: Model, event: Event): Model {
  switch (event.kind) {
    case "state":
      return withState(model, event.state);
    case "unreachable":
      // A state that came by the event is better than the answer that did not come.
      return model.session === null ? { ...model, unreachable: event.error } : model;
    case "restartAsked":
      return { ...model, restarting: true, notice: null };
    case "restartFailed":
      return { ...model, restarting: false, notice: { tone: "bad", text: say("notice-failed", { message: event.error.message }) } };
    case "slow":
      return screen(model).kind === "starting" ? { ...model, slow: true } : model;
    case "enter":
      return { ...model, entering: true };
    case "notice":
      return model.notice === event.notice ? model : { ...model, notice: event.notice };
  }
}

function withState(model: Model, state: SessionState): Model {
  if (model.session !== null && state.revision <= model.session.revision) return model;
  const moved = model.session?.phase.kind !== state.phase.kind;
  return {
    ...model,
    session: state,
    unreachable: null,
    restarting: false,
    again: model.again || state.phase.kind === "gaveUp" || state.phase.kind === "waiting",
    slow: moved ? false : model.slow,
    notice: moved ? null : model.notice,
    entering: model.entering && !moved,
  };
}

/** What a button does. */
export type Action = "restart" | "tryAgain" | "enterOnce" | "copyReport" | "saveReport" | "showLog" | "quit";

/** A failure as it is shown. */
export interface FailureView {
  app: string;
  version: string;
  words: FailureText;
  /** What it is about: a file, a folder. May be empty. */
  subject: string;
  hints: string[];
  /** The first is the one that Enter does. */
  actions: [Action, ...Action[]];
  /** What exactly happened, and the program's own last words, for whoever repairs it. */
  details: string;
  logFile: string;
}

/** What the window shows. */
export type Screen =
  | { kind: "starting"; view: Progress & { detail: string } }
  | { kind: "failure"; view: FailureView }
  /** The form for the app's secrets; `once` is one whose answers are kept nowhere. */
  | { kind: "secrets"; once: boolean };

/** Chooses the screen. The address only says which window this is: what a session does decides what is seen. */
export function screen(model: Model): Screen {
  const { session, unreachable } = model;
  if (session?.phase.kind === "asking") return { kind: "secrets", once: false };
  if (session?.phase.kind === "gaveUp") {
    if (model.entering) return { kind: "secrets", once: true };
    return { kind: "failure", view: failureView(session, session.phase.failure) };
  }
  if (session === null && unreachable !== null) return { kind: "failure", view: unreachableView(unreachable) };
  const view = progress(session, session?.stage ?? "none", model.again);
  return { kind: "starting", view: { ...view, detail: detail(view, session, model.slow) } };
}

function failureView(session: SessionState, failure: Failure): FailureView {
  return {
    app: session.app.name,
    version: session.app.version,
    words: wordsFor(failure.code),
    subject: failure.subject === null ? "" : subjectWords(failure.subject),
    hints: failure.hints.length > 0 ? failure.hints.map(hintWords) : [say("hint-send-report")],
    actions: actionsFor(failure),
    // Of a keychain that is silent there is nothing more to say.
    details: failure.code === "keychain" ? "" : detailsOf(failure),
    logFile: failure.logFile,
  };
}

function unreachableView(error: IpcError): FailureView {
  return {
    app: "",
    version: "",
    words: wordsFor(null),
    subject: "",
    hints: [say("hint-restart")],
    actions: ["restart", "copyReport", "saveReport", "showLog", "quit"],
    details: [error.message, ...error.hints].join("\n"),
    logFile: "",
  };
}

/** A restart is the way out only where something outside the app's own files can have changed. */
function actionsFor({ code, hints }: Failure): [Action, ...Action[]] {
  if (hints[0]?.kind === "missing-module") return ["copyReport", "saveReport", "restart", "showLog", "quit"];
  switch (code) {
    case "keychain":
      return ["tryAgain", "enterOnce", "quit"];
    case "damaged":
      return ["copyReport", "saveReport", "showLog", "quit"];
    case "too-new":
    case "no-app":
    case "old-web-view":
      return ["quit", "copyReport", "saveReport"];
    default:
      return ["restart", "copyReport", "saveReport", "showLog", "quit"];
  }
}

/** The message, and below it what was last written, unless that begins with it already. */
function detailsOf({ message, details }: Failure): string {
  return details.startsWith(message) ? details : [message, details].filter((part) => part.trim() !== "").join("\n\n");
}

import type { Failure } from "../gen/Failure";
import type { FailureCode } from "../gen/FailureCode";
import type { SessionState } from "../gen/SessionState";
import type { HostError } from "../host";
import { progress, type Progress } from "../load";
import { text, type FailureText } from "../text";

/** The shell's own window, log aside. */
export interface Model {
  session: SessionState | null;
  /** The host could not be asked for the state. */
  unreachable: HostError | null;
  /** A restart was asked for and not yet answered. */
  restarting: boolean;
  /** Python has been up or has failed before, so a start is a start again. */
  again: boolean;
  /** The wait has lasted some seconds. */
  slow: boolean;
  notice: Notice | null;
}

/** A short answer to something that the person did. */
export interface Notice {
  tone: "good" | "bad";
  text: string;
}

export type Event =
  | { kind: "state"; state: SessionState }
  | { kind: "unreachable"; error: HostError }
  | { kind: "restartAsked" }
  | { kind: "restartFailed"; error: HostError }
  | { kind: "slow" }
  | { kind: "notice"; notice: Notice | null };

/** The window before it has heard anything. */
export const INITIAL: Model = {
  session: null,
  unreachable: null,
  restarting: false,
  again: false,
  slow: false,
  notice: null,
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
      return { ...model, restarting: false, notice: { tone: "bad", text: text.notices.failed(event.error.message) } };
    case "slow":
      return screen(model).kind === "starting" ? { ...model, slow: true } : model;
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
  };
}

/** What a button does. */
export type Action = "restart" | "copyReport" | "showLog" | "quit";

/** A failure as it is shown. */
export interface FailureView {
  app: string;
  version: string;
  words: FailureText;
  /** What exactly happened, as a sentence. */
  message: string;
  hints: string[];
  /** The first is the one that Enter does. */
  actions: [Action, ...Action[]];
  details: string;
  logFile: string;
}

/** What the window shows. */
export type Screen =
  | { kind: "starting"; view: Progress & { detail: string } }
  | { kind: "failure"; view: FailureView };

/** Chooses the screen. The address only says which window this is: what a session does decides what is seen. */
export function screen(model: Model): Screen {
  const { session, unreachable } = model;
  if (session?.phase.kind === "gaveUp") {
    return { kind: "failure", view: failureView(session, session.phase.failure) };
  }
  if (session === null && unreachable !== null) return { kind: "failure", view: unreachableView(unreachable) };
  const view = progress(session, session?.stage ?? "none", model.again);
  return { kind: "starting", view: { ...view, detail: model.slow ? view.slow : "" } };
}

function failureView(session: SessionState, failure: Failure): FailureView {
  return {
    app: session.app.name,
    version: session.app.version,
    words: text.failures[failure.code] ?? text.failure.unknown,
    message: sentence(failure.message),
    hints: hintsOf(failure.hints),
    actions: actionsFor(failure.code),
    details: failure.details,
    logFile: failure.logFile,
  };
}

function unreachableView(error: HostError): FailureView {
  return {
    app: "",
    version: "",
    words: text.failure.unknown,
    message: sentence(error.message),
    hints: hintsOf(error.hints),
    actions: ["restart", "copyReport", "showLog", "quit"],
    details: "",
    logFile: "",
  };
}

/** A restart is the way out only where something outside the app's own files can have changed. */
function actionsFor(code: FailureCode): [Action, ...Action[]] {
  switch (code) {
    case "damaged":
      return ["copyReport", "showLog", "quit"];
    case "too-new":
    case "no-app":
      return ["quit", "copyReport"];
    default:
      return ["restart", "copyReport", "showLog", "quit"];
  }
}

function hintsOf(hints: readonly string[]): string[] {
  return (hints.length > 0 ? [...hints] : [text.failure.fallbackHint]).map(capital);
}

/** Messages come as lower-case fragments; on a screen they are sentences. A literal at the front keeps its case. */
function sentence(message: string): string {
  const capitalised = capital(message.trim());
  return capitalised === "" || /[.!?…]$/.test(capitalised) ? capitalised : `${capitalised}.`;
}

function capital(words: string): string {
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

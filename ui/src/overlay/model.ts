import type { SessionState } from "../gen/SessionState";
import type { Stage } from "../gen/Stage";
import { detail, later, progress, type Progress } from "../load";

/** Everything that decides whether the splash covers the page. */
export interface Model {
  /** The newest state that the shell gave, or the one from when the window was made. */
  state: SessionState | null;
  /** The stage that this document itself is known to have reached. */
  reached: Stage;
  /** The stage that the shell last told. That of the first state belongs to an earlier load, perhaps. */
  told: Stage;
  /** The WebSocket of this document was open once, so what it shows belongs to one start of Python. */
  connected: boolean;
  /** Streamlit has drawn something. */
  rendered: boolean;
  /** The script has run to its end once. */
  finished: boolean;
  /** A dialog of the page is open. Before the first render that is an error of Streamlit's own. */
  dialog: boolean;
  /** The document is not Streamlit's: an error page, or a file opened in the window. */
  foreign: boolean;
  /** The shell said, in this document's life, that Python answers. */
  seenReady: boolean;
  /**
   * Python went away under this document. Streamlit connects again by itself and keeps the old content, so the
   * document stays covered to its end: the shell loads it again once Python answers.
   */
  stale: boolean;
  /** The splash has been there for some seconds. */
  slow: boolean;
}

/** What happens to a document. */
export type Event =
  | { kind: "state"; state: SessionState }
  | { kind: "connected" }
  | { kind: "running" }
  | { kind: "rendered" }
  | { kind: "finished" }
  | { kind: "dialog"; open: boolean }
  | { kind: "foreign" }
  | { kind: "slow" };

/** The model at document start. The state from the window's making is good for words, never as a proof of change. */
export function initial(state: SessionState | null): Model {
  return {
    state,
    reached: "contact",
    told: "none",
    connected: false,
    rendered: false,
    finished: false,
    dialog: false,
    foreign: false,
    seenReady: state?.phase.kind === "ready",
    stale: false,
    slow: false,
  };
}

/** The next model. Returns the same object where nothing changes. */
export function reduce(model: Model, event: Event): Model {
  switch (event.kind) {
    case "state":
      return withState(model, event.state);
    case "connected":
      return model.connected ? model : { ...model, connected: true, reached: later(model.reached, "upgrade") };
    case "running":
      return later(model.reached, "messages") === model.reached
        ? model
        : { ...model, connected: true, reached: "messages" };
    case "rendered":
      return model.rendered ? model : { ...model, rendered: true, connected: true, slow: false, reached: later(model.reached, "messages") };
    case "finished":
      return model.finished ? model : { ...model, finished: true, reached: "finished" };
    case "dialog":
      return model.dialog === event.open ? model : { ...model, dialog: event.open };
    case "foreign":
      return { ...model, foreign: true };
    case "slow":
      return covered(model) ? { ...model, slow: true } : model;
  }
}

function withState(model: Model, state: SessionState): Model {
  if (model.state !== null && state.revision <= model.state.revision) return model;
  const kind = state.phase.kind;
  const next: Model = { ...model, state, told: state.stage, seenReady: model.seenReady || kind === "ready" };
  if (goneAway(model, kind)) {
    next.stale = true;
    next.slow = model.stale && model.slow;
  }
  return next;
}

/**
 * Whether a phase says that Python went away under this document.
 *
 * A document that never connected has nothing stale: its requests are held until Python answers. `starting` alone
 * proves nothing before `ready` was seen, since the page can be faster than the shell's news of the first start.
 */
function goneAway(model: Model, kind: SessionState["phase"]["kind"]): boolean {
  if (kind === "ready") return false;
  if (kind === "starting") return model.seenReady && (model.connected || model.foreign);
  return model.connected || model.foreign;
}

/**
 * Whether the splash covers the page.
 *
 * A dialog counts as a render only while Python answers: before that it complains of a lost connection, which the
 * splash says better, and Streamlit takes it away by itself.
 */
export function covered(model: Model): boolean {
  if (model.stale) return true;
  return !(model.rendered || model.foreign || (model.dialog && model.state?.phase.kind === "ready"));
}

/** What the splash shows. */
export function view(model: Model): Progress & { detail: string } {
  const reached = model.stale ? "none" : later(model.reached, model.told);
  const shown = progress(model.state, reached, model.stale);
  return { ...shown, detail: detail(shown, model.state, model.slow) };
}

import type { SessionState } from "./gen/SessionState";
import type { Stage } from "./gen/Stage";
import { say } from "./words";

/** The stages of a load in their order. */
const ORDER: readonly Stage[] = ["none", "contact", "page", "upgrade", "messages", "finished"];

/** How many steps the splash shows: the four stages of a load. */
export const STEPS = 4;

/** What the splash says and shows of a load. */
export interface Progress {
  /** The step that is being waited for, from 1 to `STEPS`. */
  step: number;
  /** One line: what is being waited for. */
  line: string;
  /** A fuller sentence for a wait that takes long; empty when there is nothing to add. */
  slow: string;
  /** Whether something is still going on, so that the sign moves. */
  busy: boolean;
}

/** The fuller sentence, where it is time for it: the shell itself waits for a keychain before it says so. */
export function detail(shown: Progress, state: SessionState | null, slow: boolean): string {
  return slow || state?.phase.kind === "unlocking" ? shown.slow : "";
}

/** The later of two stages. */
export function later(one: Stage, other: Stage): Stage {
  return ORDER.indexOf(one) >= ORDER.indexOf(other) ? one : other;
}

/** What a load waits for, given the session's state and the stage that is known to be reached. */
export function progress(state: SessionState | null, reached: Stage, again: boolean): Progress {
  const phase = state?.phase.kind ?? "starting";
  switch (phase) {
    case "waiting":
      return { step: 1, line: againLine(state), slow: say("splash-slow-again"), busy: true };
    case "gaveUp":
      return { step: 1, line: say("splash-gave-up"), slow: "", busy: false };
    case "stopping":
      return { step: 1, line: say("splash-stopping"), slow: "", busy: true };
    case "stopped":
      return { step: 1, line: say("splash-stopped"), slow: "", busy: false };
    case "unlocking":
      return { step: 1, line: say("splash-wait-keychain"), slow: say("splash-slow-keychain"), busy: true };
    case "asking":
      return waitingFor("none", false);
    case "starting":
      if (again) return { step: 1, line: againLine(state), slow: say("splash-slow-again"), busy: true };
      return waitingFor(reached, false);
    case "ready":
      if (again) return { step: 1, line: say("splash-reloading"), slow: "", busy: true };
      return waitingFor(reached, true);
  }
}

function againLine(state: SessionState | null): string {
  const failures = state?.phase.kind === "waiting" ? state.phase.failures : 0;
  return failures > 1 ? say("splash-again-count", { failures }) : say("splash-again");
}

/** The step after the one that was reached. Pages go out before Python is up, so the third step has two causes. */
function waitingFor(reached: Stage, python: boolean): Progress {
  switch (reached) {
    case "none":
      return { step: 1, line: say("splash-wait-contact"), slow: say("splash-slow-contact"), busy: true };
    case "contact":
      return { step: 2, line: say("splash-wait-page"), slow: say("splash-slow-page"), busy: true };
    case "page":
      return python
        ? { step: 3, line: say("splash-wait-upgrade"), slow: say("splash-slow-upgrade"), busy: true }
        : { step: 3, line: say("splash-wait-python"), slow: say("splash-slow-python"), busy: true };
    case "upgrade":
    case "messages":
    case "finished":
      return { step: 4, line: say("splash-wait-messages"), slow: say("splash-slow-messages"), busy: true };
  }
}

import type { Phase } from "../src/gen/Phase";
import type { SessionState } from "../src/gen/SessionState";

/** A state of a session, in which a test names only what it is about. */
export function session(revision: number, phase: Phase, part: Partial<SessionState> = {}): SessionState {
  return {
    revision,
    app: { id: "org.example.café", name: "Café „Zähler“", version: "1.0.0" },
    phase,
    stage: "none",
    port: { port: 8502, preferred: 8501 },
    generation: 1,
    ...part,
  };
}

export const STARTING: Phase = { kind: "starting" };
export const READY: Phase = { kind: "ready" };
export const WAITING: Phase = { kind: "waiting", failures: 2, delayMs: 200, reason: "was ended by signal 9 (SIGKILL)" };
export const STOPPING: Phase = { kind: "stopping" };

import { describe, expect, it } from "vitest";
import type { FailureCode } from "../src/gen/FailureCode";
import type { SessionState } from "../src/gen/SessionState";
import { INITIAL, reduce, screen, type Event, type FailureView } from "../src/screens/model";
import { CODES, wordsFor } from "../src/screens/words";
import { say } from "../src/words";
import { READY, session, STARTING, WAITING } from "./states";

const after = (...events: Event[]) => events.reduce(reduce, INITIAL);
const failed = (revision: number, code: FailureCode, part: object = {}): SessionState =>
  session(revision, {
    kind: "gaveUp",
    failure: { code, subject: null, message: "`python` exited with code 1", hints: [], details: "", logFile: "", ...part },
  });

function failure(...events: Event[]): FailureView {
  const shown = screen(after(...events));
  if (shown.kind !== "failure") throw new Error(`the ${shown.kind} screen is shown`);
  return shown.view;
}

describe("screen", () => {
  it("is never empty: before anything is known it is the starting screen", () => {
    expect(screen(INITIAL)).toMatchObject({ kind: "starting", view: { line: say("splash-wait-contact") } });
  });

  it("follows the session, not the address of the window", () => {
    const given = { kind: "state", state: failed(2, "crashing") } as const;
    expect(screen(after(given)).kind).toBe("failure");
    expect(screen(after(given, { kind: "state", state: session(3, STARTING) })).kind).toBe("starting");
  });

  it("ignores a late answer that is older than the event", () => {
    const model = after({ kind: "state", state: session(5, READY) });
    expect(reduce(model, { kind: "state", state: failed(4, "crashing") })).toBe(model);
  });

  it("has a title and a sentence for every code, and something to press", () => {
    for (const code of CODES) {
      const view = failure({ kind: "state", state: failed(2, code) });
      expect(view.words.title).not.toBe("");
      expect(view.words.meaning).toMatch(/\.$/);
      expect(view.actions).toContain("quit");
      expect(view.hints.length, "a person must be told what to do next").toBeGreaterThan(0);
    }
  });

  it.each([
    ["crashing", "restart"],
    ["unresponsive", "restart"],
    ["no-port", "restart"],
    ["no-space", "restart"],
    ["no-permission", "restart"],
    ["old-web-view", "quit"],
    ["system", "restart"],
    ["damaged", "copyReport"],
    ["too-new", "quit"],
    ["no-app", "quit"],
  ] as const)("offers for `%s` first: %s", (code, action) => {
    const { actions } = failure({ kind: "state", state: failed(2, code) });
    expect(actions[0]).toBe(action);
    expect(actions.includes("restart")).toBe(action === "restart");
  });

  it("offers to go on without a keychain that does not answer", () => {
    const view = failure({ kind: "state", state: failed(2, "keychain") });
    expect(view.actions).toEqual(["tryAgain", "enterOnce", "quit"]);
    expect(view.details).toBe("");
  });

  it("offers a report first where a module is missing, since a restart does not bring it", () => {
    const hints = [{ kind: "missing-module", module: "polars" }];
    expect(failure({ kind: "state", state: failed(2, "crashing", { hints }) }).actions[0]).toBe("copyReport");
  });

  it("shows a code that it does not know", () => {
    const view = failure({ kind: "state", state: failed(2, "new-code" as FailureCode) });
    expect(view.words).toEqual(wordsFor(null));
    expect(view.actions).toContain("restart");
  });

  it("says what a failure is about, and what to do, in words", () => {
    const part = { subject: { kind: "file", name: "payload/a.py" }, hints: [{ kind: "missing-module", module: "polars" }] };
    const view = failure({ kind: "state", state: failed(2, "damaged", part) });
    expect(view.subject).toBe("File: `payload/a.py`");
    expect(view.hints[0]).toContain("`polars`");
  });

  it("keeps what exactly happened for the details, once", () => {
    const details = (part: object) => failure({ kind: "state", state: failed(2, "crashing", part) }).details;
    expect(details({ details: "Traceback" })).toBe("`python` exited with code 1\n\nTraceback");
    expect(details({ details: "" })).toBe("`python` exited with code 1");
    expect(details({ details: "`python` exited with code 1\ncaused by: x" })).toBe("`python` exited with code 1\ncaused by: x");
  });

  it("shows what the host said where there is no session", () => {
    const error = { code: "internal", message: "the session has not been opened", hints: [] };
    expect(failure({ kind: "unreachable", error })).toMatchObject({ words: wordsFor(null), details: "the session has not been opened" });
    expect(screen(after({ kind: "state", state: session(1, READY) }, { kind: "unreachable", error })).kind).toBe("starting");
  });
});

describe("restart", () => {
  const given = { kind: "state", state: failed(2, "crashing") } as const;

  it("is answered by a state, and then says that the app starts again", () => {
    const model = after(given, { kind: "restartAsked" });
    expect(model.restarting).toBe(true);
    const started = reduce(model, { kind: "state", state: session(3, STARTING, { generation: 6 }) });
    expect(started.restarting).toBe(false);
    expect(screen(started)).toMatchObject({ view: { line: say("splash-again") } });
  });

  it("can be refused, and then it can be pressed again", () => {
    const model = after(given, { kind: "restartAsked" }, { kind: "restartFailed", error: { code: "x", message: "no space", hints: [] } });
    expect(model.restarting).toBe(false);
    expect(model.notice).toEqual({ tone: "bad", text: say("notice-failed", { message: "no space" }) });
  });
});

describe("secrets", () => {
  const silent = { kind: "state", state: failed(2, "keychain") } as const;

  it("are asked for when nobody has them", () => {
    expect(screen(after({ kind: "state", state: session(2, { kind: "asking" }) }))).toEqual({ kind: "secrets", once: false });
  });

  it("can be entered for this time while the keychain is silent", () => {
    const entering = after(silent, { kind: "enter" });
    expect(screen(entering)).toEqual({ kind: "secrets", once: true });
    const asked = reduce(entering, { kind: "state", state: session(3, { kind: "asking" }) });
    expect(screen(asked)).toEqual({ kind: "secrets", once: false });
    const begun = reduce(entering, { kind: "state", state: session(3, STARTING) });
    expect(screen(begun).kind).toBe("starting");
    expect(screen(reduce(begun, { kind: "state", state: failed(4, "keychain") })).kind).toBe("failure");
  });
});

describe("a slow start", () => {
  it("is told while it lasts and forgotten with the next phase", () => {
    const slow = after({ kind: "state", state: session(1, STARTING, { stage: "page" }) }, { kind: "slow" });
    expect(screen(slow)).toMatchObject({ view: { detail: say("splash-slow-python") } });
    expect(screen(reduce(slow, { kind: "state", state: session(2, WAITING) }))).toMatchObject({ view: { detail: "" } });
  });
});

import { describe, expect, it } from "vitest";
import { covered, initial, reduce, view, type Event, type Model } from "../src/overlay/model";
import { say } from "../src/words";
import { READY, session, STARTING, STOPPING, WAITING } from "./states";

function after(events: Event[], start: Model = initial(session(1, STARTING))): Model {
  return events.reduce(reduce, start);
}

const working: Event[] = [
  { kind: "state", state: session(2, READY, { stage: "upgrade" }) },
  { kind: "connected" },
  { kind: "running" },
  { kind: "rendered" },
];

describe("a keychain that takes its time", () => {
  it("is told at once, with what a person may have to do", () => {
    const shown = view(after([{ kind: "state", state: session(2, { kind: "unlocking" }) }]));
    expect(shown).toMatchObject({ line: say("splash-wait-keychain"), detail: say("splash-slow-keychain"), busy: true });
  });
});

describe("covering", () => {
  it("starts covered, with no state at all too", () => {
    expect(covered(initial(null))).toBe(true);
    expect(covered(initial(session(1, READY)))).toBe(true);
  });

  it("gives way at the first render, whatever the shell has told", () => {
    expect(covered(after([{ kind: "rendered" }]))).toBe(false);
  });

  it("does not give way because Python answers", () => {
    expect(covered(after([{ kind: "state", state: session(2, READY) }, { kind: "connected" }, { kind: "running" }]))).toBe(true);
  });

  it.each([WAITING, STOPPING, { kind: "stopped" } as const])("comes back at once for $kind", (phase) => {
    expect(covered(after([...working, { kind: "state", state: session(3, phase) }]))).toBe(true);
  });

  it("comes back when the app is started again on request, which goes from ready to starting", () => {
    expect(covered(after([...working, { kind: "state", state: session(3, STARTING, { generation: 2 }) }]))).toBe(true);
  });

  it("leaves a page that is not Streamlit's alone", () => {
    expect(covered(after([{ kind: "foreign" }]))).toBe(false);
  });

  it("shows an error dialog of Streamlit's only while Python answers", () => {
    const complains: Event = { kind: "dialog", open: true };
    expect(covered(after([complains]))).toBe(true);
    expect(covered(after([complains, { kind: "state", state: session(2, READY) }]))).toBe(false);
    expect(covered(after([complains, { kind: "state", state: session(2, READY) }, { kind: "dialog", open: false }]))).toBe(true);
  });
});

describe("a document whose Python is gone", () => {
  it("stays covered when Python is back, since it still shows the old content", () => {
    const back = after([
      ...working,
      { kind: "state", state: session(3, WAITING) },
      { kind: "state", state: session(4, STARTING, { generation: 2 }) },
      { kind: "state", state: session(5, READY, { generation: 2 }) },
    ]);
    expect(covered(back)).toBe(true);
    expect(view(back).line).toBe(say("splash-reloading"));
  });

  it("is none that never connected: its requests are held, and it goes on by itself", () => {
    const events: Event[] = [WAITING, STARTING, READY].map((phase, at) => ({ kind: "state", state: session(at + 2, phase) }));
    expect(covered(after([...events, { kind: "rendered" }]))).toBe(false);
  });

  it("is not told from the state of the window's making, which is old after a reload", () => {
    const model = after([{ kind: "rendered" }, { kind: "state", state: session(9, READY, { generation: 3 }) }]);
    expect(covered(model)).toBe(false);
  });

  it("is not told from late news of the first start", () => {
    const model = after([{ kind: "rendered" }, { kind: "state", state: session(2, STARTING) }, { kind: "state", state: session(3, READY) }]);
    expect(covered(model)).toBe(false);
  });
});

describe("states", () => {
  it("ignores an older state and the same one again", () => {
    const model = after([...working]);
    expect(reduce(model, { kind: "state", state: session(2, WAITING) })).toBe(model);
    expect(reduce(model, { kind: "state", state: session(1, WAITING) })).toBe(model);
  });
});

describe("words", () => {
  const line = (...events: Event[]) => view(after(events)).line;

  it("names the stage that is waited for", () => {
    const told = (phase: typeof READY, stage: "none" | "page" | "upgrade") => line({ kind: "state", state: session(2, phase, { stage }) });
    expect(line()).toBe(say("splash-wait-page"));
    expect(told(STARTING, "none")).toBe(say("splash-wait-page"));
    expect(told(STARTING, "page")).toBe(say("splash-wait-python"));
    expect(told(READY, "page")).toBe(say("splash-wait-upgrade"));
    expect(told(READY, "upgrade")).toBe(say("splash-wait-messages"));
  });

  it("believes the page itself before the shell's news comes", () => {
    expect(line({ kind: "connected" })).toBe(say("splash-wait-messages"));
  });

  it("counts failures from the second on", () => {
    expect(line({ kind: "state", state: session(2, WAITING) })).toBe("The app stopped and is starting again (2)");
    expect(line({ kind: "state", state: session(2, { ...WAITING, failures: 1 } as typeof WAITING) })).toBe("The app stopped and is starting again");
  });

  it("says after a crash that it is starting again, not that it starts", () => {
    expect(line(...working, { kind: "state", state: session(3, WAITING) }, { kind: "state", state: session(4, STARTING) })).toBe(say("splash-again"));
  });

  it("adds a sentence only when a wait is slow", () => {
    expect(view(after([])).detail).toBe("");
    expect(view(after([{ kind: "slow" }])).detail).toBe(say("splash-slow-page"));
    expect(reduce(after(working), { kind: "slow" }).slow, "no wait, nothing slow").toBe(false);
  });
});

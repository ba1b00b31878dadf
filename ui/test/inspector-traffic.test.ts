import { describe, expect, it } from "vitest";
import type { TraceLine } from "../src/gen/TraceLine";
import { axisOf, pausesOf, placeOf, spanOf } from "../src/inspector/axis";
import { steps, waitsFor } from "../src/inspector/band";
import { MOST, Traffic, type AnyEntry } from "../src/inspector/traffic";
import { ALL, KINDS, View, type Kind } from "../src/inspector/view";
import { say } from "../src/words";
import { READY, session, STARTING, WAITING } from "./states";

type Part<T extends TraceLine["type"]> = Partial<Extract<TraceLine, { type: T }>>;
const asked = (request: number, path: string, start = 0): TraceLine => ({ type: "asked", request, method: "GET", path, start });
const answered = (request: number, path: string, part: Part<"request"> = {}): TraceLine => ({ type: "request", request, method: "GET", path, status: 200, by: "app", sent: 0, received: 10, start: 1, first_byte: 2, end: 3, whole: true, ...part });
const frame = (at: number, message: string, part: Part<"frame"> = {}): TraceLine => ({ type: "frame", stream: 1, at, to: "window", opcode: "binary", fin: true, length: 100, message, ...part });
const close = (at: number): TraceLine => ({ type: "close", stream: 1, at, sent: { frames: 1, bytes: 2 }, received: { frames: 3, bytes: 4 } });

function after(...lines: TraceLine[]): Traffic {
  const traffic = new Traffic();
  for (const line of lines) traffic.take(line);
  return traffic;
}
const only = <K extends AnyEntry["kind"]>(traffic: Traffic, kind: K) => traffic.entries.filter((entry): entry is Extract<AnyEntry, { kind: K }> => entry.kind === kind);

describe("requests", () => {
  it("are one entry from the question to the answer", () => {
    const traffic = after(asked(1, "/held", 5));
    expect(traffic.entries).toMatchObject([{ kind: "request", status: null, end: null, at: 5 }]);
    traffic.take(answered(1, "/held", { end: 900 }));
    expect(traffic.entries).toMatchObject([{ kind: "request", status: 200, by: "app", end: 900 }]);
  });

  it("that were asked before anybody looked come with their answer", () => {
    expect(after(answered(9, "/")).entries).toMatchObject([{ number: 9, status: 200 }]);
  });

  it("that no window waited for have no status", () => {
    const { status: _, first_byte: __, ...given } = answered(1, "/") as Extract<TraceLine, { type: "request" }>;
    expect(after(asked(1, "/"), { ...given, whole: false }).entries).toMatchObject([{ status: null, firstByte: null, whole: false }]);
  });

  it("for a connection tell when it was refused, and when it came again", () => {
    const stream = "/_stcore/stream";
    const traffic = after(answered(1, stream, { status: 403 }));
    expect(traffic.refused).toBe(403);
    for (const line of [answered(2, stream, { status: 101, stream: 1 }), close(50), answered(3, stream, { status: 101, stream: 2, start: 80 })]) traffic.take(line);
    expect(traffic.refused).toBeNull();
    expect(only(traffic, "request").map(({ again }) => again)).toEqual([null, null, 30]);
    expect([traffic.open, traffic.reconnections]).toEqual([1, 1]);
  });
});

describe("frames", () => {
  it("have the time since the one before, and a pong since its ping", () => {
    const [first, ping, pong] = only(after(frame(10, "delta"), frame(15, "", { opcode: "ping" }), frame(18.5, "", { opcode: "pong", to: "app" })), "frame");
    expect([first?.gap, ping?.gap, pong?.gap, pong?.trip]).toEqual([null, 5, 3.5, 3.5]);
  });

  it("of a close give its code to the end of the connection", () => {
    const traffic = after(answered(1, "/_stcore/stream", { status: 101, stream: 1, first_byte: 2 }), frame(5, "", { opcode: "close", code: 1012 }), frame(6, "", { opcode: "close", code: 1000, to: "app" }), close(7));
    expect(only(traffic, "close")).toMatchObject([{ code: 1012, to: "window", opened: 2, received: { frames: 3, bytes: 4 } }]);
    expect(only(after(close(7)), "close")).toMatchObject([{ code: null, opened: null }]);
  });
});

describe("runs", () => {
  const one = [frame(1, "rerun_script", { to: "app" }), frame(4, "new_session"), frame(5, "delta"), frame(6, "delta", { length: 900 }), frame(9, "script_finished", { length: 8 }), frame(10, "session_status_changed")];

  it("are spans with what they sent", () => {
    const [run] = only(after(...one), "run");
    expect(run).toMatchObject({ number: 1, at: 4, asked: 1, end: 9, total: { frames: 4, bytes: 1108 } });
    expect(run?.sent.get("delta")).toEqual({ frames: 2, bytes: 1000 });
  });

  it("hold what came while they were under way", () => {
    const traffic = after(...one, asked(1, "/"));
    const run = only(traffic, "run")[0]?.id;
    expect(traffic.entries.map((entry) => entry.run === run)).toEqual([false, false, true, true, true, true, false, false]);
  });

  it("end where the next one begins, or with their connection", () => {
    const runs = only(after(frame(1, "new_session"), frame(5, "new_session"), close(8)), "run");
    expect(runs.map(({ end }) => end)).toEqual([5, 8]);
  });

  it("that began before anybody looked are none", () => {
    expect(only(after(frame(1, "delta"), frame(2, "script_finished")), "run")).toEqual([]);
  });
});

it("what is not known is skipped", () => {
  expect(after({ type: "later" } as unknown as TraceLine).entries).toEqual([]);
});

it("memory is bounded, and the newest stay", () => {
  const traffic = new Traffic();
  const view = new View(traffic);
  for (let at = 0; at < 200_000; at += 1) {
    traffic.take(frame(at, at % 7 === 0 ? "new_session" : "delta", { stream: 1 + (at % 3) }));
    if (at % 100 === 0) {
      traffic.trim();
      view.update();
    }
  }
  traffic.trim();
  view.update();
  expect(traffic.entries.length).toBeLessThan(MOST * 1.2);
  expect(view.ids.length).toBe(traffic.entries.length);
  expect(traffic.entry(view.ids[0] ?? -1)).toBe(traffic.entries[0]);
  expect(traffic.entry(0)).toBeUndefined();
  expect(traffic.entries[traffic.entries.length - 1]?.at).toBe(199_999);
  traffic.take(frame(200_000, "delta"));
  expect(traffic.trim(MOST), "somebody reads").toBe(0);
});

describe("the view", () => {
  const traffic = after(asked(1, "/_stcore/health"), frame(1, "new_session"), frame(2, "delta"), frame(3, "", { opcode: "ping" }), { type: "lost", lines: 4 });
  const shown = (query: string, ...kinds: Kind[]) => {
    const view = new View(traffic);
    view.want({ query, kinds: new Set(kinds.length === 0 ? KINDS : kinds) });
    return view.ids.map((id) => traffic.entry(id)?.kind);
  };

  it("has all, or kinds of it", () => {
    expect(shown("")).toEqual(["request", "run", "frame", "frame", "frame", "lost"]);
    expect(shown("", "requests")).toEqual(["request", "lost"]);
    expect(shown("", "messages")).toEqual(["frame", "frame", "lost"]);
    expect(shown("", "pings")).toEqual(["frame", "lost"]);
  });

  it("has what every word of a query is in", () => {
    expect(shown("HEALTH get")).toEqual(["request"]);
    expect(shown("health delta")).toEqual([]);
    expect(shown("delta")).toEqual(["frame"]);
  });

  it("grows by what is new", () => {
    const own = after(frame(1, "delta"));
    const view = new View(own, { ...ALL, query: "delta" });
    view.update();
    own.take(frame(2, "other"));
    own.take(frame(3, "delta"));
    expect(view.update()).toBe(0);
    expect(view.ids).toEqual([0, 2]);
    expect([view.after(0), view.after(1), view.after(2), view.place(2), view.place(1)]).toEqual([1, 1, 0, 1, -1]);
  });
});

describe("the band", () => {
  const times = [{ stage: "contact", at: 200 }, { stage: "page", at: 215 }] as const;

  it("has a mark and a time for each stage", () => {
    const whole = [...times, { stage: "upgrade", at: 900 }, { stage: "messages", at: 950 }, { stage: "finished", at: 1400 }] as const;
    const told = steps(whole, session(1, READY), 99_999);
    expect(told.map(({ mark, took, at }) => [mark, took, at])).toEqual([["done", 0, 0], ["done", 15, 15], ["done", 685, 700], ["done", 50, 750]]);
    expect(waitsFor(whole, session(1, READY))).toBe("");
  });

  it("shows where a load stands and for how long", () => {
    const told = steps(times, session(1, READY), 5215);
    expect(told.map(({ mark }) => mark)).toEqual(["done", "done", "now", "open"]);
    expect(told[2]?.took).toBe(5000);
    expect(waitsFor(times, session(1, READY))).toBe(say("splash-slow-upgrade"));
    expect(waitsFor(times, session(1, STARTING))).toBe(say("splash-slow-python"));
    expect(steps(times, session(1, WAITING), 5215)[2]?.mark).toBe("stopped");
    expect(steps([], null, 300).map(({ mark }) => mark)).toEqual(["now", "open", "open", "open"]);
  });
});

describe("the axis", () => {
  it("draws long pauses short", () => {
    const traffic = after(frame(1000, "a"), frame(1100, "b"), frame(31_000, "c"), frame(31_100, "d"));
    const axis = axisOf(traffic.entries, traffic.latest);
    expect(axis.stretches.map(({ from, to }) => [from, to])).toEqual([[1000, 1100], [31_000, 31_100]]);
    expect(pausesOf(axis)).toEqual([0.5]);
    expect([placeOf(axis, 1000), placeOf(axis, 31_100), spanOf(axis)]).toEqual([0, 1, 30_100]);
    expect(placeOf(axis, 1100)).toBeCloseTo(100 / 210);
    expect(placeOf(axis, 20_000), "in the pause").toBeCloseTo(100 / 210);
  });

  it("is there for one moment, and for none", () => {
    const traffic = after(frame(5, "a"));
    expect(placeOf(axisOf(traffic.entries, 5), 5)).toBe(0);
    expect(spanOf(axisOf([], 5))).toBe(0);
  });
});

import { describe, expect, it } from "vitest";
import { INITIAL, reduce, SCROLLBACK, type Event, type Model } from "../src/log/model";

const output = (text: string, gap = false): Event => ({ kind: "output", text, gap });
const follow = (follow: boolean): Event => ({ kind: "follow", follow });
const many = (from: number, count: number): string => Array.from({ length: count }, (_, at) => `line ${from + at}\r\n`).join("");

/** The model after some events, and all that went into the terminal. */
function after(...events: Event[]): { model: Model; written: string } {
  let [model, written] = [INITIAL, ""];
  for (const event of events) {
    const step = reduce(model, event);
    model = step.model;
    written += step.write;
  }
  return { model, written };
}

describe("output", () => {
  it("goes into the terminal as it came, and its lines are counted", () => {
    const { model, written } = after(output("\x1b[31meins\r\nzw"), output("ei\r\n 10%\r"));
    expect(written).toBe("\x1b[31meins\r\nzwei\r\n 10%\r");
    expect(model).toMatchObject({ lines: 2, lost: false });
  });

  it("that is gone is told, but not what was gone before the window came", () => {
    expect(after(output("a\n"), output("b\n", true)).model.lost).toBe(true);
    expect(after(output("a\n", true)).model.lost).toBe(false);
  });

  it("that the terminal lets go is told, and no longer counted", () => {
    const { model } = after(output(many(0, SCROLLBACK)), output("one more\n"));
    expect(model).toMatchObject({ lines: SCROLLBACK, lost: true });
  });
});

describe("a view that stands still", () => {
  it("gets nothing until it follows again, and then everything in order", () => {
    const paused = after(output("a\n"), follow(false), output("b\n"), output("c\nd"));
    expect(paused.written).toBe("a\n");
    expect(paused.model).toMatchObject({ newer: 2, lines: 1 });
    const going = after(output("a\n"), follow(false), output("b\n"), output("c\nd"), follow(true), output("!\n"));
    expect(going.written).toBe("a\nb\nc\nd!\n");
    expect(going.model).toMatchObject({ follow: true, newer: 0, held: "", lines: 4 });
  });

  it("has only so much wait for it, in whole lines", () => {
    const { model } = after(follow(false), ...Array.from({ length: 200 }, (_, at) => output(many(at * 1000, 1000))));
    expect(model.held.length).toBeLessThanOrEqual(1024 * 1024);
    expect(model.held.length).toBeGreaterThan(1024 * 1024 - 20);
    expect(model.held).toMatch(/^line \d+\r\n/);
    expect(model.held.endsWith("line 199999\r\n")).toBe(true);
    expect(model.newer).toBe(model.held.split("\n").length - 1);
    expect(model.lost).toBe(true);
  });

  it("is no news where it stood still before", () => {
    const { model } = after(follow(false));
    expect(reduce(model, follow(false)).model).toBe(model);
  });
});

describe("search", () => {
  it("forgets what an earlier query found, and counts from one", () => {
    const { model } = after({ kind: "query", query: "größe" }, { kind: "found", index: 1, count: 3 });
    expect(model).toMatchObject({ query: "größe", current: 2, found: 3 });
    expect(reduce(model, { kind: "query", query: "" }).model).toMatchObject({ query: "", current: 0, found: 0 });
  });

  it("says nothing of the place where there are too many", () => {
    expect(after({ kind: "query", query: "e" }, { kind: "found", index: -1, count: 5000 }).model).toMatchObject({ current: 0, found: 5000 });
  });
});

import { describe, expect, it } from "vitest";
import { CAPACITY, INITIAL, occurrences, reduce, type Event, type Model } from "../src/log/model";

const lines = (from: number, ...texts: string[]): Event => ({ kind: "lines", lines: texts.map((text, at) => ({ seq: from + at, text })) });
const many = (from: number, count: number): Event => lines(from, ...Array.from({ length: count }, (_, at) => `line ${from + at}`));
const after = (...events: Event[]): Model => events.reduce(reduce, INITIAL);
const texts = (model: Model) => model.rows.map((row) => row.text);

describe("lines", () => {
  it("are kept in order, without their colours, and once only", () => {
    const model = after(lines(0, "eins", "\x1b[31mzwei"), lines(1, "zwei", "drei"));
    expect(texts(model)).toEqual(["eins", "zwei", "drei"]);
    expect(model.rows[2]?.spans[0]?.look.colour, "a colour that was not ended goes on").toBe(1);
  });

  it("that the host has let go are counted", () => {
    expect(after(lines(0, "a"), lines(5, "b")).lost).toBe(4);
    expect(after(lines(700, "a")).lost, "what was there before the window is no loss").toBe(0);
  });

  it("are bounded, and matches in those that went are gone too", () => {
    const model = after(many(0, CAPACITY), { kind: "query", query: "line 1", from: 0 }, many(CAPACITY, 10));
    expect(model.rows).toHaveLength(CAPACITY);
    expect(model.rows[0]?.seq).toBe(10);
    expect(model.lost).toBe(10);
    expect(model.matches[0]).toBe(10);
    expect(model.current, "it stood on line 1, which is gone").toBe(10);
  });
});

describe("following", () => {
  it("counts what comes while the view stands still, and forgets it when it follows again", () => {
    const paused = after(lines(0, "a"), { kind: "follow", follow: false }, lines(1, "b", "c"));
    expect(paused.newer).toBe(2);
    expect(reduce(paused, { kind: "follow", follow: true }).newer).toBe(0);
  });
});

describe("search", () => {
  const log = after(lines(0, "Größe 1", "leer", "GRÖSSE 2", "größe 3"));
  const found = reduce(log, { kind: "query", query: "größe", from: 0 });

  it("does not mind case, and pauses the view where it found something", () => {
    expect(found.matches).toEqual([0, 3]);
    expect(found.current).toBe(0);
    expect(found.follow).toBe(false);
    expect(reduce(log, { kind: "query", query: "nirgends", from: 0 })).toMatchObject({ matches: [], current: null, follow: true });
  });

  it("begins at what is in view, and goes round at both ends", () => {
    const model = reduce(log, { kind: "query", query: "größe", from: 1 });
    expect(model.current).toBe(3);
    expect(reduce(model, { kind: "step", by: 1 }).current).toBe(0);
    expect(reduce(found, { kind: "step", by: -1 }).current).toBe(3);
  });

  it("finds in lines that come later", () => {
    expect(reduce(found, lines(4, "noch eine Größe")).matches).toEqual([0, 3, 4]);
  });

  it("ends with an empty query", () => {
    expect(reduce(found, { kind: "query", query: "", from: 0 })).toMatchObject({ matches: [], current: null });
  });
});

describe("occurrences", () => {
  it("are apart and in order", () => {
    expect(occurrences("aAaxa", "aa")).toEqual([{ from: 0, to: 2 }]);
    expect(occurrences("a.b.c", ".")).toEqual([{ from: 1, to: 2 }, { from: 3, to: 4 }]);
    expect(occurrences("abc", "")).toEqual([]);
  });
});

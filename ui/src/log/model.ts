import { parseLine, plainText, PLAIN, type Look, type Span } from "../ansi";
import type { LogLine } from "../host";

/** How many lines the window keeps. Older ones are in the log file. */
export const CAPACITY = 50_000;

/** A line as it is shown and searched. */
export interface Row {
  seq: number;
  /** The text without colours. */
  text: string;
  spans: Span[];
}

/** The log window. */
export interface Model {
  rows: readonly Row[];
  /** The look that the next line starts with. */
  look: Look;
  /** Lines that the host had forgotten before the window asked for them, or that the window let go. */
  lost: number;
  /** The longest line, in characters. */
  width: number;
  /** The view moves to each new line. */
  follow: boolean;
  /** Lines that came while the view stood still. */
  newer: number;
  query: string;
  /** The numbers of the lines that match, in order. */
  matches: readonly number[];
  /** The line that the search stands on. */
  current: number | null;
}

export type Event =
  | { kind: "lines"; lines: readonly LogLine[] }
  | { kind: "follow"; follow: boolean }
  | { kind: "query"; query: string; from: number }
  | { kind: "step"; by: 1 | -1 };

export const INITIAL: Model = {
  rows: [],
  look: PLAIN,
  lost: 0,
  width: 0,
  follow: true,
  newer: 0,
  query: "",
  matches: [],
  current: null,
};

/** The next model. Returns the same object where nothing changes. */
export function reduce(model: Model, event: Event): Model {
  switch (event.kind) {
    case "lines":
      return withLines(model, event.lines);
    case "follow":
      return event.follow === model.follow ? model : { ...model, follow: event.follow, newer: 0 };
    case "query":
      return withQuery(model, event.query, event.from);
    case "step":
      return step(model, event.by);
  }
}

function withLines(model: Model, lines: readonly LogLine[]): Model {
  const last = model.rows[model.rows.length - 1]?.seq ?? -1;
  // The answer to a question that was asked twice brings the same lines again.
  const fresh = lines.filter((line) => line.seq > last);
  const first = fresh[0];
  if (first === undefined) return model;

  const added: Row[] = [];
  let { look, width } = model;
  for (const line of fresh) {
    const { spans, end } = parseLine(line.text, look);
    look = end;
    const text = plainText(spans);
    width = Math.max(width, text.length);
    added.push({ seq: line.seq, text, spans });
  }
  const rows = [...model.rows, ...added];
  const over = Math.max(0, rows.length - CAPACITY);
  if (over > 0) rows.splice(0, over);
  const oldest = rows[0]?.seq ?? 0;
  const missed = last < 0 ? 0 : first.seq - last - 1;
  const kept = over > 0 ? model.matches.filter((seq) => seq >= oldest) : model.matches;
  const found = model.query === "" ? [] : matching(added, model.query).filter((seq) => seq >= oldest);
  return {
    ...model,
    rows,
    look,
    width,
    lost: model.lost + missed + over,
    newer: model.follow ? 0 : model.newer + added.length,
    matches: found.length > 0 ? [...kept, ...found] : kept,
    current: model.current !== null && model.current < oldest ? (kept[0] ?? null) : model.current,
  };
}

/** Searches anew, and stands on the first match at or after a line: the first one that is in view. */
function withQuery(model: Model, query: string, from: number): Model {
  if (query === model.query) return model;
  const matches = query === "" ? [] : matching(model.rows, query);
  const current = matches.find((seq) => seq >= from) ?? matches[matches.length - 1] ?? null;
  return { ...model, query, matches, current, follow: current === null ? model.follow : false };
}

function step(model: Model, by: 1 | -1): Model {
  if (model.matches.length === 0) return model;
  const at = model.current === null ? -1 : model.matches.indexOf(model.current);
  const next = at < 0 ? (by === 1 ? 0 : model.matches.length - 1) : (at + by + model.matches.length) % model.matches.length;
  return { ...model, current: model.matches[next] ?? null, follow: false };
}

function matching(rows: readonly Row[], query: string): number[] {
  const wanted = query.toLowerCase();
  return rows.filter((row) => row.text.toLowerCase().includes(wanted)).map((row) => row.seq);
}

/** Where a query stands in a line's text. */
export function occurrences(text: string, query: string): { from: number; to: number }[] {
  if (query === "") return [];
  const found: { from: number; to: number }[] = [];
  const inside = text.toLowerCase();
  const wanted = query.toLowerCase();
  for (let at = inside.indexOf(wanted); at >= 0; at = inside.indexOf(wanted, at + wanted.length)) {
    found.push({ from: at, to: at + wanted.length });
  }
  return found;
}

/** The index of a line in the rows, or the index where it would be. */
export function indexOf(rows: readonly Row[], seq: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

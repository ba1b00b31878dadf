/** How many lines the terminal keeps. Older ones are in the log's file. */
export const SCROLLBACK = 20_000;

/** How many places a search counts. */
export const MATCHES = 5_000;

/** How much output waits for a view that stands still, in characters. The host keeps no more either. */
const HELD = 1024 * 1024;

/** The log window, beside what its terminal knows itself. */
export interface Model {
  /** The view moves to each new line. */
  follow: boolean;
  /** Output that came while the view stands still. */
  held: string;
  /** How many lines that is. */
  newer: number;
  /** Lines in the terminal. */
  lines: number;
  /** Something came that is in the log's file only. */
  lost: boolean;
  query: string;
  /** Where the search stands among the places that it found, from 1; 0 where nobody can say. */
  current: number;
  /** How many places it found. */
  found: number;
}

export type Event =
  | { kind: "output"; text: string; gap: boolean }
  | { kind: "follow"; follow: boolean }
  | { kind: "query"; query: string }
  | { kind: "found"; index: number; count: number };

/** A model, and what goes into the terminal now. */
export interface Step {
  model: Model;
  write: string;
}

export const INITIAL: Model = { follow: true, held: "", newer: 0, lines: 0, lost: false, query: "", current: 0, found: 0 };

/** The next model. It is the same object where nothing changes. */
export function reduce(model: Model, event: Event): Step {
  switch (event.kind) {
    case "output":
      return output(model, event.text, event.gap);
    case "follow":
      return event.follow === model.follow ? { model, write: "" } : follow(model, event.follow);
    case "query":
      return { model: { ...model, query: event.query, current: 0, found: 0 }, write: "" };
    case "found":
      return { model: { ...model, current: event.index + 1, found: event.count }, write: "" };
  }
}

function output(model: Model, text: string, gap: boolean): Step {
  const lost = model.lost || (gap && model.lines + model.newer > 0);
  if (model.follow) return { model: grown({ ...model, lost }, text), write: text };
  const waiting = model.held + text;
  const from = newest(waiting);
  const newer = model.newer + count(text) - count(waiting.slice(0, from));
  return { model: { ...model, held: waiting.slice(from), newer, lost: lost || from > 0 }, write: "" };
}

function follow(model: Model, now: boolean): Step {
  return { model: { ...grown(model, model.held), follow: now, held: "", newer: 0 }, write: model.held };
}

function grown(model: Model, text: string): Model {
  const lines = model.lines + count(text);
  return { ...model, lines: Math.min(lines, SCROLLBACK), lost: model.lost || lines > SCROLLBACK };
}

/** Where that part of a text begins that may wait: its end, from the start of a line on. */
function newest(text: string): number {
  return text.length <= HELD ? 0 : text.indexOf("\n", text.length - HELD) + 1;
}

function count(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

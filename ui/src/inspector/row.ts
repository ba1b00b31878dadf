import { h, setText } from "../dom";
import { say } from "../words";
import { placeOf, type Axis } from "./axis";
import { format } from "./format";
import { extent, type AnyEntry, type FrameEntry, type Traffic } from "./traffic";

/** The height of a row, in pixels; the same number stands in `inspector.css`. */
export const ROW = 26;

/** The columns that are read out; the drawing of times stands behind them. */
export const COLUMNS = ["time", "what", "status", "by", "size", "took"] as const;

/** A row's element, which shows one entry after the other. */
export interface Row {
  element: HTMLElement;
  show(entry: AnyEntry, index: number, selected: boolean, traffic: Traffic, axis: Axis): void;
}

/** What the cells of an entry say. */
export interface Cells {
  mark: string;
  what: string;
  status: string;
  by: string;
  size: string;
  took: string;
  tone: "" | "bad" | "faint" | "good";
}

export function createRow(): Row {
  const time = cell("time");
  const mark = h("span", { class: "sign" });
  const words = h("span", { class: "words" });
  const what = cell("what");
  what.append(mark, words);
  const status = cell("status");
  const by = cell("by");
  const size = cell("size");
  const took = cell("took");
  const wait = h("i", { class: "wait" });
  const got = h("i", { class: "got" });
  const drawing = h("div", { class: "drawing", "aria-hidden": "true" }, wait, got);
  const element = h("div", { class: "row", role: "row" }, time, what, status, by, size, took, drawing);

  return {
    element,
    show(entry, index, selected, traffic, axis) {
      element.id = `entry-${entry.id}`;
      element.setAttribute("aria-rowindex", String(index + 2));
      element.setAttribute("aria-selected", String(selected));
      element.style.transform = `translateY(${index * ROW}px)`;
      const cells = cellsOf(entry);
      const rail = railOf(entry, traffic);
      element.className = `row ${kindOf(entry)} ${cells.tone} ${rail} ${selected ? "selected" : ""}`;
      setText(time, format.time(traffic.epoch + entry.at));
      setText(mark, cells.mark);
      setText(words, cells.what);
      setText(status, cells.status);
      setText(by, cells.by);
      setText(size, cells.size);
      setText(took, cells.took);
      draw(wait, got, entry, traffic.latest, axis);
    },
  };
}

function cell(name: string): HTMLElement {
  return h("div", { class: name, role: "gridcell" });
}

/** What an entry says, cell by cell. */
export function cellsOf(entry: AnyEntry): Cells {
  const none = { mark: "", status: "", by: "", size: "", took: "", tone: "" as const };
  switch (entry.kind) {
    case "request": {
      const { status, by, end } = entry;
      const isBad = (status !== null && status >= 400) || (end !== null && (status === null || !entry.whole));
      return {
        mark: entry.method,
        what: entry.path,
        status: status === null ? (end === null ? "…" : "–") : String(status),
        by: by === null ? "" : whoAnswered(by),
        size: end === null || entry.stream !== null ? "" : format.size(entry.received),
        took: end === null ? "" : format.duration((entry.stream === null ? end : (entry.firstByte ?? end)) - entry.at),
        tone: isBad ? "bad" : end === null ? "faint" : status === 101 ? "good" : "",
      };
    }
    case "frame":
      return {
        ...none,
        mark: entry.to === "app" ? "↑" : "↓",
        what: entry.message ?? (entry.opcode === "pong" && entry.trip !== null ? "pong" : entry.opcode),
        status: entry.code === null ? "" : String(entry.code),
        by: `#${entry.stream}`,
        size: format.size(entry.length),
        took: entry.gap === null ? "" : `+${format.duration(entry.gap)}`,
        tone: isSign(entry) ? "faint" : "",
      };
    case "run":
      return {
        ...none,
        mark: "▶",
        what: `${say("inspector-run", { number: entry.number })} · ${say("inspector-run-sent", { messages: entry.total.frames, size: format.size(entry.total.bytes) })}`,
        status: entry.end === null ? say("inspector-running") : "",
        by: `#${entry.stream}`,
        size: format.size(entry.total.bytes),
        took: entry.end === null ? "" : format.duration(entry.end - entry.at),
      };
    case "close":
      return {
        ...none,
        mark: "✕",
        what: say("inspector-ended", { number: entry.stream }),
        status: String(entry.code ?? 1006),
        by: `#${entry.stream}`,
        size: format.size(entry.sent.bytes + entry.received.bytes),
        took: entry.opened === null ? "" : format.duration(entry.at - entry.opened),
        tone: entry.code === null ? "bad" : "",
      };
    case "lost":
      return { ...none, mark: "!", what: say("inspector-lost", { lines: entry.lines }), tone: "bad" };
  }
}

export function whoAnswered(by: "app" | "files" | "proxy"): string {
  switch (by) {
    case "app":
      return say("inspector-by-app");
    case "files":
      return say("inspector-by-files");
    case "proxy":
      return say("inspector-by-proxy");
  }
}

/** A frame that only says that somebody is there. */
function isSign(entry: FrameEntry): boolean {
  return entry.opcode === "ping" || entry.opcode === "pong";
}

function kindOf(entry: AnyEntry): string {
  return entry.kind === "frame" ? `frame to-${entry.to}` : entry.kind;
}

/** Where an entry lies in the run that was under way: the list draws a rail along it. */
function railOf(entry: AnyEntry, traffic: Traffic): string {
  if (entry.kind === "run") return "rail rail-first";
  if (entry.run < 0) return "";
  const isLast = entry.kind === "frame" && entry.message === "script_finished";
  const run = traffic.entry(entry.run);
  return isLast && run?.kind === "run" && run.end === entry.at ? "rail rail-last" : "rail";
}

/** Draws when an entry was: what was waited for, and what came. */
function draw(wait: HTMLElement, got: HTMLElement, entry: AnyEntry, latest: number, axis: Axis): void {
  const [from, to] = extent(entry, latest);
  const answered = entry.kind === "request" ? (entry.firstByte ?? to) : entry.kind === "run" ? entry.at : from;
  place(wait, from, answered, axis, entry.kind === "request" || entry.kind === "run");
  place(got, answered, to, axis, entry.kind !== "lost" && !(entry.kind === "request" && entry.firstByte === null));
}

function place(bar: HTMLElement, from: number, to: number, axis: Axis, shown: boolean): void {
  bar.hidden = !shown;
  if (!shown) return;
  const begin = placeOf(axis, from);
  bar.style.left = `${(begin * 100).toFixed(2)}%`;
  bar.style.width = `${((placeOf(axis, to) - begin) * 100).toFixed(2)}%`;
}

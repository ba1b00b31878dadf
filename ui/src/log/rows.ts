import { h } from "../dom";
import { renderSpans } from "../look/terminal";
import { say } from "../words";
import { indexOf, occurrences, type Model, type Row } from "./model";

/** The height of a line in CSS pixels; the same number stands in `log.css`. */
export const ROW = 20;

/** Room below the last line. */
const END = 8;

/** Lines that are drawn above and below the view, so that a turn of the wheel shows no gap. */
const MARGIN = 20;

/** The list of lines. Only what is in view is in the document, so 50,000 lines cost as much as fifty. */
export interface Rows {
  element: HTMLElement;
  update(model: Model): void;
  /** The number of the first line in view. */
  firstInView(model: Model): number;
}

/**
 * Makes the list.
 *
 * @param scrolled called when the person scrolled: whether the end is in view now.
 */
export function createRows(scrolled: (atEnd: boolean) => void): Rows {
  const empty = h("p", { class: "empty" }, say("log-empty"));
  const sheet = h("div", { class: "sheet" });
  const element = h("div", { class: "rows", tabindex: "0", role: "region", "aria-label": say("log-region") }, sheet);
  const drawn = new Map<number, { node: HTMLElement; row: Row; marks: string }>();
  let model: Model | null = null;
  let oldest = 0;
  let found: number | null = null;
  let frame = 0;
  /** Where a scroll of ours ends, so that it is not taken for one of the person's. */
  let ours = -1;

  const draw = () => {
    frame = 0;
    if (model === null) return;
    const first = Math.max(0, Math.floor(element.scrollTop / ROW) - MARGIN);
    // Never more than a window's height: while there is no style yet, the element is as high as all of its lines.
    const height = Math.min(element.clientHeight, window.innerHeight);
    const last = Math.min(model.rows.length, Math.ceil((element.scrollTop + height) / ROW) + MARGIN);
    const keep = new Set<number>();
    for (let index = first; index < last; index += 1) {
      const row = model.rows[index];
      if (row === undefined) continue;
      keep.add(row.seq);
      place(row, index, model);
    }
    for (const [seq, { node }] of drawn) {
      if (keep.has(seq)) continue;
      node.remove();
      drawn.delete(seq);
    }
  };

  const place = (row: Row, index: number, from: Model) => {
    const current = from.current === row.seq;
    const marks = from.query === "" ? "" : `${from.query}\n${current}`;
    const old = drawn.get(row.seq);
    const node = old?.node ?? h("div", { class: "row" });
    if (old === undefined || old.row !== row || old.marks !== marks) {
      const found = occurrences(row.text, from.query).map((place) => ({ ...place, current }));
      node.replaceChildren(...renderSpans(row.spans, found));
      drawn.set(row.seq, { node, row, marks });
    }
    node.style.transform = `translateY(${index * ROW}px)`;
    if (old === undefined) sheet.append(node);
  };

  const scrollTo = (top: number) => {
    const bounded = Math.max(0, Math.min(top, element.scrollHeight - element.clientHeight));
    if (Math.abs(bounded - element.scrollTop) < 1) return;
    ours = bounded;
    element.scrollTop = bounded;
  };

  element.addEventListener("scroll", () => {
    if (frame === 0) frame = requestAnimationFrame(draw);
    if (Math.abs(element.scrollTop - ours) < 2) {
      ours = -1;
      return;
    }
    ours = -1;
    scrolled(element.scrollTop + element.clientHeight >= element.scrollHeight - ROW);
  });
  new ResizeObserver(() => {
    if (model?.follow === true) scrollTo(element.scrollHeight);
    draw();
  }).observe(element);

  return {
    element,
    update(next) {
      const before = model;
      model = next;
      if (next.rows.length === 0) {
        if (!empty.isConnected) element.append(empty);
        return;
      }
      empty.remove();
      sheet.style.height = `${next.rows.length * ROW + END}px`;
      sheet.style.minWidth = `calc(${next.width}ch + 32px)`;
      // Lines that fall out at the top move everything up: the view follows them, so that it seems to stand still.
      const top = next.rows[0]?.seq ?? 0;
      const fallen = before === null || before.rows.length === 0 ? 0 : indexOf(before.rows, top);
      if (fallen > 0 && top > oldest && !next.follow) scrollTo(element.scrollTop - fallen * ROW);
      oldest = top;
      if (next.follow) scrollTo(element.scrollHeight);
      else if (next.current !== null && next.current !== found) reveal(indexOf(next.rows, next.current));
      found = next.current;
      draw();
    },
    firstInView: (from) => from.rows[Math.floor(element.scrollTop / ROW)]?.seq ?? 0,
  };

  /** Brings a line into the middle of the view, where it is not in view already. */
  function reveal(index: number): void {
    const top = index * ROW;
    if (top >= element.scrollTop && top + ROW <= element.scrollTop + element.clientHeight) return;
    scrollTo(top - (element.clientHeight - ROW) / 2);
  }
}

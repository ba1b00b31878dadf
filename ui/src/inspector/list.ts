import { h, setText } from "../dom";
import { say } from "../words";
import { axisOf, pausesOf, spanOf, type Axis } from "./axis";
import { format } from "./format";
import { COLUMNS, createRow, ROW, type Row } from "./row";
import type { AnyEntry, Traffic } from "./traffic";
import type { View } from "./view";

/** Rows above and below what is seen, so that a quick scroll shows no gap. */
const BESIDE = 6;

/** What the list tells. */
export interface Told {
  /** Somebody scrolled: whether the end is in view now. */
  scrolled(atEnd: boolean): void;
  /** Somebody went to an entry; `open` asks for what is known of it. */
  chosen(entry: AnyEntry, open: boolean): void;
}

/** The list of entries, of which only those are elements that are seen. */
export interface List {
  element: HTMLElement;
  /** Draws what is in the view now. `went` is how many rows at the top have gone since. */
  draw(follow: boolean, went?: number): void;
  focus(): void;
  /** Goes where a key leads; gives whether it leads anywhere. */
  key(event: KeyboardEvent): boolean;
}

export function createList(traffic: Traffic, view: View, told: Told): List {
  const headers = COLUMNS.map((name) => h("div", { class: name, role: "columnheader" }, header(name)));
  const scale = h("div", { class: "drawing scale", "aria-hidden": "true" });
  const [begin, end] = [h("span", {}), h("span", {})];
  scale.append(begin, end);
  const head = h("div", { class: "head", role: "rowgroup" }, h("div", { class: "row", role: "row", "aria-rowindex": "1" }, ...headers, scale));
  const body = h("div", { class: "body", role: "rowgroup" });
  const element = h("div", { class: "list", role: "grid", tabindex: "0", "aria-label": say("inspector-grid"), "aria-colcount": String(COLUMNS.length) }, head, body);
  const rows: Row[] = [];
  let selected = -1;
  let wanted = 0;
  /** Where the list was scrolled to by its own doing: that is no wish of the person's. */
  let own = -1;
  const scroll = (to: number) => {
    element.scrollTop = to;
    own = element.scrollTop;
  };

  /** The place of the selected entry in the view, or -1. */
  const place = () => (selected < 0 ? -1 : view.place(selected));
  const seen = () => Math.max(1, Math.floor((element.clientHeight - head.offsetHeight) / ROW));

  const draw = (follow: boolean, went = 0) => {
    const count = view.ids.length;
    element.setAttribute("aria-rowcount", String(count + 1));
    body.style.height = `${count * ROW}px`;
    if (follow) scroll(element.scrollHeight);
    else if (went > 0) scroll(Math.max(0, element.scrollTop - went * ROW));
    const top = Math.floor(element.scrollTop / ROW);
    const from = Math.max(0, top - BESIDE);
    const to = Math.min(count, top + seen() + BESIDE + 1);
    const entries: AnyEntry[] = [];
    for (let index = from; index < to; index += 1) {
      const entry = traffic.entry(view.ids[index] ?? -1);
      if (entry !== undefined) entries.push(entry);
    }
    const axis = axisOf(entries.slice(top - from, top - from + seen() + 1), traffic.latest);
    setText(begin, entries.length === 0 ? "" : "0");
    setText(end, entries.length === 0 ? "" : format.duration(spanOf(axis)));
    element.style.setProperty("--pauses", lines(axis));
    entries.forEach((entry, at) => {
      const row = rows[at] ?? add();
      row.element.hidden = false;
      row.show(entry, from + at, entry.id === selected, traffic, axis);
    });
    for (const row of rows.slice(entries.length)) row.element.hidden = true;
    const isSeen = entries.some((entry) => entry.id === selected);
    if (isSeen) element.setAttribute("aria-activedescendant", `entry-${selected}`);
    else element.removeAttribute("aria-activedescendant");
  };

  const add = (): Row => {
    const row = createRow();
    rows.push(row);
    body.append(row.element);
    return row;
  };

  const choose = (index: number, open: boolean) => {
    const id = view.ids[Math.min(Math.max(0, index), view.ids.length - 1)];
    const entry = id === undefined ? undefined : traffic.entry(id);
    if (entry === undefined) return;
    selected = entry.id;
    const at = place() * ROW;
    const room = seen() * ROW;
    if (at < element.scrollTop) scroll(at);
    else if (at + ROW > element.scrollTop + room) scroll(at + ROW - room);
    told.chosen(entry, open);
    draw(false);
  };

  const key = (event: KeyboardEvent): boolean => {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const here = place();
    const last = view.ids.length - 1;
    const from = here < 0 ? Math.floor(element.scrollTop / ROW) : here;
    const to: Record<string, number> = {
      ArrowUp: here < 0 ? from : from - 1,
      ArrowDown: here < 0 ? from : from + 1,
      PageUp: from - seen(),
      PageDown: from + seen(),
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next !== undefined) choose(next, false);
    else if (event.key === "Enter" && here >= 0) choose(here, true);
    else return false;
    event.preventDefault();
    if (event.key === "End") told.scrolled(true);
    return true;
  };
  element.addEventListener("keydown", key);
  body.addEventListener("click", (event) => {
    const row = event.target instanceof Element ? event.target.closest(".row") : null;
    const at = rows.findIndex(({ element }) => element === row);
    const id = Number(rows[at]?.element.id.replace("entry-", ""));
    const index = view.place(id);
    if (at >= 0 && index >= 0) choose(index, true);
  });
  element.addEventListener("scroll", () => {
    if (element.scrollTop !== own) told.scrolled(element.scrollTop + element.clientHeight >= element.scrollHeight - ROW / 2);
    window.cancelAnimationFrame(wanted);
    wanted = window.requestAnimationFrame(() => draw(false));
  });

  return {
    element,
    draw,
    focus: () => element.focus(),
    key,
  };
}

function header(name: (typeof COLUMNS)[number]): string {
  switch (name) {
    case "time":
      return say("inspector-time");
    case "what":
      return say("inspector-what");
    case "status":
      return say("inspector-status");
    case "by":
      return say("inspector-by");
    case "size":
      return say("inspector-size");
    case "took":
      return say("inspector-took");
  }
}

/** A line through all rows for each pause that is drawn short. */
function lines(axis: Axis): string {
  const stops = pausesOf(axis).map((place) => {
    const at = `${(place * 100).toFixed(2)}%`;
    return `transparent ${at}, var(--slider) ${at} calc(${at} + 2px), transparent calc(${at} + 2px)`;
  });
  return stops.length === 0 ? "none" : `linear-gradient(90deg, ${stops.join(", ")})`;
}

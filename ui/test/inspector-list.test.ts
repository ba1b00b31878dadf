import { beforeEach, describe, expect, it, vi } from "vitest";
import type { TraceLine } from "../src/gen/TraceLine";
import { createDetail, factsOf } from "../src/inspector/detail";
import { format } from "../src/inspector/format";
import { createList } from "../src/inspector/list";
import { cellsOf, ROW } from "../src/inspector/row";
import { Traffic } from "../src/inspector/traffic";
import { View } from "../src/inspector/view";

const frame = (at: number, message: string): TraceLine => ({ type: "frame", stream: 1, at, to: "window", opcode: "binary", fin: true, length: 100, message });
const HEIGHT = 20 * ROW;

/** A list of so many frames, as high as twenty rows. */
function open(count: number) {
  const traffic = new Traffic();
  for (let at = 0; at < count; at += 1) traffic.take(frame(at, `delta-${at}`));
  const view = new View(traffic);
  view.update();
  const told = { scrolled: vi.fn(), chosen: vi.fn() };
  const list = createList(traffic, view, told);
  document.body.append(list.element);
  Object.defineProperty(list.element, "clientHeight", { value: HEIGHT });
  Object.defineProperty(list.element, "scrollHeight", { get: () => view.ids.length * ROW });
  const rows = () => [...list.element.querySelectorAll<HTMLElement>(".body .row:not([hidden])")];
  const press = (key: string) => list.element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  return { traffic, view, told, list, rows, press };
}

beforeEach(() => {
  document.body.replaceChildren();
  format.speak("en");
});

describe("the list", () => {
  it("has elements for what is seen alone, and says how many there are", () => {
    const { list, rows } = open(40_000);
    list.draw(true);
    expect(rows().length).toBeLessThan(40);
    expect(rows()[rows().length - 1]?.textContent).toContain("delta-39999");
    expect(list.element.getAttribute("aria-rowcount")).toBe("40001");
    expect(rows()[rows().length - 1]?.getAttribute("aria-rowindex")).toBe("40001");
  });

  it("is walked through by key, and opened by Enter", () => {
    const { list, told, press } = open(100);
    list.draw(false);
    press("Home");
    press("ArrowDown");
    expect(told.chosen).toHaveBeenLastCalledWith(expect.objectContaining({ id: 1 }), false);
    expect(list.element.getAttribute("aria-activedescendant")).toBe("entry-1");
    expect(list.element.querySelector("[aria-selected=true]")?.textContent).toContain("delta-1");
    press("Enter");
    expect(told.chosen).toHaveBeenLastCalledWith(expect.objectContaining({ id: 1 }), true);
    press("End");
    expect(told.chosen).toHaveBeenLastCalledWith(expect.objectContaining({ id: 99 }), false);
    expect(told.scrolled).toHaveBeenLastCalledWith(true);
    press("PageUp");
    expect(told.chosen).toHaveBeenLastCalledWith(expect.objectContaining({ id: 79 }), false);
  });

  it("opens what is clicked", () => {
    const { list, rows, told } = open(10);
    list.draw(false);
    rows()[3]?.querySelector<HTMLElement>(".what")?.click();
    expect(told.chosen).toHaveBeenLastCalledWith(expect.objectContaining({ id: 3 }), true);
  });

  it("tells a person's scrolling from its own", () => {
    const { list, told } = open(1000);
    list.draw(true);
    list.element.dispatchEvent(new Event("scroll"));
    expect(told.scrolled).not.toHaveBeenCalled();
    list.element.scrollTop = 40;
    list.element.dispatchEvent(new Event("scroll"));
    expect(told.scrolled).toHaveBeenCalledWith(false);
  });

  it("keeps its place when the oldest go", () => {
    const { list } = open(1000);
    list.element.scrollTop = 500 * ROW;
    list.draw(false, 100);
    expect(list.element.scrollTop).toBe(400 * ROW);
  });

  it("shows what came from outside as text", () => {
    const { traffic, view, list } = open(0);
    traffic.take({ type: "asked", request: 1, method: "GET", path: "/<img src=x>", start: 0 });
    view.update();
    list.draw(true);
    expect(list.element.querySelector("img")).toBeNull();
    expect(list.element.textContent).toContain("/<img src=x>");
  });
});

describe("an entry in words", () => {
  const traffic = new Traffic();
  const lines: TraceLine[] = [
    { type: "request", request: 1, method: "GET", path: "/x", status: 503, by: "proxy", sent: 0, received: 12_345, start: 0, first_byte: 4, end: 1500, whole: true },
    { type: "frame", stream: 2, at: 3, to: "app", opcode: "binary", fin: true, length: 9, message: "rerun_script" },
    { type: "frame", stream: 2, at: 5, to: "window", opcode: "binary", fin: true, length: 1_200_000, message: "new_session" },
    { type: "close", stream: 2, at: 61_000, sent: { frames: 1, bytes: 9 }, received: { frames: 1, bytes: 1_200_000 } },
    { type: "lost", lines: 7 },
  ];
  lines.forEach((line) => traffic.take(line));
  const [request, asked, run, first, end, lost] = traffic.entries;

  it("has the columns", () => {
    const cells = [request, asked, run, first, end, lost].map((entry) => (entry === undefined ? null : cellsOf(entry)));
    expect(cells).toMatchObject([
      { mark: "GET", what: "/x", status: "503", by: "Window", size: "12.3 kB", took: "1.50 s", tone: "bad" },
      { mark: "↑", what: "rerun_script", size: "9 B", took: "" },
      { what: "Run 1 · 1 message, 1.2 MB", took: "1 min 0 s" },
      { mark: "↓", what: "new_session", took: "+2.00 ms" },
      { what: "Connection 2 ended", status: "1006", tone: "bad" },
      { what: "7 entries were lost" },
    ]);
  });

  it("has its details", () => {
    if (run === undefined || end === undefined) throw new Error("no entries");
    expect(factsOf(end, traffic).lead).toContain("broke off");
    const detail = createDetail(vi.fn());
    detail.show(run, traffic);
    expect(detail.element.querySelector("tbody")?.textContent).toBe("new_session11.2 MB");
    const table = detail.element.querySelector("table");
    detail.show(run, traffic);
    expect(detail.element.querySelector("table"), "nothing is drawn anew").toBe(table);
  });
});

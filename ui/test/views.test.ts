import { beforeEach, describe, expect, it, vi } from "vitest";
import { INITIAL as EMPTY_LOG, reduce as reduceLog } from "../src/log/model";
import type { Failure } from "../src/gen/Failure";
import { createRows } from "../src/log/rows";
import { createFailure } from "../src/screens/failure";
import { INITIAL, reduce, screen, type FailureView } from "../src/screens/model";
import { session } from "./states";

beforeEach(() => {
  document.body.replaceChildren();
  // jsdom lays nothing out, so it has no observer of sizes.
  vi.stubGlobal("ResizeObserver", class { observe() {} });
});

describe("the list of lines", () => {
  const log = reduceLog(EMPTY_LOG, { kind: "lines", lines: Array.from({ length: 50_000 }, (_, seq) => ({ seq, text: `Zeile ${seq}` })) });

  it("draws a window's worth, even while there is no style", () => {
    // WebKit ran the screens before their styles came: the list was as high as all of its lines, and laying out
    // 50,000 of them kept the window busy for half a minute.
    const rows = createRows(() => undefined);
    Object.defineProperty(rows.element, "clientHeight", { value: 1_000_000 });
    document.body.append(rows.element);
    rows.update(log);
    expect(rows.element.querySelectorAll(".row").length).toBeLessThan(150);
    expect(rows.element.querySelectorAll(".row").length).toBeGreaterThan(0);
  });

  it("marks what a search found", () => {
    const rows = createRows(() => undefined);
    document.body.append(rows.element);
    rows.update(reduceLog(log, { kind: "query", query: "zeile 1", from: 0 }));
    expect([...rows.element.querySelectorAll("mark")].map((mark) => mark.textContent)).toContain("Zeile 1");
    expect(rows.element.querySelectorAll("mark.current")).toHaveLength(1);
  });
});

describe("the failure screen", () => {
  const BOOT = { name: "Café", icon: "", theme: "light", language: "en", words: {}, state: null } as const;

  function view(part: object = {}): FailureView {
    const failure: Failure = { code: "crashing", subject: { kind: "file", name: "<b>x</b>.py" }, message: "python ended", hints: [], details: "", logFile: "", ...part };
    const shown = screen(reduce(INITIAL, { kind: "state", state: session(2, { kind: "gaveUp", failure }) }));
    if (shown.kind !== "failure") throw new Error("no failure");
    return shown.view;
  }

  function open() {
    const act = vi.fn();
    const reveal = vi.fn();
    const failure = createFailure(BOOT, act, { reveal, about: vi.fn() });
    document.body.append(failure.element);
    return { act, reveal, failure, buttons: () => [...failure.element.querySelectorAll<HTMLButtonElement>(".actions button")] };
  }

  it("does the first action for Enter, and each for its button", () => {
    const { act, failure, buttons } = open();
    failure.update(view(), false, null);
    failure.primary();
    for (const button of buttons()) button.click();
    expect(act.mock.calls.flat()).toEqual(["restart", "restart", "copyReport", "saveReport", "showLog", "quit"]);
  });

  it("cannot be asked twice for one restart", () => {
    const { act, failure } = open();
    failure.update(view(), true, null);
    failure.primary();
    expect(act).not.toHaveBeenCalled();
  });

  it("keeps its elements, and so the focus, while the same failure is shown", () => {
    const { failure, buttons } = open();
    failure.update(view(), false, null);
    const copy = buttons()[1];
    copy?.focus();
    failure.update(view(), false, { tone: "good", text: "copied" });
    expect(document.activeElement).toBe(copy);
    expect(failure.element.querySelector("[role=status]")?.textContent).toBe("copied");
  });

  it("offers a saved report to be shown, for as long as it says where it is", () => {
    const { failure, reveal } = open();
    failure.update(view(), false, { tone: "good", text: "saved", saved: true });
    const show = failure.element.querySelector<HTMLButtonElement>(".answer button");
    expect(show?.hidden).toBe(false);
    show?.click();
    expect(reveal).toHaveBeenCalledOnce();
    failure.update(view(), false, null);
    expect(show?.hidden).toBe(true);
  });

  it("shows what came from outside as text", () => {
    const { failure } = open();
    failure.update(view({ details: "\x1b[31m<img src=x onerror=alert(1)>\x1b[0m\nKeyError: 'ä'" }), false, null);
    expect(failure.element.querySelector("img, b, script")).toBeNull();
    expect(failure.element.querySelector("pre")?.textContent).toBe("python ended\n\n<img src=x onerror=alert(1)>\nKeyError: 'ä'\n");
    expect(failure.element.querySelector("code")?.textContent).toBe("<b>x</b>.py");
  });
});

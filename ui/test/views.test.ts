import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Failure } from "../src/gen/Failure";
import { createFailure } from "../src/screens/failure";
import { INITIAL, reduce, screen, type FailureView } from "../src/screens/model";
import { session } from "./states";

beforeEach(() => {
  document.body.replaceChildren();
});

describe("the failure screen", () => {
  const BOOT = { name: "Café", icon: "", theme: "light", grounds: null, language: "en", words: {}, state: null } as const;

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
    failure.update(view({ details: "<img src=x onerror=alert(1)>\nKeyError: 'ä'" }), false, null);
    expect(failure.element.querySelector("img, b, script")).toBeNull();
    expect(failure.element.querySelector("pre")?.textContent).toBe("python ended\n\n<img src=x onerror=alert(1)>\nKeyError: 'ä'");
    expect(failure.element.querySelector("code")?.textContent).toBe("<b>x</b>.py");
  });
});

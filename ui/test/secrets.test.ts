import { beforeEach, describe, expect, it, vi } from "vitest";
import type { SecretsForm } from "../src/gen/SecretsForm";
import { host } from "../src/host";
import { fluentWords } from "../src/languages";
import { createForm } from "../src/secrets/main";
import { answersOf, cutAtLinks } from "../src/secrets/model";
import { say, speak } from "../src/words";

const field = (key: string, part: object = {}) => ({ key, label: key, help: "", optional: false, isSet: false, ...part });

beforeEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
  speak(fluentWords("en"));
});

describe("what is sent", () => {
  it("is only what changes something", () => {
    const fields = [field("A"), field("B"), field("C"), field("D")];
    const entries = new Map([
      ["A", { text: "x", remove: false }],
      ["B", { text: "  ", remove: false }],
      ["C", { text: "y", remove: true }],
    ]);
    expect(answersOf(fields, entries)).toEqual({ A: "x", C: null });
  });

  it("has no part of a sentence in a link", () => {
    expect(cutAtLinks("See https://a.example/b?c=d. Or (http://e.example).")).toEqual(["See ", "https://a.example/b?c=d", ". Or (", "http://e.example", ")."]);
  });
});

describe("the form", () => {
  const form: SecretsForm = {
    place: { kind: "file", path: "/home/zoë/secrets.json" },
    fields: [field("KEY", { help: "From https://keys.example/." }), field("OTHER", { optional: true, isSet: true })],
  };

  function open(given = form) {
    const view = createForm("Café", "", given, true);
    document.body.append(view.element);
    view.enter();
    return view.element;
  }

  const once: SecretsForm = { ...form, place: { kind: "nowhere" } };

  const submit = (element: HTMLElement) => element.querySelector("form")?.dispatchEvent(new Event("submit", { cancelable: true }));

  it("hides what is typed and says where it goes", () => {
    const element = open();
    const inputs = [...element.querySelectorAll<HTMLInputElement>(".value input")];
    expect(inputs.map((input) => input.type)).toEqual(["password", "password"]);
    expect(document.activeElement).toBe(inputs[0]);
    expect(element.textContent).toContain("/home/zoë/secrets.json");
    expect(element.querySelector("a")?.href).toBe("https://keys.example/");
    element.querySelector<HTMLButtonElement>(".show")?.click();
    expect(inputs[0]?.type).toBe("text");
    expect(inputs.every((input) => element.querySelector(`label[for="${input.id}"]`) !== null)).toBe(true);
  });

  it("shows complaints at their fields, and keeps what was typed", async () => {
    const save = vi.spyOn(host, "secretsSave").mockResolvedValue([{ key: "KEY", problem: "malformed" }]);
    const element = open();
    const input = element.querySelector<HTMLInputElement>("#secret-KEY");
    if (input === null) throw new Error("no field");
    input.value = "wrong";
    submit(element);
    await vi.waitFor(() => expect(input.getAttribute("aria-invalid")).toBe("true"));
    expect(save).toHaveBeenCalledWith({ KEY: "wrong" });
    expect(element.querySelector("#secret-KEY-problem")?.textContent).not.toBe("");
    expect(input.value).toBe("wrong");
    expect(element.querySelector<HTMLButtonElement>(".primary")?.disabled).toBe(false);
    input.dispatchEvent(new Event("input"));
    expect(input.hasAttribute("aria-invalid")).toBe(false);
  });

  it("opens the app with values that are kept nowhere", async () => {
    const save = vi.spyOn(host, "secretsSave");
    const use = vi.spyOn(host, "secretsUse").mockResolvedValue([]);
    const element = open(once);
    expect(element.textContent).toContain(say("secrets-once"));
    expect(element.querySelector(".primary")?.textContent).toBe(say("secrets-open"));
    submit(element);
    await vi.waitFor(() => expect(use).toHaveBeenCalledWith({}));
    expect(save).not.toHaveBeenCalled();
  });

  it("keeps what was typed when the keychain says that it has nothing", () => {
    const view = createForm("Café", "", once, true);
    const input = view.element.querySelector<HTMLInputElement>("#secret-KEY");
    if (input === null) throw new Error("no field");
    input.value = "typed";
    view.update({ ...form, place: { kind: "keychain" } });
    expect(view.element.contains(input)).toBe(true);
    expect(input.value).toBe("typed");
    expect(view.element.querySelector(".primary")?.textContent).toBe(say("secrets-save"));
    expect(view.element.textContent).toContain(say("secrets-keychain"));
  });

  it("offers to open the app without keeping what a silent keychain does not take", async () => {
    vi.spyOn(host, "secretsSave").mockRejectedValue({ code: "unanswered", message: "the system's keychain does not answer", hints: [] });
    const use = vi.spyOn(host, "secretsUse").mockResolvedValue([]);
    const element = open();
    const other = [...element.querySelectorAll("button")].find((button) => button.textContent === say("secrets-open-once"));
    expect(other?.hidden).toBe(true);
    submit(element);
    await vi.waitFor(() => expect(other?.hidden).toBe(false));
    expect(element.querySelector(".notice")?.textContent).toBe(say("secrets-unanswered"));
    other?.click();
    expect(use).toHaveBeenCalled();
  });

  it("says what failed", async () => {
    vi.spyOn(host, "secretsSave").mockRejectedValue({ code: "secrets", message: "the disk is full", hints: ["Free some space."] });
    const element = open();
    submit(element);
    await vi.waitFor(() => expect(element.querySelector(".notice")?.textContent).toContain("Free some space."));
  });
});

import { beforeEach, describe, expect, it } from "vitest";
import { hostMessage, isStreamlit, look } from "../src/overlay/page";

/** Documents as Streamlit 1.40.2 and 1.67.0 make them, cut to what matters. */
function app(script: string, inside: string): void {
  document.body.innerHTML = `<div id="root"><div data-testid="stApp" data-test-script-state="${script}">${inside}</div></div>`;
}
const container = (inside: string) => `<div data-testid="stElementContainer" data-stale="false">${inside}</div>`;
const SKELETON = '<div data-testid="stAppSkeleton"><div></div></div>';

beforeEach(() => {
  document.body.innerHTML = "";
});

describe("look", () => {
  it.each([
    ["no app yet", () => (document.body.innerHTML = '<div id="root"></div>'), false],
    ["an empty container before the first message", () => app("initial", container("")), false],
    ["the skeleton before the first message", () => app("initial", container(SKELETON)), false],
    ["the skeleton while the script runs (1.40.2)", () => app("running", container(SKELETON)), false],
    ["an element whose part is still loading", () => app("running", container('<div data-testid="stSkeleton"></div>')), false],
    ["a running script without elements (1.67.0)", () => app("running", ""), false],
    ["a heading", () => app("running", container('<div data-testid="stHeading"><h1>Größe</h1></div>')), true],
    ["an element in the sidebar only", () => app("running", `<section data-testid="stSidebar">${container('<div data-testid="stSlider"></div>')}</section>`), true],
    ["an exception in an element without a name (1.67.0)", () => app("running", container('<div><div data-testid="stException"></div></div>')), true],
    ["a script that drew nothing and is done", () => app("notRunning", ""), true],
    ["a script that does not compile", () => app("compilationError", container("")), true],
  ])("%s", (_, make, rendered) => {
    make();
    expect(look(document).rendered).toBe(rendered);
  });

  it("tells a running script from one that is done", () => {
    app("running", "");
    expect(look(document)).toMatchObject({ running: true, finished: false });
    app("rerunRequested", "");
    expect(look(document)).toMatchObject({ running: true, finished: false });
    app("notRunning", "");
    expect(look(document)).toMatchObject({ running: false, finished: true });
  });

  it("sees a dialog that lies beside the app", () => {
    app("initial", "");
    expect(look(document).dialog).toBe(false);
    document.body.insertAdjacentHTML("beforeend", '<div role="dialog">Connection error</div>');
    expect(look(document)).toMatchObject({ dialog: true, rendered: false });
  });
});

describe("isStreamlit", () => {
  it("knows the page before React is up, and no other page", () => {
    expect(isStreamlit(document)).toBe(false);
    document.body.innerHTML = '<noscript>You need to enable JavaScript</noscript><div id="root"></div>';
    expect(isStreamlit(document)).toBe(true);
  });
});

describe("hostMessage", () => {
  const message = (fields: object) => hostMessage({ stCommVersion: 1, ...fields });

  it("reads what the splash needs", () => {
    expect(message({ type: "WEBSOCKET_CONNECTED" }).event).toEqual({ kind: "connected" });
    expect(message({ type: "SCRIPT_RUN_STATE_CHANGED", scriptRunState: "running" }).event).toEqual({ kind: "running" });
    expect(message({ type: "SET_PAGE_TITLE", title: "Umsätze" }).title).toBe("Umsätze");
  });

  it("does not take the first `notRunning` for the end of the script", () => {
    expect(message({ type: "SCRIPT_RUN_STATE_CHANGED", scriptRunState: "notRunning" })).toEqual({});
  });

  it.each([null, undefined, "text", 1, {}, { stCommVersion: 2, type: "WEBSOCKET_CONNECTED" }, { stCommVersion: 1, type: "SET_PAGE_TITLE", title: 4 }])(
    "ignores %j",
    (data) => expect(hostMessage(data)).toEqual({}),
  );
});

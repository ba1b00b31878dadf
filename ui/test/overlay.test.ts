// @vitest-environment node
import { JSDOM, VirtualConsole } from "jsdom";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { beforeAll, expect, it, describe } from "vitest";
import { READY, session, STARTING, WAITING } from "./states";

/** Words as the shell gives them. */
const WORDS = { "splash-wait-contact": "Öffnet", "splash-again-count": "Again ({ $failures })", "splash-slow-keychain": "Unlock it", "splash-details": "More" };

/** The overlay as the shell gets it. */
let script = "";

beforeAll(async () => {
  const built = await build({
    configFile: fileURLToPath(new URL("../vite.overlay.config.ts", import.meta.url)),
    root: fileURLToPath(new URL("..", import.meta.url)),
    logLevel: "error",
    build: { write: false },
  });
  const output = Array.isArray(built) ? built[0]?.output : "output" in built ? built.output : undefined;
  script = output?.[0].code ?? "";
});

interface Page {
  window: JSDOM["window"];
  document: Document;
  /** What was reported, without the times. */
  reports: Record<string, unknown>[];
  /** The shadow tree, which the page itself cannot reach. */
  splash: () => ShadowRoot | undefined;
  host: () => Element | undefined;
  tell: (state: unknown) => void;
  /** Resolves when observers have run. */
  settle: () => Promise<void>;
}

const STREAMLIT = '<!doctype html><html><head></head><body><div id="root"></div></body></html>';

function open(options: { url?: string; boot?: unknown; reducedMotion?: boolean; run?: string; before?: (window: JSDOM["window"]) => void } = {}): Page {
  const virtualConsole = new VirtualConsole();
  virtualConsole.on("jsdomError", (error) => {
    throw error;
  });
  const dom = new JSDOM(STREAMLIT, { url: options.url ?? "http://localhost:8502/Umsätze?x=1", runScripts: "outside-only", virtualConsole, pretendToBeVisual: true });
  const { window } = dom;
  const reports: Record<string, unknown>[] = [];
  let shadow: ShadowRoot | undefined;
  const attach = window.Element.prototype.attachShadow;
  window.Element.prototype.attachShadow = function (init) {
    shadow = attach.call(this, init);
    return shadow;
  };
  Object.assign(window, {
    matchMedia: (query: string) => ({ matches: query.includes("reduced-motion") && options.reducedMotion !== false, addEventListener: () => undefined }),
    fetch: (path: string, init: { body: string }) => {
      const { ms, origin, ...rest } = JSON.parse(init.body) as Record<string, unknown>;
      expect(path).toBe("/_waterskin/report");
      expect(typeof ms === "number" && typeof origin === "number").toBe(true);
      reports.push(rest);
      return Promise.reject(new Error("nobody answers"));
    },
    __WATERSKIN__: options.boot === undefined ? { name: "Café „Zähler“", icon: "", theme: "dark", language: "en", words: WORDS, state: session(1, STARTING) } : options.boot,
  });
  options.before?.(window);
  window.eval(options.run ?? script);
  const known = window.document.documentElement;
  return {
    window,
    document: window.document,
    reports,
    splash: () => shadow,
    host: () => [...(window.document.documentElement ?? known).children].find((element) => element.tagName === "DIV"),
    tell: (state) => (window as unknown as { __waterskin: (state: unknown) => void }).__waterskin(state),
    settle: () => new Promise((resolve) => window.setTimeout(resolve, 0)),
  };
}

/** Streamlit's own elements, as of 1.67.0. */
function render(page: Page, scriptState: string, inside: string): void {
  const root = page.document.getElementById("root");
  if (root === null) throw new Error("no root");
  root.innerHTML = `<div data-testid="stApp" data-test-script-state="${scriptState}"><div data-testid="stElementContainer">${inside}</div></div>`;
}
const HEADING = '<div data-testid="stHeading"><h1>Hello</h1></div>';

describe("the splash", () => {
  it("is there at once, with the app's name, in a closed tree of its own", () => {
    const page = open();
    expect(page.host()?.shadowRoot).toBeNull();
    expect(page.splash()?.textContent).toContain("Café „Zähler“");
    expect(page.splash()?.querySelector(".ws")?.classList.contains("dark")).toBe(true);
    expect(page.document.body.contains(page.host() ?? null), "React owns the body").toBe(false);
    expect(page.reports).toEqual([{ event: "splash" }]);
  });

  it("has the ground of the page below it, and ink that stands out from that", () => {
    const grounds = { light: { colour: "#ffe4e1", dark: false }, dark: { colour: "#ffe4e1", dark: false } };
    const page = open({ boot: { name: "A", icon: "", theme: "dark", grounds, state: session(1, STARTING) } });
    const ground = page.splash()?.querySelector<HTMLElement>(".ws");
    expect(ground?.style.getPropertyValue("--ground")).toBe("#ffe4e1");
    expect(ground?.classList.contains("dark")).toBe(false);
  });

  it("is there as soon as the document has a root element", async () => {
    const page = open({ before: (window) => window.document.documentElement.remove() });
    expect(page.reports).toEqual([]);
    const html = page.document.createElement("html");
    html.innerHTML = '<body><div id="root"></div></body>';
    page.document.append(html);
    await page.settle();
    expect(page.host()).toBeDefined();
    expect(page.reports).toEqual([{ event: "splash" }]);
  });

  it("comes back when the page empties its document", async () => {
    const page = open();
    const body = page.document.createElement("body");
    body.innerHTML = '<div id="root"></div>';
    page.document.documentElement.replaceChildren(body);
    expect(page.host()).toBeUndefined();
    await page.settle();
    expect(page.host()).toBeDefined();
  });

  it("shows a name as text, whatever is in it", () => {
    const page = open({ boot: { name: '<img src=x onerror="alert(1)">', icon: "", theme: "light", state: session(1, STARTING) } });
    expect(page.splash()?.querySelector("img")).toBeNull();
  });

  it("takes no icon but an image of its own", () => {
    const page = open({ boot: { name: "A", icon: "http://example.org/x.png", theme: "light", state: session(1, STARTING) } });
    expect(page.splash()?.querySelector("img")).toBeNull();
  });

  it("goes away at the first render and reports it", async () => {
    const page = open();
    render(page, "running", "");
    await page.settle();
    expect(page.host()).toBeDefined();
    render(page, "running", HEADING);
    await page.settle();
    expect(page.host()).toBeUndefined();
    render(page, "notRunning", HEADING);
    await page.settle();
    expect(page.reports).toEqual([{ event: "splash" }, { event: "rendered" }, { event: "finished" }]);
  });

  it("has a button for more where it has more to say, and reports who presses it", () => {
    const page = open();
    const more = page.splash()?.querySelector("button");
    expect(more?.hidden).toBe(true);
    page.tell(session(2, { kind: "unlocking" }));
    expect(more?.hidden).toBe(false);
    more?.click();
    expect(page.reports).toEqual([{ event: "splash" }, { event: "details" }]);
  });

  it("fades where motion is welcome, and is gone after that", async () => {
    const page = open({ reducedMotion: false });
    render(page, "running", HEADING);
    await page.settle();
    expect(page.splash()?.querySelector(".leaving")).not.toBeNull();
    page.splash()?.querySelector(".leaving")?.dispatchEvent(new page.window.Event("transitionend"));
    expect(page.host()).toBeUndefined();
  });

  it("comes back over a page whose Python is gone, and stays until the page is loaded again", async () => {
    const page = open();
    page.tell(session(2, READY));
    render(page, "notRunning", HEADING);
    await page.settle();
    page.tell(session(3, WAITING));
    expect(page.host()).toBeDefined();
    expect(page.document.body.inert).toBe(true);
    expect(page.splash()?.textContent).toContain("Again (2)");
    page.tell(session(4, STARTING, { generation: 2 }));
    page.tell(session(5, READY, { generation: 2 }));
    expect(page.host(), "the old content stays covered").toBeDefined();
  });
});

describe("where it keeps out", () => {
  it.each(["https://login.example.org/", "http://localhost:9000/login"])("%s", (url) => {
    const page = open({ url });
    expect(page.host()).toBeUndefined();
    expect(page.reports).toEqual([]);
    expect("__WATERSKIN__" in page.window).toBe(false);
  });

  it.each(["tauri://localhost/index.html#failure", "http://tauri.localhost/index.html#failure"])("%s, which reads the settings itself", (url) => {
    const page = open({ url });
    expect(page.host()).toBeUndefined();
    expect("__WATERSKIN__" in page.window).toBe(true);
  });

  it("a frame inside the app", () => {
    // jsdom lets nobody replace `top`, so the script gets a window that stands in front of the real one.
    const top = (value: string) => `(function (window) { ${script} })(new Proxy(window, { get: (all, key, self) => key === "top" ? ${value} : Reflect.get(all, key) }))`;
    const page = open({ url: "http://localhost:8502/", run: top("{}") });
    expect(page.host()).toBeUndefined();
    expect(page.reports).toEqual([]);
    expect(open({ run: top("self") }).reports, "the same, at the top").toEqual([{ event: "splash" }]);
  });

  it("a page that turns out not to be Streamlit's", async () => {
    const page = open();
    page.document.body.innerHTML = "<h1>report.pdf</h1>";
    expect(page.host()).toBeDefined();
    await page.settle();
    expect(page.host()).toBeUndefined();
  });
});

describe("what the page can reach", () => {
  it("is one function that it cannot change", () => {
    const page = open();
    const names = Object.getOwnPropertyNames(page.window).filter((name) => /waterskin/i.test(name));
    expect(names).toEqual(["__waterskin"]);
    expect(Object.getOwnPropertyDescriptor(page.window, "__waterskin")).toMatchObject({ configurable: false, writable: false, enumerable: false });
  });

  it("does not break by nonsense", () => {
    const page = open();
    for (const nonsense of [undefined, null, 1, "x", {}, { revision: 9 }, { ...session(9, READY), phase: null }]) page.tell(nonsense);
    expect(page.host()).toBeDefined();
  });

  it("is installed once", () => {
    const page = open();
    page.window.eval(script);
    expect(page.reports).toEqual([{ event: "splash" }]);
  });
});

describe("reports", () => {
  const message = (page: Page, data: object, source: unknown) =>
    page.window.dispatchEvent(new page.window.MessageEvent("message", { data: { stCommVersion: 1, ...data }, source: source as Window }));

  it("carry the page's title, and none that a frame makes up", () => {
    const page = open();
    message(page, { type: "SET_PAGE_TITLE", title: "Größe" }, page.window);
    message(page, { type: "SET_PAGE_TITLE", title: "forged" }, null);
    expect(page.reports.slice(1)).toEqual([{ event: "title", title: "Größe" }]);
  });

  it("are short enough to be taken", () => {
    const page = open();
    message(page, { type: "SET_PAGE_TITLE", title: "x".repeat(100_000) }, page.window);
    expect(JSON.stringify(page.reports[1]).length).toBeLessThan(4096);
  });

  it("name a script that could not be loaded, without what may be private in its address", () => {
    const page = open();
    const missing = page.document.createElement("script");
    missing.setAttribute("src", "/static/js/index.js?token=secret");
    page.document.head.append(missing);
    missing.dispatchEvent(new page.window.Event("error"));
    expect(page.reports.slice(1)).toEqual([{ event: "failed", what: "script /static/js/index.js" }]);
  });

  const fail = (page: Page) => page.window.dispatchEvent(new page.window.ErrorEvent("error", { message: "SyntaxError: Invalid regular expression" }));
  const unsupported = (page: Page) => page.reports.filter(({ event }) => event === "unsupported");
  const old = (window: JSDOM["window"]) => {
    Reflect.deleteProperty((window as unknown as { Object: ObjectConstructor }).Object, "hasOwn");
  };

  it("tell that the web view is too old, once, when a script has failed for it", () => {
    const page = open({ before: old });
    expect(unsupported(page), "nothing has failed yet").toEqual([]);
    fail(page);
    fail(page);
    expect(unsupported(page)).toHaveLength(1);
    expect(unsupported(page)[0]?.what).toContain("Object.hasOwn");
  });

  it("blame nothing but the app for an error after the first render", async () => {
    const page = open({ before: old });
    render(page, "running", HEADING);
    await page.settle();
    fail(page);
    expect(unsupported(page)).toEqual([]);
  });
});

import { h, setText } from "../dom";
import { say } from "../words";
import type { Layer } from "./layer";
import { matches, MOST, read } from "./matches";
import { CLOSE, DOWN, signButton, UP } from "./signs";

/** How long after a change the page is searched anew: a page that changes all the time is searched four times in a second. */
const AFTER_MS = 250;

/** A part of the page may be shown or hidden by these alone: an expander, or what waits for something that is loaded. */
const SHOWN_BY = ["class", "hidden", "open", "style"];

const ALL = "waterskin-found";
const CURRENT = "waterskin-found-current";

/** The colours of `tokens.css`; a style of the page's document can't use those of the layer. */
const STYLE = `::highlight(${ALL}) { background: #ffe08a; color: #1b212b; } ::highlight(${CURRENT}) { background: #ffb224; color: #1b212b; }`;

/** The bar that finds text in the page, at its upper right. */
export interface Find {
  /** Opens the bar, or goes back to it. */
  open(): void;
}

export function createFind(layer: Layer): Find {
  const input = h("input", { type: "search", placeholder: say("find-text"), "aria-label": say("find-text"), spellcheck: "false", autocomplete: "off", autocapitalize: "off" });
  const count = h("span", { class: "count", role: "status" });
  const [previous, next, close] = [signButton(UP, say("find-previous")), signButton(DOWN, say("find-next")), signButton(CLOSE, say("menu-close"))];
  const bar = h("div", { class: "card bar", role: "search" }, input, count, previous, next, close);
  let found: Range[] = [];
  let current = 0;
  let before: HTMLElement | null = null;
  let soon: number | undefined;
  const watch = new MutationObserver(() => {
    soon ??= window.setTimeout(() => search(current), AFTER_MS);
  });

  /** Looks through the page as it is now, and shows the match with this number, or the one nearest to it. */
  const search = (wanted: number, scrolls = false) => {
    window.clearTimeout(soon);
    soon = undefined;
    found = matches(read(document.body), input.value);
    current = found.length === 0 ? 0 : Math.min(wanted, found.length - 1);
    const all = found.length === MOST ? `${MOST}+` : String(found.length);
    setText(count, input.value === "" ? "" : found.length === 0 ? say("find-none") : `${current + 1} / ${all}`);
    previous.disabled = next.disabled = found.length === 0;
    paint(found, found[current]);
    if (scrolls) reveal(found[current]);
  };
  /** To the next match or the one before, and around at the end. What the page did meanwhile counts. */
  const step = (by: 1 | -1) => {
    search(current);
    if (found.length > 0) search((current + by + found.length) % found.length, true);
  };
  const leave = () => {
    watch.disconnect();
    window.clearTimeout(soon);
    soon = undefined;
    bar.remove();
    paint([], undefined);
    before?.focus();
    before = null;
  };

  input.addEventListener("input", () => search(0, true));
  previous.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  close.addEventListener("click", leave);
  layer.onKey((event) => {
    if (event.key === "Escape" && bar.isConnected) leave();
    else if (event.key === "Enter" && layer.focused() === input && !event.isComposing) step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  });

  return {
    open() {
      layer.attach();
      if (!bar.isConnected || layer.focused() === null) before = document.activeElement instanceof HTMLElement ? document.activeElement : null;
      if (!bar.isConnected) {
        layer.top.append(bar);
        dress();
        watch.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: SHOWN_BY });
        search(0);
      }
      input.focus();
      input.select();
    },
  };
}

/** Colours the matches, where the web view can (Safari 17.2); elsewhere they are counted and scrolled to. */
function paint(found: readonly Range[], current: Range | undefined): void {
  if (!("highlights" in CSS)) return;
  CSS.highlights.set(ALL, new Highlight(...found.filter((range) => range !== current)));
  CSS.highlights.set(CURRENT, new Highlight(...(current === undefined ? [] : [current])));
}

/** Brings a match into sight, within what can be scrolled in the page too. */
function reveal(range: Range | undefined): void {
  const element = range?.startContainer.parentElement;
  if (range === undefined || !element) return;
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
  const { top, bottom } = range.getBoundingClientRect();
  // The bar is at the top, and Streamlit's chat input at the bottom.
  if (top < 80 || bottom > window.innerHeight - 120) element.scrollIntoView({ block: "center", inline: "nearest" });
}

/** Gives the page's document the style of a match, once. */
const dress = (() => {
  let done = false;
  return () => {
    if (done || !("adoptedStyleSheets" in document)) return;
    done = true;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  };
})();

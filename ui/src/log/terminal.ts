import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Terminal } from "@xterm/xterm";
import { h } from "../dom";
import { say } from "../words";
import { MATCHES, SCROLLBACK } from "./model";

/** What the log window does with its terminal. */
export interface LogTerminal {
  element: HTMLElement;
  /** To be called once the element is in the document: a terminal measures its letters. */
  open(): void;
  /** Resolves when the text has been read. */
  write(text: string): Promise<void>;
  /** Looks for a query: from what is in view on, or for the place after or before the one that it stands on. */
  search(query: string, way: "view" | "next" | "previous"): void;
  toEnd(): void;
  focus(): void;
  /** What the person selected, or the empty string. What a search stands on is no selection. */
  selection(): string;
  /** Everything in it, without colours. */
  text(): string;
}

/** What the terminal tells. */
export interface Told {
  /** Somebody scrolled: whether the end is in view now. */
  scrolled(atEnd: boolean): void;
  /** The place among those that a search found, from 0, or -1; and how many there are. */
  found(index: number, count: number): void;
  /** Somebody asked for a copy of what is selected. */
  copy(): void;
}

/** Makes a terminal that is only read. */
export function createTerminal(told: Told): LogTerminal {
  Terminal.strings.promptLabel = say("log-region");
  const element = h("div", { class: "terminal" });
  const terminal = new Terminal({
    // The colours of a search's places still count as a proposal.
    allowProposedApi: true,
    convertEol: true,
    cursorInactiveStyle: "none",
    disableStdin: true,
    drawBoldTextInBrightColors: false,
    fontFamily: css("--mono"),
    fontSize: 13,
    lineHeight: 1.35,
    overviewRuler: { width: 12 },
    screenReaderMode: true,
    scrollback: SCROLLBACK,
    // A console of Windows begins with an empty screen, at every start of Python.
    scrollOnEraseInDisplay: true,
    tabStopWidth: 4,
    ...looks(false),
  });
  const fit = new FitAddon();
  const finder = new SearchAddon({ highlightLimit: MATCHES });
  terminal.loadAddon(fit);
  terminal.loadAddon(finder);
  // What a program prints is no link that this window would open.
  terminal.parser.registerOscHandler(8, () => true);
  finder.onDidChangeResults(({ resultIndex, resultCount }) => told.found(resultIndex, resultCount));

  let query = "";
  let opened = false;
  const atEnd = () => terminal.buffer.active.viewportY >= terminal.buffer.active.baseY;
  const find = (way: "view" | "next" | "previous") => {
    const options = { incremental: way === "view", decorations: marks() };
    if (way === "previous") finder.findPrevious(query, options);
    else finder.findNext(query, options);
  };

  /** Reading keys, where a shell would have its own. The tab key and all others are the window's. */
  const keys = (event: KeyboardEvent): boolean => {
    if (event.type !== "keydown" || event.altKey) return false;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "a") terminal.selectAll();
      else if (event.key === "c" && terminal.hasSelection()) told.copy();
      else return false;
      return true;
    }
    if (event.key === "ArrowUp") terminal.scrollLines(-1);
    else if (event.key === "ArrowDown") terminal.scrollLines(1);
    else if (event.key === "PageUp") terminal.scrollPages(-1);
    else if (event.key === "PageDown" || event.key === " ") terminal.scrollPages(1);
    else if (event.key === "Home") terminal.scrollToTop();
    else if (event.key === "End") {
      terminal.scrollToBottom();
      // It may be there already, and then nothing scrolls.
      told.scrolled(true);
    } else return false;
    return true;
  };
  terminal.attachCustomKeyEventHandler((event) => {
    if (keys(event)) event.preventDefault();
    return false;
  });

  const paint = () => {
    const { theme, minimumContrastRatio } = looks(query !== "");
    terminal.options.theme = theme;
    terminal.options.minimumContrastRatio = minimumContrastRatio;
  };
  const repaint = () => {
    paint();
    if (query !== "") find("view");
  };

  return {
    element,
    open() {
      terminal.open(element);
      opened = true;
      // Read out by itself, a log drowns everything else; who wants to hear it walks through its lines.
      element.querySelector(".live-region")?.remove();
      terminal.onScroll(() => told.scrolled(atEnd()));
      new ResizeObserver(() => fit.fit()).observe(element);
      for (const wish of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) window.matchMedia(wish).addEventListener("change", repaint);
    },
    write: (text) => new Promise((done) => terminal.write(text, done)),
    search(wanted, way) {
      const began = (query === "") !== (wanted === "");
      query = wanted;
      if (!opened) return;
      if (began) paint();
      if (query === "") {
        finder.clearDecorations();
        terminal.clearSelection();
        told.found(-1, 0);
      } else {
        find(way);
      }
    },
    toEnd: () => terminal.scrollToBottom(),
    focus: () => terminal.focus(),
    selection() {
      const selected = terminal.getSelection();
      return selected.toLowerCase() === query.toLowerCase() ? "" : selected;
    },
    text() {
      const buffer = terminal.buffer.active;
      const lines: string[] = [];
      for (let at = 0; at < buffer.length; at += 1) {
        const line = buffer.getLine(at);
        const text = line?.translateToString(true) ?? "";
        if (line?.isWrapped === true && lines.length > 0) lines[lines.length - 1] += text;
        else lines.push(text);
      }
      return lines.join("\n").trimEnd();
    },
  };
}

/** A property of the visual language, as it is now. */
function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;

/** The colours of `tokens.css`; and any that a program mixed itself is moved until it can be read (WCAG 2.2, 1.4.3 and 1.4.6). What a search stands on is selected. */
function looks(searching: boolean) {
  const ground = css("--ground");
  const ink = css("--ink");
  const selection = css(searching ? "--mark-current" : "--selection");
  const colours = Object.fromEntries(
    NAMES.flatMap((name, at) => [
      [name, css(`--ansi-${at}`)],
      [`bright${name[0]?.toUpperCase() ?? ""}${name.slice(1)}`, css(`--ansi-${at + 8}`)],
    ]),
  );
  return {
    minimumContrastRatio: window.matchMedia("(prefers-contrast: more)").matches ? 7 : 4.5,
    theme: {
      ...colours,
      background: ground,
      foreground: ink,
      // Nobody writes here, so the cursor looks like any other place.
      cursor: ground,
      cursorAccent: ink,
      overviewRulerBorder: ground,
      selectionBackground: selection,
      selectionInactiveBackground: selection,
      ...(searching ? { selectionForeground: css("--on-mark-current") } : {}),
      scrollbarSliderBackground: css("--slider"),
      scrollbarSliderHoverBackground: css("--slider-hover"),
      scrollbarSliderActiveBackground: css("--slider-hover"),
    },
  };
}

/** How a search shows what it found. */
function marks() {
  const [mark, current] = [css("--mark"), css("--mark-current")];
  return { matchBackground: mark, matchOverviewRuler: css("--mark-ruler"), activeMatchBackground: current, activeMatchColorOverviewRuler: current };
}

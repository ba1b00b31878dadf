import { PLAIN, type Look, type Span } from "../ansi";
import { cssColour, fixedColour, inkOn, readable } from "../colour";
import { h } from "../dom";

/** A stretch of a line's text that a search found. */
export interface Mark {
  from: number;
  to: number;
  current: boolean;
}

/** Makes the elements of one line of terminal output, with the marks of a search in it. Marks are in order and apart. */
export function renderSpans(spans: readonly Span[], marks: readonly Mark[] = []): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  for (const span of spans) {
    for (const piece of cut(span.text, at, marks)) nodes.push(element(piece.text, span.look, piece.mark));
    at += span.text.length;
  }
  return nodes;
}

function cut(text: string, offset: number, marks: readonly Mark[]): { text: string; mark: Mark | null }[] {
  const pieces: { text: string; mark: Mark | null }[] = [];
  let at = 0;
  for (const mark of marks) {
    const from = Math.max(mark.from - offset, at);
    const to = Math.min(mark.to - offset, text.length);
    if (to <= from) continue;
    if (from > at) pieces.push({ text: text.slice(at, from), mark: null });
    pieces.push({ text: text.slice(from, to), mark });
    at = to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), mark: null });
  return pieces;
}

function element(text: string, look: Look, mark: Mark | null): Node {
  if (mark === null && look === PLAIN) return document.createTextNode(text);
  const node = h(mark === null ? "span" : "mark", {}, text);
  if (mark?.current === true) node.classList.add("current");
  if (mark === null) colour(node, look);
  if (look.bold) node.style.fontWeight = "700";
  if (look.italic) node.style.fontStyle = "italic";
  if (look.faint) node.style.opacity = "0.7";
  const lines = [look.underline ? "underline" : "", look.strike ? "line-through" : ""].filter((line) => line !== "");
  if (lines.length > 0) node.style.textDecoration = lines.join(" ");
  return node;
}

/**
 * Colours a piece.
 *
 * On the window's own ground the first sixteen colours follow the theme. On a ground that the program chose they are
 * the usual ones of a terminal, since it chose both to be read together.
 */
function colour(node: HTMLElement, look: Look): void {
  if (look.inverse) {
    node.style.color = look.ground === null ? "var(--ground)" : fixedColour(look.ground);
    node.style.background = look.colour === null ? "var(--ink)" : cssColour(look.colour);
  } else if (look.ground !== null) {
    node.style.color = look.colour === null ? inkOn(look.ground) : fixedColour(look.colour);
    node.style.background = fixedColour(look.ground);
  } else if (look.colour !== null) {
    ink(node, cssColour(look.colour));
  }
}

/** The window's grounds, as in `tokens.css`. */
const LIGHT = "#ffffff";
const DARK = "#0e1117";

/** Colours text on the window's own ground, as readable as the program's wish allows. `tokens.css` takes the one of the theme. */
function ink(node: HTMLElement, colour: string): void {
  if (!colour.startsWith("#")) {
    node.style.color = colour;
    return;
  }
  node.classList.add("own");
  node.style.setProperty("--light", readable(colour, LIGHT));
  node.style.setProperty("--dark", readable(colour, DARK));
}

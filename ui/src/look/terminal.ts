import { cssColour, PLAIN, type Look, type Span } from "../ansi";
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

function colour(node: HTMLElement, look: Look): void {
  const ink = look.colour === null ? null : cssColour(look.colour);
  const ground = look.ground === null ? null : cssColour(look.ground);
  if (look.inverse) {
    node.style.color = ground ?? "var(--ground)";
    node.style.background = ink ?? "var(--ink)";
    return;
  }
  if (ink !== null) node.style.color = ink;
  if (ground !== null) node.style.background = ground;
}

import { SIGNS } from "../gen/streamlit";

/** More matches than this are not looked for. */
export const MOST = 1000;

/** A text of the page, and where it begins in all of them. */
interface Piece {
  node: Text;
  start: number;
}

/** What can be read on a page, in one piece: words go on from an element to the next, but not from a block to the next. */
export interface Reading {
  text: string;
  pieces: readonly Piece[];
}

const SKIPPED = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "TEXTAREA", "SELECT", "IFRAME"]);

/** Reads what can be seen below an element, open shadow trees included. */
export function read(root: Element): Reading {
  const pieces: Piece[] = [];
  let text = "";
  const visit = (node: Node) => {
    if (node instanceof Text) {
      const parent = node.parentElement;
      if (node.data === "" || (parent !== null && !isSeen(parent))) return;
      pieces.push({ node, start: text.length });
      text += folded(node.data);
      return;
    }
    if (!(node instanceof Element) || SKIPPED.has(node.tagName) || node.matches(SIGNS.unseen)) return;
    const display = getComputedStyle(node).display;
    if (display === "none") return;
    const isBlock = display !== "contents" && !display.startsWith("inline");
    if (isBlock || node.tagName === "BR") text += "\n";
    for (const child of (node.shadowRoot ?? node).childNodes) visit(child);
    if (isBlock) text += "\n";
  };
  visit(root);
  return { text, pieces };
}

/** The places of `words`, whatever the case of their letters, from the beginning on and no two of them over each other. */
export function matches({ text, pieces }: Reading, words: string): Range[] {
  const wanted = folded(words);
  const found: Range[] = [];
  if (wanted === "") return found;
  for (let at = text.indexOf(wanted); at >= 0 && found.length < MOST; at = text.indexOf(wanted, at + wanted.length)) {
    const first = pieceAt(pieces, at);
    const last = pieceAt(pieces, at + wanted.length - 1);
    if (first === undefined || last === undefined) continue;
    const range = document.createRange();
    range.setStart(first.node, at - first.start);
    range.setEnd(last.node, at + wanted.length - last.start);
    found.push(range);
  }
  return found;
}

/** The last piece that begins at or before a place. */
function pieceAt(pieces: readonly Piece[], at: number): Piece | undefined {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.start ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return pieces[low - 1];
}

/** Lower case, and as long as before: the small form of some letters is longer. A blank is a blank. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  const same = lower.length === text.length ? lower : Array.from(text, (it) => (it.toLowerCase().length === it.length ? it.toLowerCase() : it)).join("");
  return same.replace(/\s/g, " ");
}

function isSeen(element: Element): boolean {
  // Not before Safari 17.4.
  if (typeof element.checkVisibility === "function") return element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  return element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";
}

import { hex } from "./colour";

/** How a piece of text looks. A colour is a number of the 256-colour palette, or `#rrggbb`, or null for the default. */
export interface Look {
  colour: number | string | null;
  ground: number | string | null;
  bold: boolean;
  faint: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
  inverse: boolean;
}

/** A piece of a line in one look. */
export interface Span {
  text: string;
  look: Look;
}

/** The look at the start of a terminal's output. */
export const PLAIN: Look = {
  colour: null,
  ground: null,
  bold: false,
  faint: false,
  italic: false,
  underline: false,
  strike: false,
  inverse: false,
};

/** The parts of ECMA-48 that a program writes to a terminal: CSI, then OSC and its like up to their end, then short escapes. */
const ESCAPE = /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;

/**
 * Reads one line of terminal output.
 *
 * Colours and weights (SGR) become spans; every other sequence and control character is dropped. A carriage return
 * means that the line was written over, so only what follows the last one with text after it is kept: that is how a
 * progress bar ends up as its last state. The look at the end is returned too, for the next line.
 */
export function parseLine(line: string, start: Look): { spans: Span[]; end: Look } {
  const spans: Span[] = [];
  let look = start;
  const push = (piece: string) => {
    for (const [index, part] of piece.split("\r").entries()) {
      if (index > 0 && part !== "") spans.length = 0;
      if (part === "") continue;
      const last = spans[spans.length - 1];
      if (last !== undefined && last.look === look) last.text += part;
      else spans.push({ text: part, look });
    }
  };
  let at = 0;
  // A return at the very end, or before another sequence, still has to overwrite what comes after it.
  const text = carryReturns(line);
  for (const match of text.matchAll(ESCAPE)) {
    push(text.slice(at, match.index));
    at = match.index + match[0].length;
    if (match[2] === "m") look = withSgr(look, match[1] ?? "");
  }
  push(text.slice(at));
  return { spans, end: look };
}

/** The text of spans without their looks. */
export function plainText(spans: readonly Span[]): string {
  return spans.map((span) => span.text).join("");
}

/** Moves each return behind the sequences that follow it, so that it stands directly before the text that overwrites. */
function carryReturns(line: string): string {
  return line.includes("\r") ? line.replace(/\r+((?:\x1b\[[0-?]*[ -/]*[@-~]|\r)+)/g, (_, rest: string) => `${rest.replace(/\r/g, "")}\r`) : line;
}

/** Applies the parameters of one SGR sequence (ECMA-48 8.3.117; 38 and 48 as in xterm, with `;` or `:`). */
function withSgr(look: Look, parameters: string): Look {
  const next: Look = { ...look };
  const codes = parameters.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)));
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, used } = extended(codes, index + 1);
      if (code === 38) next.colour = colour ?? next.colour;
      else next.ground = colour ?? next.ground;
      index += used;
    } else {
      simple(next, code);
    }
  }
  return isPlain(next) ? PLAIN : next;
}

/** Most of a log is plain, and plain text is shared: one object, no element of its own. */
function isPlain(look: Look): boolean {
  return (Object.keys(PLAIN) as (keyof Look)[]).every((field) => look[field] === PLAIN[field]);
}

function simple(look: Look, code: number): void {
  if (code === 0) Object.assign(look, PLAIN);
  else if (code === 1) look.bold = true;
  else if (code === 2) look.faint = true;
  else if (code === 3) look.italic = true;
  else if (code === 4 || code === 21) look.underline = true;
  else if (code === 7) look.inverse = true;
  else if (code === 9) look.strike = true;
  else if (code === 22) look.bold = look.faint = false;
  else if (code === 23) look.italic = false;
  else if (code === 24) look.underline = false;
  else if (code === 27) look.inverse = false;
  else if (code === 29) look.strike = false;
  else if (code >= 30 && code <= 37) look.colour = code - 30;
  else if (code === 39) look.colour = null;
  else if (code >= 40 && code <= 47) look.ground = code - 40;
  else if (code === 49) look.ground = null;
  else if (code >= 90 && code <= 97) look.colour = code - 82;
  else if (code >= 100 && code <= 107) look.ground = code - 92;
}

/** Reads `5;n` or `2;r;g;b`. Says how many codes it used, so that a broken sequence does not colour by its leftovers. */
function extended(codes: readonly number[], at: number): { colour: number | string | null; used: number } {
  const kind = codes[at];
  if (kind === 5) {
    const index = codes[at + 1];
    return { colour: index !== undefined && index >= 0 && index <= 255 ? index : null, used: 2 };
  }
  if (kind === 2) {
    const parts = codes.slice(at + 1, at + 4);
    const whole = parts.length === 3 && parts.every((part) => part >= 0 && part <= 255);
    return { colour: whole ? hex(parts) : null, used: 4 };
  }
  return { colour: null, used: 1 };
}

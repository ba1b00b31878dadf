/** A colour as CSS has it. The first sixteen follow the theme, so that they can be read on light and dark. */
export function cssColour(colour: number | string): string {
  if (typeof colour === "string") return colour;
  if (colour < 16) return `var(--ansi-${colour})`;
  if (colour >= 232) return hex(Array<number>(3).fill(8 + (colour - 232) * 10));
  const cube = colour - 16;
  return hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => (level === 0 ? 0 : 55 + level * 40)));
}

/** The first sixteen colours of xterm, for text on a ground of its own. */
const USUAL = "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff".split(" ");

/** A colour that is the same in light and dark. */
export function fixedColour(colour: number | string): string {
  return typeof colour === "number" && colour < 16 ? `#${USUAL[colour] ?? "000000"}` : cssColour(colour);
}

/** Black or white, whichever is easier to read on a ground. */
export function inkOn(ground: number | string): string {
  return contrast(fixedColour(ground), "#ffffff") >= contrast(fixedColour(ground), "#000000") ? "#ffffff" : "#000000";
}

/** A colour moved towards black or white until it can be read on a ground (WCAG 2.2, 1.4.3: a contrast of 4.5). */
export function readable(colour: string, ground: string): string {
  const goal = inkOn(ground) === "#000000" ? 0 : 255;
  let parts = rgb(colour);
  for (let step = 0; step < 20 && contrast(hex(parts), ground) < 4.5; step += 1) {
    parts = parts.map((part) => Math.round(part + (goal - part) * 0.12));
  }
  return hex(parts);
}

/** The contrast of two colours, from 1 to 21 (WCAG 2.2). */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const linear = rgb(colour).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
}

function rgb(colour: string): number[] {
  const value = parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Three parts from 0 to 255 as `#rrggbb`. */
export function hex(parts: readonly number[]): string {
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** A file or folder of an installed app, as `waterskin build --json --explain-size` prints it. */
export interface Weight {
  readonly name: string;
  readonly bytes: number;
  /** What is in it, the longest first. */
  readonly parts?: readonly Weight[];
}

/** What the command puts into the page. */
export interface Report {
  readonly name: string;
  readonly version: string;
  /** What is handed out: file names and lengths in bytes. */
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly weight: Weight;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** A length as people say it: three digits, thousand by thousand. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ""}`;
}

/** A part of a whole as people say it. */
export function share(bytes: number, whole: number): string {
  const part = whole > 0 ? (100 * bytes) / whole : 0;
  return part > 0 && part < 0.1 ? "<0.1 %" : `${part.toFixed(part < 9.95 ? 1 : 0)} %`;
}

/** The same folder with at most `most` parts on each of `depth` levels, and the rest of each level in one. */
export function drawn(weight: Weight, most: number, depth: number): Weight {
  const { name, bytes, parts = [] } = weight;
  if (depth === 0 || parts.length === 0) return { name, bytes };
  const shown = parts.slice(0, parts.length === most + 1 ? most + 1 : most);
  const rest = parts.slice(shown.length);
  const others = rest.reduce((sum, part) => sum + part.bytes, 0);
  const all = shown.map((part) => drawn(part, most, depth - 1));
  if (others > 0) all.push({ name: `${rest.length} others`, bytes: others });
  return { name, bytes, parts: all };
}

/** The folders from the top down to the one that `path` names; a name that is not there ends the walk. */
export function walk(top: Weight, path: readonly string[]): Weight[] {
  const folders = [top];
  for (const name of path) {
    const next = folders.at(-1)?.parts?.find((part) => part.name === name);
    if (next?.parts === undefined) break;
    folders.push(next);
  }
  return folders;
}

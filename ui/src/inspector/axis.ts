import { extent, type AnyEntry } from "./traffic";

/** A pause that is longer, in milliseconds, is drawn short: pings come every half a minute. */
const PAUSE = 750;

/** How wide such a pause is drawn, as a part of all that is no pause. */
const SHORT = 0.05;

/** A stretch in which something went on, and where it begins in the drawing. */
interface Stretch {
  from: number;
  to: number;
  place: number;
}

/** What the drawing shows of the time: those stretches, side by side. */
export interface Axis {
  stretches: readonly Stretch[];
  /** The width of all, in the milliseconds of the stretches. */
  width: number;
}

/** The time of some entries. What is not over yet, such as a request without an answer, has no end in it. */
export function axisOf(entries: readonly AnyEntry[], latest: number): Axis {
  const spans = entries.map((entry): [number, number] => {
    const [from, to] = extent(entry, latest);
    return entry.kind === "request" && entry.end === null ? [from, from] : [from, to];
  });
  spans.sort(([one], [other]) => one - other);
  const stretches: Stretch[] = [];
  for (const [from, to] of spans) {
    const last = stretches[stretches.length - 1];
    if (last !== undefined && from - last.to <= PAUSE) last.to = Math.max(last.to, to);
    else stretches.push({ from, to, place: 0 });
  }
  const busy = Math.max(1, stretches.reduce((sum, { from, to }) => sum + to - from, 0));
  const pause = busy * SHORT;
  let place = 0;
  for (const stretch of stretches) {
    stretch.place = place;
    place += stretch.to - stretch.from + pause;
  }
  return { stretches, width: Math.max(1, place - pause) };
}

/** Where a moment is in the drawing, from 0 to 1. */
export function placeOf(axis: Axis, moment: number): number {
  let place = 0;
  for (const stretch of axis.stretches) {
    if (moment < stretch.from) break;
    place = stretch.place + Math.min(moment, stretch.to) - stretch.from;
  }
  return Math.min(1, place / axis.width);
}

/** Where the pauses are in the drawing, from 0 to 1: the middle of each. */
export function pausesOf(axis: Axis): number[] {
  return axis.stretches.slice(1).map(({ place }, at) => {
    const before = axis.stretches[at];
    const end = before === undefined ? 0 : before.place + before.to - before.from;
    return (place + end) / 2 / axis.width;
  });
}

/** How long all of it took, pauses included, in milliseconds. */
export function spanOf(axis: Axis): number {
  const last = axis.stretches[axis.stretches.length - 1];
  return last === undefined ? 0 : last.to - (axis.stretches[0]?.from ?? last.from);
}

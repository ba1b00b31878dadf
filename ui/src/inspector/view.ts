import type { AnyEntry, Traffic } from "./traffic";

/** What can be left out of the list. */
export const KINDS = ["requests", "messages", "pings", "runs"] as const;
export type Kind = (typeof KINDS)[number];

/** What of the traffic is shown. */
export interface Wanted {
  query: string;
  kinds: ReadonlySet<Kind>;
}

export const ALL: Wanted = { query: "", kinds: new Set(KINDS) };

/** The entries that are shown, by their numbers, in order. */
export class View {
  ids: number[] = [];
  private next = 0;

  constructor(
    private traffic: Traffic,
    private wanted: Wanted = ALL,
  ) {}

  /** Looks at what is new, and forgets what has gone. Gives how many rows at the top went. */
  update(): number {
    const { traffic } = this;
    const end = traffic.gone + traffic.entries.length;
    for (let id = Math.max(this.next, traffic.gone); id < end; id += 1) {
      const entry = traffic.entry(id);
      if (entry !== undefined && isWanted(entry, this.wanted)) this.ids.push(id);
    }
    this.next = end;
    let went = 0;
    while (went < this.ids.length && (this.ids[went] ?? 0) < traffic.gone) went += 1;
    if (went > 0) this.ids.splice(0, went);
    return went;
  }

  /** How many of them came after this one. */
  after(id: number): number {
    return this.ids.length - lower(this.ids, id + 1);
  }

  /** The place of an entry, or -1. */
  place(id: number): number {
    const at = lower(this.ids, id);
    return this.ids[at] === id ? at : -1;
  }

  /** Shows something else. */
  want(wanted: Wanted): void {
    this.wanted = wanted;
    this.ids = [];
    this.next = 0;
    this.update();
  }
}

/** Where the first number stands that is not smaller, in a list that grows. */
function lower(ids: readonly number[], id: number): number {
  let [from, to] = [0, ids.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ids[middle] ?? 0) < id) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Whether an entry is shown. What ended a connection, or was lost, explains the rest and is left out by a query alone. */
export function isWanted(entry: AnyEntry, { query, kinds }: Wanted): boolean {
  const kind = kindOf(entry);
  if (kind !== null && !kinds.has(kind)) return false;
  if (query.trim() === "") return true;
  const text = textOf(entry);
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function kindOf(entry: AnyEntry): Kind | null {
  switch (entry.kind) {
    case "request":
      return "requests";
    case "run":
      return "runs";
    case "frame":
      return entry.opcode === "ping" || entry.opcode === "pong" ? "pings" : "messages";
    default:
      return null;
  }
}

function textOf(entry: AnyEntry): string {
  switch (entry.kind) {
    case "request":
      return `${entry.method} ${entry.path} ${entry.status ?? ""} ${entry.by ?? ""}`.toLowerCase();
    case "frame":
      return `${entry.message ?? ""} ${entry.opcode} ${entry.code ?? ""}`;
    case "run":
      return `run ${entry.number}`;
    case "close":
      return `close ${entry.code ?? ""}`;
    case "lost":
      return "lost";
  }
}

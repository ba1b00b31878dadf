import type { By } from "../gen/By";
import type { Opcode } from "../gen/Opcode";
import type { To } from "../gen/To";
import type { Total } from "../gen/Total";
import type { TraceLine } from "../gen/TraceLine";

/** How many entries are kept. The oldest go. */
export const MOST = 50_000;

/** How many more may wait to go, so that they go many at once. */
const SLACK = MOST / 8;

/** What every entry has. */
interface Entry {
  /** Counts the entries, from 0. */
  id: number;
  /** When it was there, in milliseconds since the program began. */
  at: number;
  /** The entry of the run that was under way then, or -1. */
  run: number;
}

/** A request, and its answer as far as there is one. */
export interface RequestEntry extends Entry {
  kind: "request";
  number: number;
  method: string;
  path: string;
  status: number | null;
  by: By | null;
  sent: number;
  received: number;
  firstByte: number | null;
  end: number | null;
  whole: boolean;
  stream: number | null;
  /** For a connection after another one that had ended: how long there was none. */
  again: number | null;
}

/** A frame. */
export interface FrameEntry extends Entry {
  kind: "frame";
  stream: number;
  to: To;
  opcode: Opcode;
  fin: boolean;
  length: number;
  message: string | null;
  code: number | null;
  /** Since the frame before it on the same connection. */
  gap: number | null;
  /** Of a pong: since its ping. */
  trip: number | null;
}

/** A run of the script, from its first message to its last. */
export interface RunEntry extends Entry {
  kind: "run";
  stream: number;
  number: number;
  /** When the page asked for it. */
  asked: number | null;
  end: number | null;
  /** What it sent, by the kind of message. */
  sent: Map<string, Total>;
  total: Total;
}

/** The end of a connection. */
export interface CloseEntry extends Entry {
  kind: "close";
  stream: number;
  /** The code of the first close frame, and where that went. */
  code: number | null;
  to: To | null;
  sent: Total;
  received: Total;
  opened: number | null;
}

/** What came too fast. */
export interface LostEntry extends Entry {
  kind: "lost";
  lines: number;
}

export type AnyEntry = RequestEntry | FrameEntry | RunEntry | CloseEntry | LostEntry;

/** What is known of a connection while it is open. */
interface Stream {
  opened: number | null;
  last: number | null;
  /** The times of pings without a pong, by where they went. */
  pinged: Record<To, number | null>;
  asked: number | null;
  run: RunEntry | null;
  code: number | null;
  closeTo: To | null;
}

/**
 * Turns the lines of a trace into entries. Knows no clock and no document; what it keeps is bounded, however much
 * comes.
 */
export class Traffic {
  /** The entries that are kept, in the order in which they came. */
  entries: AnyEntry[] = [];
  /** The moment that times are counted from, in milliseconds since 1970. */
  epoch = 0;
  /** The latest moment that was told. */
  latest = 0;
  /** How many entries have gone. */
  gone = 0;
  /** How many requests, runs and connections there were. */
  requests = 0;
  runs = 0;
  reconnections = 0;
  /** The status of the last answer to a request for the connection, while that is no 101. */
  refused: number | null = null;
  private pending = new Map<number, RequestEntry>();
  private streams = new Map<number, Stream>();
  private running: RunEntry | null = null;
  private ended: number | null = null;

  /** How many connections are open. */
  get open(): number {
    return this.streams.size;
  }

  /** The entry with this number, if it has not gone. */
  entry(id: number): AnyEntry | undefined {
    return this.entries[id - this.gone];
  }

  /** Takes one line of a trace. Types that are not known are skipped. */
  take(line: TraceLine): void {
    switch (line.type) {
      case "begin":
        this.epoch = line.time;
        return;
      case "asked":
        this.ask(line);
        return;
      case "request":
        this.answer(line);
        return;
      case "frame":
        this.frame(line);
        return;
      case "close":
        this.close(line);
        return;
      case "lost":
        this.add({ kind: "lost", lines: line.lines, ...this.base(this.latest) });
        return;
    }
  }

  /** Lets the oldest entries go where there are too many; `more` may stay while somebody reads. Gives how many went. */
  trim(more = 0): number {
    const surplus = this.entries.length - MOST - more;
    if (surplus <= SLACK) return 0;
    this.entries.splice(0, surplus);
    this.gone += surplus;
    return surplus;
  }

  private base(at: number): Entry {
    this.latest = Math.max(this.latest, at);
    return { id: this.gone + this.entries.length, at, run: this.running?.id ?? -1 };
  }

  private add<E extends AnyEntry>(entry: E): E {
    this.entries.push(entry);
    return entry;
  }

  private ask(line: { request: number; method: string; path: string; start: number }): RequestEntry {
    this.requests += 1;
    const { request: number, method, path, start } = line;
    const answer = { status: null, by: null, sent: 0, received: 0, firstByte: null, end: null, whole: false, stream: null, again: null };
    const entry = this.add<RequestEntry>({ kind: "request", number, method, path, ...answer, ...this.base(start) });
    this.pending.set(number, entry);
    return entry;
  }

  private answer(line: TraceLine & { type: "request" }): void {
    // One that was asked before anybody looked comes with its answer alone.
    const entry = this.pending.get(line.request) ?? this.ask(line);
    this.pending.delete(line.request);
    this.latest = Math.max(this.latest, line.end);
    Object.assign(entry, {
      status: line.status ?? null,
      by: line.by,
      sent: line.sent,
      received: line.received,
      firstByte: line.first_byte ?? null,
      end: line.end,
      whole: line.whole,
      stream: line.stream ?? null,
    });
    if (line.stream !== undefined) {
      this.refused = null;
      if (this.ended !== null && this.streams.size === 0) {
        entry.again = line.start - this.ended;
        this.reconnections += 1;
      }
      this.stream(line.stream).opened = line.first_byte ?? line.end;
    } else if (isStream(line.path) && line.status !== undefined) {
      this.refused = line.status;
    }
  }

  private stream(number: number): Stream {
    const known = this.streams.get(number);
    if (known !== undefined) return known;
    const made: Stream = { opened: null, last: null, pinged: { app: null, window: null }, asked: null, run: null, code: null, closeTo: null };
    this.streams.set(number, made);
    return made;
  }

  private frame(line: TraceLine & { type: "frame" }): void {
    const stream = this.stream(line.stream);
    const message = line.message ?? null;
    if (message === "new_session" && line.to === "window") this.begin(stream, line.stream, line.at);
    const other = line.to === "app" ? "window" : "app";
    let trip: number | null = null;
    if (line.opcode === "ping") stream.pinged[line.to] = line.at;
    if (line.opcode === "pong") {
      const pinged = stream.pinged[other];
      trip = pinged === null ? null : line.at - pinged;
      stream.pinged[other] = null;
    }
    if (line.opcode === "close" && stream.closeTo === null) {
      stream.code = line.code ?? null;
      stream.closeTo = line.to;
    }
    if (message === "rerun_script") stream.asked = line.at;
    this.add<FrameEntry>({
      kind: "frame",
      stream: line.stream,
      to: line.to,
      opcode: line.opcode,
      fin: line.fin,
      length: line.length,
      message,
      code: line.code ?? null,
      gap: stream.last === null ? null : line.at - stream.last,
      trip,
      ...this.base(line.at),
    });
    stream.last = line.at;
    if (line.to === "window" && stream.run !== null) this.sent(stream, stream.run, line);
  }

  private begin(stream: Stream, number: number, at: number): void {
    this.runs += 1;
    const asked = stream.asked;
    stream.asked = null;
    if (stream.run !== null) stream.run.end = at;
    this.running = null;
    stream.run = this.add<RunEntry>({ kind: "run", stream: number, number: this.runs, asked, end: null, sent: new Map(), total: { frames: 0, bytes: 0 }, ...this.base(at) });
    this.running = stream.run;
  }

  private sent(stream: Stream, run: RunEntry, line: TraceLine & { type: "frame" }): void {
    if (line.opcode !== "binary" && line.opcode !== "continuation") return;
    const kind = line.message ?? line.opcode;
    const total = run.sent.get(kind) ?? { frames: 0, bytes: 0 };
    run.sent.set(kind, { frames: total.frames + 1, bytes: total.bytes + line.length });
    run.total = { frames: run.total.frames + 1, bytes: run.total.bytes + line.length };
    if (line.message === "script_finished") this.finish(stream, line.at);
  }

  private finish(stream: Stream, at: number): void {
    if (stream.run === null) return;
    stream.run.end = at;
    if (this.running === stream.run) this.running = null;
    stream.run = null;
  }

  private close(line: TraceLine & { type: "close" }): void {
    const stream = this.stream(line.stream);
    this.finish(stream, line.at);
    this.streams.delete(line.stream);
    this.ended = line.at;
    const { code, closeTo: to, opened } = stream;
    this.add<CloseEntry>({ kind: "close", stream: line.stream, code, to, sent: line.sent, received: line.received, opened, ...this.base(line.at) });
  }
}

/** Whether a path is the one that becomes the page's connection. */
function isStream(path: string): boolean {
  return path.endsWith("/_stcore/stream");
}

/** When an entry ended, as far as it has; a frame is a moment. */
export function extent(entry: AnyEntry, latest: number): [from: number, to: number] {
  switch (entry.kind) {
    case "request":
      return [entry.at, entry.end ?? latest];
    case "run":
      return [entry.asked ?? entry.at, entry.end ?? latest];
    default:
      return [entry.at, entry.at];
  }
}

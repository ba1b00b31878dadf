import { h } from "../dom";
import { say } from "../words";
import { format } from "./format";
import { whoAnswered } from "./row";
import type { AnyEntry, CloseEntry, FrameEntry, RequestEntry, RunEntry, Traffic } from "./traffic";

/** What is known of one entry. */
export interface Detail {
  element: HTMLElement;
  show(entry: AnyEntry, traffic: Traffic): void;
  hide(): void;
}

/** A name and what it is. */
type Fact = readonly [name: string, value: string];

export function createDetail(closed: () => void): Detail {
  const title = h("h2", {});
  const shut = h("button", { type: "button", class: "small", "aria-label": say("menu-close"), title: say("menu-close") }, "✕");
  const content = h("div", { class: "content" });
  const element = h("aside", { class: "detail", "aria-label": say("inspector-details") }, h("header", {}, title, shut), content);
  element.hidden = true;
  shut.addEventListener("click", closed);
  let shown = "";
  return {
    element,
    show(entry, traffic) {
      const { heading, lead, facts } = factsOf(entry, traffic);
      // Nothing is drawn anew while a person may be selecting text in it.
      const now = JSON.stringify([entry.id, heading, lead, facts]);
      element.hidden = false;
      if (now === shown) return;
      shown = now;
      title.textContent = heading;
      const list = h("dl", {}, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
      const table = entry.kind === "run" && entry.sent.size > 0 ? sentBy(entry) : null;
      content.replaceChildren(...[lead === "" ? null : h("p", { class: "lead" }, lead), list, table].filter((part) => part !== null));
    },
    hide() {
      element.hidden = true;
      shown = "";
    },
  };
}

/** What there is to say of an entry. */
export function factsOf(entry: AnyEntry, traffic: Traffic): { heading: string; lead: string; facts: Fact[] } {
  const began: Fact = [say("inspector-time"), format.time(traffic.epoch + entry.at)];
  switch (entry.kind) {
    case "request":
      return { heading: `${entry.method} ${entry.path}`, lead: leadOfRequest(entry), facts: [began, ...ofRequest(entry)] };
    case "frame":
      return { heading: entry.message ?? entry.opcode, lead: leadOfFrame(entry), facts: [began, ...ofFrame(entry)] };
    case "run":
      return { heading: say("inspector-run", { number: entry.number }), lead: "", facts: [began, ...ofRun(entry)] };
    case "close":
      return { heading: say("inspector-ended", { number: entry.stream }), lead: leadOfCode(entry.code), facts: [began, ...ofClose(entry)] };
    case "lost":
      return { heading: say("inspector-lost", { lines: entry.lines }), lead: say("inspector-lost-why"), facts: [began] };
  }
}

function leadOfRequest(entry: RequestEntry): string {
  if (entry.end === null) return say("inspector-pending");
  return entry.whole ? "" : say("inspector-cut");
}

function ofRequest(entry: RequestEntry): Fact[] {
  const facts: Fact[] = [];
  if (entry.status !== null) facts.push([say("inspector-status"), String(entry.status)]);
  if (entry.by !== null && entry.status !== null) facts.push([say("inspector-by"), whoAnswered(entry.by)]);
  if (entry.stream !== null) facts.push([say("inspector-stream"), `#${entry.stream}`]);
  if (entry.again !== null) facts.push([say("inspector-again"), format.duration(entry.again)]);
  if (entry.firstByte !== null) facts.push([say("inspector-waited"), format.duration(entry.firstByte - entry.at)]);
  if (entry.end === null) return facts;
  facts.push([say("inspector-took"), format.duration(entry.end - entry.at)]);
  facts.push([say("inspector-up"), format.size(entry.sent)], [say("inspector-down"), format.size(entry.received)]);
  return facts;
}

/** What the most important messages mean. Streamlit's names of them stay as they are. */
function leadOfFrame(entry: FrameEntry): string {
  switch (entry.message ?? entry.opcode) {
    case "rerun_script":
      return say("inspector-kind-rerun");
    case "new_session":
      return say("inspector-kind-session");
    case "delta":
      return say("inspector-kind-delta");
    case "script_finished":
      return say("inspector-kind-finished");
    case "ping":
      return say("inspector-kind-ping");
    case "pong":
      return say("inspector-kind-pong");
    case "close":
      return leadOfCode(entry.code);
    default:
      return "";
  }
}

function ofFrame(entry: FrameEntry): Fact[] {
  const facts: Fact[] = [
    [say("inspector-stream"), `#${entry.stream}`],
    [say("inspector-direction"), entry.to === "app" ? say("inspector-to-app") : say("inspector-to-window")],
    [say("inspector-opcode"), entry.fin ? entry.opcode : `${entry.opcode} …`],
    [say("inspector-length"), `${format.number(entry.length)} B`],
  ];
  if (entry.gap !== null) facts.push([say("inspector-gap"), format.duration(entry.gap)]);
  if (entry.trip !== null) facts.push([say("inspector-trip"), format.duration(entry.trip)]);
  if (entry.code !== null) facts.push([say("inspector-code"), String(entry.code)]);
  return facts;
}

function ofRun(entry: RunEntry): Fact[] {
  const facts: Fact[] = [[say("inspector-stream"), `#${entry.stream}`]];
  if (entry.asked !== null) facts.push([say("inspector-asked"), format.duration(entry.at - entry.asked)]);
  facts.push([say("inspector-took"), entry.end === null ? say("inspector-running") : format.duration(entry.end - entry.at)]);
  facts.push([say("inspector-down"), format.size(entry.total.bytes)]);
  return facts;
}

/** What a run sent, the largest first. */
function sentBy(entry: RunEntry): HTMLElement {
  const kinds = [...entry.sent].sort(([, one], [, other]) => other.bytes - one.bytes);
  const rows = kinds.map(([kind, { frames, bytes }]) => h("tr", {}, h("th", { scope: "row" }, kind), h("td", {}, format.number(frames)), h("td", {}, format.size(bytes))));
  const head = h("tr", {}, h("th", { scope: "col" }, say("inspector-what")), h("th", { scope: "col" }, say("inspector-messages")), h("th", { scope: "col" }, say("inspector-size")));
  return h("table", {}, h("caption", {}, say("inspector-sent")), h("thead", {}, head), h("tbody", {}, ...rows));
}

function ofClose(entry: CloseEntry): Fact[] {
  const facts: Fact[] = [[say("inspector-code"), entry.code === null ? "1006" : String(entry.code)]];
  if (entry.to !== null) facts.push([say("inspector-direction"), entry.to === "app" ? say("inspector-to-app") : say("inspector-to-window")]);
  if (entry.opened !== null) facts.push([say("inspector-took"), format.duration(entry.at - entry.opened)]);
  const total = ({ frames, bytes }: { frames: number; bytes: number }) => say("inspector-run-sent", { messages: frames, size: format.size(bytes) });
  facts.push([say("inspector-up"), total(entry.sent)], [say("inspector-down"), total(entry.received)]);
  return facts;
}

/** What a close code means (RFC 6455 section 7.4.1 and IANA's list). */
function leadOfCode(code: number | null): string {
  switch (code) {
    case 1000:
    case 1005:
      return say("inspector-code-normal");
    case 1001:
      return say("inspector-code-away");
    case 1012:
      return say("inspector-code-restart");
    case null:
      return say("inspector-code-none");
    default:
      return say("inspector-code-other");
  }
}

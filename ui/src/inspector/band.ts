import { h, setText } from "../dom";
import type { SessionState } from "../gen/SessionState";
import type { Stage } from "../gen/Stage";
import type { StageTime } from "../gen/StageTime";
import { progress } from "../load";
import { say } from "../words";
import { format } from "./format";
import type { Traffic } from "./traffic";

/** The four stages of a load. */
const STEPS: readonly Stage[] = ["contact", "page", "upgrade", "messages"];

/** A stage as it is shown. */
export interface Step {
  mark: "done" | "now" | "stopped" | "open";
  /** How long it took, or has taken so far, in milliseconds. */
  took: number | null;
  /** When it was reached, in milliseconds since the load began. */
  at: number | null;
}

/** The stages of the current load. `now` is in the same milliseconds as their times. */
export function steps(times: readonly StageTime[], state: SessionState | null, now: number): Step[] {
  const reached = (stage: Stage) => times.find((known) => known.stage === stage)?.at ?? null;
  const begin = times[0]?.at ?? 0;
  const phase = state?.phase.kind ?? "starting";
  const goesOn = phase === "starting" || phase === "ready" || phase === "unlocking";
  let before = begin;
  let isNext = true;
  return STEPS.map((stage): Step => {
    const [at, from] = [reached(stage), before];
    if (at !== null) {
      before = at;
      return { mark: "done", took: at - from, at: at - begin };
    }
    const isNow = isNext;
    isNext = false;
    if (!isNow) return { mark: "open", took: null, at: null };
    return { mark: goesOn ? "now" : "stopped", took: Math.max(0, now - from), at: null };
  });
}

/** What a load that is not at its end waits for, in a sentence; empty where it waits for nothing. */
export function waitsFor(times: readonly StageTime[], state: SessionState | null): string {
  const last = times[times.length - 1]?.stage ?? "none";
  if (last === "messages" || last === "finished") return "";
  return progress(state, last, false).slow;
}

/** The band at the top of the window. */
export function createBand() {
  const names = [say("inspector-stage-contact"), say("inspector-stage-page"), say("inspector-stage-upgrade"), say("inspector-stage-messages")];
  const parts = names.map((name, at) => {
    const mark = h("span", { class: "mark", "aria-hidden": "true" }, String(at + 1));
    const took = h("span", { class: "took" });
    const note = h("span", { class: "note" });
    const item = h("li", {}, mark, h("div", {}, h("span", { class: "name" }, name), h("span", { class: "line" }, took, note)));
    return { item, mark, took, note };
  });
  const sentence = h("p", { class: "sentence", role: "status", "aria-live": "polite" });
  const element = h("section", { class: "band", "aria-label": say("inspector-stages") }, h("ol", {}, ...parts.map(({ item }) => item)), sentence);

  const update = (times: readonly StageTime[], state: SessionState | null, { epoch, refused }: Pick<Traffic, "epoch" | "refused">, now: number) => {
    const finished = times.find((known) => known.stage === "finished");
    const begin = times[0]?.at ?? 0;
    steps(times, state, now).forEach((found, at) => {
      const part = parts[at];
      if (part === undefined) return;
      const isRefused = found.mark === "now" && STEPS[at] === "upgrade" && refused !== null;
      const step: Step = isRefused ? { ...found, mark: "stopped" } : found;
      part.item.className = step.mark;
      if (found.mark === "now") part.item.setAttribute("aria-current", "step");
      else part.item.removeAttribute("aria-current");
      setText(part.mark, step.mark === "done" ? "✓" : step.mark === "stopped" ? "!" : String(at + 1));
      setText(part.took, step.mark === "done" && step.took !== null && step.took > 0 ? `+${format.duration(step.took)}` : "");
      const began = at === 0 && step.mark === "done" ? format.time(epoch + begin) : null;
      setText(part.note, began ?? note(step, at, refused, finished === undefined ? null : finished.at - begin));
    });
    setText(sentence, waitsFor(times, state));
  };
  return { element, update };
}

function note(step: Step, at: number, refused: number | null, finished: number | null): string {
  switch (step.mark) {
    case "done":
      if (at === STEPS.length - 1 && finished !== null) return say("inspector-stage-finished", { time: format.duration(finished) });
      return say("inspector-stage-at", { time: format.duration(step.at ?? 0) });
    case "now":
    case "stopped":
      if (STEPS[at] === "upgrade" && refused !== null) return say("inspector-stage-refused", { status: refused });
      return say("inspector-stage-waiting", { time: format.rough(step.took ?? 0) });
    case "open":
      return say("inspector-stage-open");
  }
}

import "../look/tokens.css";
import "../look/controls.css";
import "./inspector.css";
import type { Boot } from "../boot";
import { h, setText } from "../dom";
import type { Batch } from "../gen/Batch";
import type { SessionState } from "../gen/SessionState";
import type { StageTime } from "../gen/StageTime";
import { host, hostError } from "../host";
import { prepared } from "../prepared";
import { say } from "../words";
import { createBand } from "./band";
import { createDetail } from "./detail";
import { format } from "./format";
import { createList } from "./list";
import { MOST, Traffic, type AnyEntry } from "./traffic";
import { KINDS, View, type Kind } from "./view";

/** How long an answer to a button stays. */
const NOTICE_MS = 8000;

/** How often a wait that is still going on is told anew. */
const TICK_MS = 500;

function openInspector(boot: Boot): void {
  format.speak(boot.language);
  const traffic = new Traffic();
  const view = new View(traffic);
  const kinds = new Set<Kind>(KINDS);
  let state: SessionState | null = null;
  let stages: readonly StageTime[] = [];
  let chosen: AnyEntry | null = null;
  let follow = true;
  /** The newest entry when the list was stopped. */
  let stopped = -1;
  let drawing = 0;
  let noticed: number | undefined;

  const band = createBand();
  const search = h("input", { type: "search", placeholder: say("inspector-search"), "aria-label": say("inspector-search"), spellcheck: "false", autocomplete: "off" });
  const filters = KINDS.map((kind) => ({ kind, button: h("button", { type: "button", "aria-pressed": "true", class: `filter ${kind}` }, filterName(kind)) }));
  const pause = h("button", { type: "button", class: "follow" });
  const save = h("button", { type: "button" }, say("inspector-save"));
  const newerButton = h("button", { type: "button", class: "newer" });
  const empty = h("div", { class: "empty" });
  const counts = h("p", { class: "counts" });
  const notice = h("span", { class: "notice", role: "status", "aria-live": "polite" });
  const reveal = h("button", { type: "button", class: "link" }, say("action-show-in-folder"));
  const heading = h("h1", { class: "offscreen" });
  const list = createList(traffic, view, {
    scrolled: (atEnd) => setFollow(atEnd),
    chosen: (entry, open) => {
      if (!open && chosen === null) {
        setFollow(false);
        return;
      }
      chosen = entry;
      setFollow(false);
      detail.show(entry, traffic);
    },
  });
  const detail = createDetail(() => shut());

  document.body.append(
    h(
      "main",
      { class: "inspector" },
      heading,
      band.element,
      h(
        "div",
        { class: "bar", role: "toolbar", "aria-label": say("inspector-tools") },
        search,
        h("div", { class: "filters", role: "group", "aria-label": say("inspector-filter") }, ...filters.map(({ button }) => button)),
        h("div", { class: "tools" }, pause, save),
      ),
      h("div", { class: "middle" }, h("div", { class: "traffic" }, list.element, empty, newerButton), detail.element),
      h("div", { class: "status" }, counts, h("span", { class: "answer" }, notice, reveal)),
    ),
  );
  const title = (app: string) => {
    const words = app === "" ? say("inspector-title-plain") : say("inspector-title", { app });
    setText(heading, words);
    document.title = words;
  };
  title(boot.name);

  const now = () => Date.now() - traffic.epoch;

  const draw = () => {
    drawing = 0;
    const went = view.update();
    list.draw(follow, went);
    band.update(stages, state, traffic, now());
    setText(pause, follow ? say("log-pause") : say("log-follow"));
    const newer = follow ? 0 : view.after(stopped);
    newerButton.hidden = newer === 0;
    setText(newerButton, `↓ ${say("inspector-newer", { lines: newer })}`);
    const isEmpty = view.ids.length === 0;
    empty.hidden = !isEmpty;
    if (isEmpty) setText(empty, traffic.entries.length === 0 ? say("inspector-empty") : say("inspector-none"));
    setText(counts, countsOf(traffic, follow));
    if (chosen !== null) detail.show(chosen, traffic);
  };
  /** Draws once for all that comes until the next picture. */
  const later = () => {
    if (drawing === 0) drawing = window.requestAnimationFrame(draw);
  };
  const setFollow = (wanted: boolean) => {
    if (follow === wanted) return;
    follow = wanted;
    stopped = traffic.gone + traffic.entries.length - 1;
    later();
  };
  const shut = () => {
    chosen = null;
    detail.hide();
    list.focus();
  };

  const take = (batch: Batch) => {
    for (const line of batch.lines) traffic.take(line);
    // What a person reads stays a good while longer.
    traffic.trim(follow ? 0 : MOST);
    if (batch.stages !== null) stages = batch.stages;
    later();
  };

  const tell = (words: string, { bad = false, saved = false } = {}) => {
    setText(notice, words);
    notice.classList.toggle("bad", bad);
    reveal.hidden = !saved;
    window.clearTimeout(noticed);
    if (!saved) noticed = window.setTimeout(() => tell(""), NOTICE_MS);
  };
  const fail = (thrown: unknown) => tell(say("notice-failed", { message: hostError(thrown).message }), { bad: true });
  tell("");

  const want = () => {
    view.want({ query: search.value, kinds });
    later();
  };
  search.addEventListener("input", want);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Enter") return;
    if (event.key === "Escape") search.value = "";
    want();
    list.focus();
  });
  for (const { kind, button } of filters) {
    button.addEventListener("click", () => {
      if (!kinds.delete(kind)) kinds.add(kind);
      button.setAttribute("aria-pressed", String(kinds.has(kind)));
      want();
    });
  }
  pause.addEventListener("click", () => setFollow(!follow));
  newerButton.addEventListener("click", () => {
    setFollow(true);
    list.focus();
  });
  save.addEventListener("click", () => {
    host.saveTraffic().then(([trace = "", har = ""]) => tell(say("inspector-saved", { trace, har }), { saved: true }), fail);
  });
  reveal.addEventListener("click", () => void host.revealTraffic().catch(fail));
  document.addEventListener("keydown", (event) => {
    // The window opens with the keys nowhere: they are the list's then.
    if (document.activeElement === document.body && list.key(event)) list.focus();
    if (event.key === "Escape" && chosen !== null && document.activeElement !== search) shut();
    if (event.key.toLowerCase() !== "f" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
  new ResizeObserver(later).observe(list.element);
  // A wait shows how long it lasts; a load that is over moves nothing.
  window.setInterval(() => {
    if (!stages.some(({ stage }) => stage === "messages")) later();
  }, TICK_MS);

  const learn = (next: SessionState) => {
    if (state !== null && next.revision < state.revision) return;
    state = next;
    title(next.app.name);
    later();
  };
  host.onState(learn);
  host.state().then(learn, () => undefined);
  host.followTraffic(take).catch(fail);
  draw();
}

function filterName(kind: Kind): string {
  switch (kind) {
    case "requests":
      return say("inspector-requests");
    case "messages":
      return say("inspector-messages");
    case "pings":
      return say("inspector-pings");
    case "runs":
      return say("inspector-runs");
  }
}

/** What there is in all. */
function countsOf(traffic: Traffic, follow: boolean): string {
  const parts = [
    say("inspector-entries", { lines: traffic.entries.length }),
    say("inspector-open", { count: traffic.open }),
    follow ? say("log-following") : say("log-paused"),
  ];
  if (traffic.reconnections > 0) parts.splice(2, 0, say("inspector-reconnections", { count: traffic.reconnections }));
  if (traffic.gone > 0) parts.push(say("inspector-gone"));
  parts.push(say("inspector-private"));
  return parts.join(" · ");
}

void prepared().then(openInspector);

import type { Boot } from "../boot";
import { copyText } from "../clipboard";
import { h, setText } from "../dom";
import { host, hostError } from "../host";
import { say } from "../words";
import { feed } from "./feed";
import { INITIAL, reduce, type Event, type Model } from "./model";
import { createRows } from "./rows";

/** How long an answer to a button stays. */
const NOTICE_MS = 4000;

/** Opens the log window. */
export function openLog(boot: Boot): void {
  let model: Model = INITIAL;
  let noticed: number | undefined;

  const rows = createRows((atEnd) => dispatch({ kind: "follow", follow: atEnd }));
  const search = h("input", { type: "search", placeholder: say("log-search"), "aria-label": say("log-search"), spellcheck: "false", autocomplete: "off" });
  const count = h("span", { class: "count", role: "status", "aria-live": "polite" });
  const previous = h("button", { type: "button", class: "small", "aria-label": say("log-previous"), title: say("log-previous") }, "↑");
  const next = h("button", { type: "button", class: "small", "aria-label": say("log-next"), title: say("log-next") }, "↓");
  const follow = h("button", { type: "button", class: "follow" });
  const copy = h("button", { type: "button" }, say("log-copy"));
  const folder = h("button", { type: "button" }, say("log-folder"));
  const lines = h("span", { class: "lines" });
  const notice = h("span", { class: "notice", role: "status", "aria-live": "polite" });
  const newer = h("button", { type: "button", class: "newer" });
  // The window's own title says it to the eye.
  const heading = h("h1", { class: "offscreen" });
  newer.hidden = true;

  document.body.append(
    h(
      "main",
      { class: "log" },
      heading,
      h(
        "div",
        { class: "bar", role: "toolbar", "aria-label": say("log-tools") },
        h("div", { class: "search" }, search, count, previous, next),
        h("div", { class: "tools" }, follow, copy, folder),
      ),
      h("div", { class: "middle" }, rows.element, newer),
      h("div", { class: "status" }, lines, notice),
    ),
  );
  const title = (app: string) => {
    const words = app === "" ? say("log-title-plain") : say("log-title", { app });
    setText(heading, words);
    document.title = words;
  };
  title(boot.name);

  const show = () => {
    rows.update(model);
    const found = model.matches.length;
    const at = model.current === null ? 0 : model.matches.indexOf(model.current) + 1;
    setText(count, model.query === "" ? "" : found === 0 ? say("log-no-match") : say("log-match", { current: at, all: found }));
    previous.disabled = next.disabled = found === 0;
    setText(follow, model.follow ? say("log-pause") : say("log-follow"));
    setText(newer, `↓ ${say("log-newer", { lines: model.newer })}`);
    newer.hidden = model.newer === 0;
    const parts = [say("log-lines", { lines: model.rows.length }), model.follow ? say("log-following") : say("log-paused")];
    if (model.lost > 0) parts.push(say("log-lost", { lines: model.lost }));
    setText(lines, parts.join(" · "));
  };

  const dispatch = (event: Event) => {
    const before = model;
    model = reduce(before, event);
    if (model !== before) show();
  };

  const tell = (words: string, bad = false) => {
    setText(notice, words);
    notice.classList.toggle("bad", bad);
    window.clearTimeout(noticed);
    noticed = window.setTimeout(() => setText(notice, ""), NOTICE_MS);
  };
  const fail = (thrown: unknown) => tell(say("notice-failed", { message: hostError(thrown).message }), true);

  search.addEventListener("input", () => dispatch({ kind: "query", query: search.value, from: rows.firstInView(model) }));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") dispatch({ kind: "step", by: event.shiftKey ? -1 : 1 });
    if (event.key === "Escape") {
      search.value = "";
      dispatch({ kind: "query", query: "", from: 0 });
      rows.element.focus();
    }
  });
  previous.addEventListener("click", () => dispatch({ kind: "step", by: -1 }));
  next.addEventListener("click", () => dispatch({ kind: "step", by: 1 }));
  follow.addEventListener("click", () => dispatch({ kind: "follow", follow: !model.follow }));
  newer.addEventListener("click", () => {
    dispatch({ kind: "follow", follow: true });
    rows.element.focus();
  });
  copy.addEventListener("click", () => {
    // The rows out of view are not in the document, so a copy of everything takes the text from the model.
    const selected = document.getSelection()?.toString() ?? "";
    const words = selected !== "" ? selected : model.rows.map((row) => row.text).join("\n");
    const done = selected !== "" ? say("notice-selection-copied") : say("notice-log-copied", { lines: model.rows.length });
    copyText(words).then(() => tell(done), fail);
  });
  folder.addEventListener("click", () => {
    host.openLogFolder().catch(fail);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "f" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  show();
  host.state().then(
    (state) => title(state.app.name),
    () => undefined,
  );
  feed(host, (page) => dispatch({ kind: "lines", lines: page.lines }), fail);
}

import "../look/tokens.css";
import "../look/controls.css";
import "@xterm/xterm/css/xterm.css";
import "./log.css";
import type { Boot } from "../boot";
import { copyText } from "../clipboard";
import { h, setText } from "../dom";
import { host, hostError } from "../host";
import { prepared } from "../prepared";
import { say } from "../words";
import { feed } from "./feed";
import { INITIAL, MATCHES, reduce, type Event, type Model } from "./model";
import { createTerminal } from "./terminal";

/** How long an answer to a button stays. */
const NOTICE_MS = 4000;

function openLog(boot: Boot): void {
  let model: Model = INITIAL;
  let noticed: number | undefined;

  const terminal = createTerminal({
    // A search that comes to the end by itself is not done there.
    scrolled: (atEnd) => void dispatch({ kind: "follow", follow: atEnd && model.query === "" }),
    found: (index, count) => void dispatch({ kind: "found", index, count }),
    copy: () => copy.click(),
  });
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
  const empty = h("p", { class: "empty" }, say("log-empty"));
  // The window's own title says it to the eye.
  const heading = h("h1", { class: "offscreen" });

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
      h("div", { class: "middle", role: "region", "aria-label": say("log-region") }, terminal.element, empty, newer),
      h("div", { class: "status" }, lines, notice),
    ),
  );
  terminal.open();
  const title = (app: string) => {
    const words = app === "" ? say("log-title-plain") : say("log-title", { app });
    setText(heading, words);
    document.title = words;
  };
  title(boot.name);

  const show = () => {
    setText(count, model.query === "" ? "" : places(model));
    previous.disabled = next.disabled = model.found === 0;
    setText(follow, model.follow ? say("log-pause") : say("log-follow"));
    setText(newer, `↓ ${say("log-newer", { lines: model.newer })}`);
    newer.hidden = model.newer === 0;
    empty.hidden = model.lines > 0 || model.newer > 0;
    const parts = [say("log-lines", { lines: model.lines }), model.follow ? say("log-following") : say("log-paused")];
    if (model.lost) parts.push(say("log-lost"));
    setText(lines, parts.join(" · "));
  };

  const dispatch = async (event: Event) => {
    const before = model;
    const { model: after, write } = reduce(before, event);
    model = after;
    if (after !== before) show();
    if (write !== "") await terminal.write(write);
  };
  const followEnd = async () => {
    await dispatch({ kind: "follow", follow: true });
    terminal.toEnd();
  };

  const tell = (words: string, bad = false) => {
    setText(notice, words);
    notice.classList.toggle("bad", bad);
    window.clearTimeout(noticed);
    noticed = window.setTimeout(() => setText(notice, ""), NOTICE_MS);
  };
  const fail = (thrown: unknown) => tell(say("notice-failed", { message: hostError(thrown).message }), true);

  const step = (way: "next" | "previous") => {
    void dispatch({ kind: "follow", follow: false });
    terminal.search(search.value, way);
  };
  const look = () => {
    void dispatch({ kind: "query", query: search.value });
    terminal.search(search.value, "view");
    // What was found would move away under the reader's eyes.
    if (model.found > 0) void dispatch({ kind: "follow", follow: false });
  };
  search.addEventListener("input", look);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") step(event.shiftKey ? "previous" : "next");
    if (event.key === "Escape") {
      search.value = "";
      look();
      terminal.focus();
    }
  });
  previous.addEventListener("click", () => step("previous"));
  next.addEventListener("click", () => step("next"));
  follow.addEventListener("click", () => {
    if (model.follow) void dispatch({ kind: "follow", follow: false });
    else void followEnd();
  });
  newer.addEventListener("click", () => {
    void followEnd();
    terminal.focus();
  });
  copy.addEventListener("click", () => {
    const selected = terminal.selection();
    const words = selected !== "" ? selected : terminal.text();
    const done = selected !== "" ? say("notice-selection-copied") : say("notice-log-copied", { lines: model.lines });
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
  feed(host, (output, gap) => dispatch({ kind: "output", text: output.text, gap }), fail);
}

/** Which of how many places a search stands on. */
function places(model: Model): string {
  if (model.found === 0) return say("log-no-match");
  const all = model.found >= MATCHES ? `${MATCHES}+` : model.found;
  return say("log-match", { current: model.current === 0 ? "–" : model.current, all });
}

void prepared().then(openLog);

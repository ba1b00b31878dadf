import "../look/tokens.css";
import "../look/splash.css";
import "../look/controls.css";
import "./screens.css";
import "../about/about.css";
import { openAbout } from "../about/main";
import type { Boot } from "../boot";
import { copyText } from "../clipboard";
import { h } from "../dom";
import { host, hostError } from "../host";
import { prepared } from "../prepared";
import { createSecrets, openSecrets } from "../secrets/main";
import { say } from "../words";
import { createFailure } from "./failure";
import { INITIAL, reduce, screen, type Action, type Event, type Model, type Screen } from "./model";
import { createStarting } from "./starting";

/** How long a wait is before the screen says more about it. */
const SLOW_MS = 5000;

/** How long the window stays empty while the host is asked for the state. */
const ANSWER_MS = 150;

/** How long an answer to a button stays. Long enough to be read twice. */
const NOTICE_MS = 8000;

function openSession(boot: Boot): void {
  let model: Model = INITIAL;
  let slow: number | undefined;
  let noticed: number | undefined;
  let shown: Screen["kind"] | null = null;

  const body = h("div", { class: "window" });
  document.body.append(body);
  const failure = createFailure(boot, (action) => void act(action), {
    reveal: () => void host.revealReport().catch(refused),
    about: () => void host.showAbout().catch(refused),
  });
  let starting: ReturnType<typeof createStarting> | undefined;
  let secrets: ReturnType<typeof createSecrets> | undefined;

  const show = () => {
    const now = screen(model);
    document.title = model.session?.app.name ?? boot.name;
    if (now.kind === "starting") {
      starting ??= createStarting(boot, boot.name !== "" ? boot.name : (model.session?.app.name ?? ""), () => void host.showInspector().catch(refused));
      starting.update(now.view);
    } else if (now.kind === "secrets") {
      // What was typed while the keychain was silent stays when it says that it has nothing.
      secrets ??= createSecrets(boot, true);
      secrets.update(now.once);
    } else {
      failure.update(now.view, model.restarting, model.notice);
    }
    if (now.kind === shown) return;
    shown = now.kind;
    if (now.kind !== "secrets") secrets = undefined;
    window.clearTimeout(slow);
    if (now.kind === "starting") slow = window.setTimeout(() => dispatch({ kind: "slow" }), SLOW_MS);
    const element = { starting: starting?.element, failure: failure.element, secrets: secrets?.element }[now.kind];
    if (element !== undefined) body.replaceChildren(element);
    if (now.kind === "failure") failure.enter();
  };

  const dispatch = (event: Event) => {
    const before = model;
    model = reduce(before, event);
    if (model === before) return;
    if (model.notice !== before.notice) {
      window.clearTimeout(noticed);
      if (model.notice?.tone === "good" && model.notice.saved !== true) noticed = window.setTimeout(() => dispatch({ kind: "notice", notice: null }), NOTICE_MS);
    }
    show();
  };

  function refused(thrown: unknown): void {
    dispatch({ kind: "notice", notice: { tone: "bad", text: say("notice-failed", { message: hostError(thrown).message }) } });
  }

  const act = async (action: Action) => {
    try {
      switch (action) {
        case "restart":
          dispatch({ kind: "restartAsked" });
          dispatch({ kind: "state", state: await host.restart() });
          return;
        case "tryAgain":
          await host.restart();
          return;
        case "enterOnce":
          dispatch({ kind: "enter" });
          return;
        case "copyReport":
          await copyText(host.report());
          dispatch({ kind: "notice", notice: { tone: "good", text: say("notice-report-copied") } });
          return;
        case "saveReport": {
          const file = await host.saveReport();
          dispatch({ kind: "notice", notice: { tone: "good", text: say("notice-report-saved", { file }), saved: true } });
          return;
        }
        case "showLog":
          await host.showLog();
          return;
        case "quit":
          await host.quit();
          return;
      }
    } catch (thrown) {
      const error = hostError(thrown);
      if (action === "restart") dispatch({ kind: "restartFailed", error });
      else refused(thrown);
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || shown !== "failure") return;
    const focus = document.activeElement;
    if (focus instanceof HTMLButtonElement || event.repeat) return;
    event.preventDefault();
    failure.primary();
  });

  host.onState((state) => dispatch({ kind: "state", state }));
  host.state().then(
    (state) => dispatch({ kind: "state", state }),
    (thrown: unknown) => dispatch({ kind: "unreachable", error: hostError(thrown) }),
  );
  // The state from the window's making is right when there was no session from the start, and old otherwise. The host
  // answers within a frame or two: the starting screen is shown only if it does not, so that none flashes by.
  if (boot.state?.phase.kind === "gaveUp" || boot.state?.phase.kind === "asking") dispatch({ kind: "state", state: boot.state });
  window.setTimeout(show, ANSWER_MS);
}

void prepared().then((boot) => {
  if (location.hash === "#about") openAbout(boot);
  else if (location.hash === "#secrets") openSecrets(boot);
  else openSession(boot);
});

import "./secrets.css";
import type { Boot } from "../boot";
import { h, setText } from "../dom";
import type { Complaint } from "../gen/Complaint";
import type { SecretField } from "../gen/SecretField";
import type { SecretsForm } from "../gen/SecretsForm";
import { host, hostError } from "../host";
import { appIcon } from "../look/icon";
import { say } from "../words";
import { answersOf, complaintAbout, cutAtLinks, isFirst, type Entry } from "./model";

/** Shows the form for the app's secrets in a window of its own, while the app runs. */
export function openSecrets(boot: Boot): void {
  document.title = boot.name;
  const secrets = createSecrets(boot, false);
  document.body.append(h("div", { class: "window" }, secrets.element));
  secrets.update(false);
}

/** The form, once the host has said what it asks. With `opens`, the app waits for it. */
export function createSecrets(boot: Boot, opens: boolean) {
  const element = h("div", { class: "window" });
  let view: ReturnType<typeof createForm> | undefined;
  let wanted: boolean | undefined;
  return {
    element,
    /** Asks for values that are kept, or are for this time alone. */
    update(once: boolean) {
      if (once === wanted) return;
      wanted = once;
      host.secretsForm(once).then(
        (form) => {
          if (once !== wanted) return;
          if (view !== undefined) {
            view.update(form);
            return;
          }
          view = createForm(boot.name, boot.icon, form, opens);
          element.replaceChildren(view.element);
          view.enter();
        },
        (thrown: unknown) => element.replaceChildren(h("p", { class: "broken", role: "alert" }, unread(thrown))),
      );
    },
  };
}

/** The form: a field for each secret, and one button that takes them all. With `opens`, the app waits for it. */
export function createForm(name: string, icon: string, given: SecretsForm, opens: boolean) {
  let form = given;
  const fields = form.fields.map((field) => createField(field));
  const notice = h("p", { class: "notice bad", role: "alert" });
  const take = h("button", { type: "submit", class: "primary" });
  // Where the keychain does not take them, they open the app all the same.
  const open = h("button", { type: "button" }, say("secrets-open-once"));
  open.hidden = true;
  open.addEventListener("click", () => send(host.secretsUse));
  const quit = h("button", { type: "button" }, say("action-quit"));
  quit.addEventListener("click", () => void host.quit());
  const first = isFirst(form);
  const meaning = h("p", { class: "meaning" });
  const element = h("main", { class: "secrets" });
  const paper = h(
    "form",
    { novalidate: "", autocomplete: "off" },
    ...fields.map((field) => field.element),
    h("div", { class: "actions" }, take, open, first ? quit : null, notice),
  );
  element.append(
    h("header", { class: "brand" }, appIcon(name, icon), h("p", { class: "name" }, name)),
    h("h1", {}, say(first ? "secrets-title" : "secrets-title-again", { app: name })),
    meaning,
    paper,
  );

  const complain = (complaints: readonly Complaint[]) => {
    for (const field of fields) field.complain(complaintAbout(complaints, field.key));
    fields.find((field) => complaintAbout(complaints, field.key) !== null)?.focus();
  };

  const busy = (now: boolean) => {
    take.disabled = now;
    open.disabled = now;
    setText(take, label(form, now));
  };

  const send = (to: typeof host.secretsSave) => {
    setText(notice, "");
    busy(true);
    const entries = new Map(fields.map((field) => [field.key, field.entry()]));
    to(answersOf(form.fields, entries)).then(
      (complaints) => {
        complain(complaints);
        // Without a complaint the app opens, and this window goes on to it or is closed.
        if (complaints.length > 0) busy(false);
      },
      (thrown: unknown) => {
        busy(false);
        open.hidden = !(opens && hostError(thrown).code === UNANSWERED);
        setText(notice, failed(thrown));
      },
    );
  };

  paper.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form.place.kind === "nowhere" ? host.secretsUse : host.secretsSave);
  });

  /** Goes on with another place for the values. What was typed stays. */
  const update = (next: SecretsForm) => {
    form = next;
    setText(meaning, place(form));
    busy(take.disabled);
  };
  update(form);

  return { element, update, enter: () => fields[0]?.focus() };
}

/** What the host says of a keychain that does not answer. */
const UNANSWERED = "unanswered";

function place({ place }: SecretsForm): string {
  switch (place.kind) {
    case "keychain":
      return say("secrets-keychain");
    case "file":
      return say("secrets-file", { file: place.path });
    case "nowhere":
      return say("secrets-once");
  }
}

/** What the button says that takes the values. */
function label({ place }: SecretsForm, busy: boolean): string {
  if (place.kind === "nowhere") return say(busy ? "secrets-opening" : "secrets-open");
  return say(busy ? "secrets-saving" : "secrets-save");
}

/** What is said in place of a form that can't be shown. */
function unread(thrown: unknown): string {
  return hostError(thrown).code === UNANSWERED ? say("failure-keychain-title") : failed(thrown);
}

function failed(thrown: unknown): string {
  const error = hostError(thrown);
  if (error.code === UNANSWERED) return say("secrets-unanswered");
  return [say("notice-failed", { message: error.message }), ...error.hints].join(" ");
}

function createField(field: SecretField) {
  const id = `secret-${field.key}`;
  const input = h("input", {
    id,
    type: "password",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": `${id}-help ${id}-problem`,
    ...(field.isSet ? { placeholder: say("secrets-kept") } : {}),
    ...(field.optional || field.isSet ? {} : { required: "" }),
  });
  const show = h("button", { type: "button", class: "show", "aria-pressed": "false", "aria-controls": id }, say("secrets-show"));
  show.addEventListener("click", () => {
    const hidden = input.type === "text";
    input.type = hidden ? "password" : "text";
    show.setAttribute("aria-pressed", String(!hidden));
  });
  const problem = h("p", { class: "problem", id: `${id}-problem`, "aria-live": "polite" });
  const remove = h("input", { type: "checkbox", id: `${id}-remove` });
  remove.addEventListener("change", () => {
    input.disabled = remove.checked;
  });
  const complain = (what: Complaint["problem"] | null) => {
    setText(problem, what === null ? "" : say(what === "missing" ? "secrets-missing" : "secrets-malformed"));
    if (what === null) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
  };
  input.addEventListener("input", () => complain(null));
  return {
    key: field.key,
    element: h(
      "div",
      { class: "field" },
      h("label", { for: id }, field.label, field.optional ? h("span", { class: "optional" }, say("secrets-optional")) : null),
      h("p", { class: "help", id: `${id}-help` }, ...linked(field.help)),
      h("div", { class: "value" }, input, show),
      problem,
      field.optional && field.isSet ? h("label", { class: "remove", for: `${id}-remove` }, remove, say("secrets-remove")) : null,
    ),
    entry: (): Entry => ({ text: input.value, remove: remove.checked }),
    complain,
    focus: () => input.focus(),
  };
}

/** A text in which web addresses are links. They open in the system's browser. */
function linked(text: string): (string | Node)[] {
  return cutAtLinks(text).map((part, index) => (index % 2 === 1 ? h("a", { href: part }, part) : part));
}

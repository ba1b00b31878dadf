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

/** Shows the form for the app's secrets once the host has said what it asks. */
export function openSecrets(boot: Boot): void {
  const body = h("div", { class: "window" });
  document.body.append(body);
  document.title = boot.name;
  host.secretsForm().then(
    (form) => {
      const view = createForm(boot.name, boot.icon, form);
      body.replaceChildren(view.element);
      view.enter();
    },
    (thrown: unknown) => body.replaceChildren(h("p", { class: "broken", role: "alert" }, failed(thrown))),
  );
}

/** The form: a field for each secret, and one button that keeps them all. */
export function createForm(name: string, icon: string, form: SecretsForm) {
  const fields = form.fields.map((field) => createField(field));
  const notice = h("p", { class: "notice bad", role: "alert" });
  const save = h("button", { type: "submit", class: "primary" }, say("secrets-save"));
  const quit = h("button", { type: "button" }, say("action-quit"));
  quit.addEventListener("click", () => void host.quit());
  const first = isFirst(form);
  const element = h("main", { class: "secrets" });
  const paper = h(
    "form",
    { novalidate: "", autocomplete: "off" },
    ...fields.map((field) => field.element),
    h("div", { class: "actions" }, save, first ? quit : null, notice),
  );
  element.append(
    h("header", { class: "brand" }, appIcon(name, icon), h("p", { class: "name" }, name)),
    h("h1", {}, say(first ? "secrets-title" : "secrets-title-again", { app: name })),
    h("p", { class: "meaning" }, place(form)),
    paper,
  );

  const complain = (complaints: readonly Complaint[]) => {
    for (const field of fields) field.complain(complaintAbout(complaints, field.key));
    fields.find((field) => complaintAbout(complaints, field.key) !== null)?.focus();
  };

  const busy = (now: boolean) => {
    save.disabled = now;
    setText(save, say(now ? "secrets-saving" : "secrets-save"));
  };

  paper.addEventListener("submit", (event) => {
    event.preventDefault();
    setText(notice, "");
    busy(true);
    const entries = new Map(fields.map((field) => [field.key, field.entry()]));
    host.secretsSave(answersOf(form.fields, entries)).then(
      (complaints) => {
        complain(complaints);
        // Without a complaint the app starts anew, and this window with it.
        if (complaints.length > 0) busy(false);
      },
      (thrown: unknown) => {
        busy(false);
        setText(notice, failed(thrown));
      },
    );
  });

  return { element, enter: () => fields[0]?.focus() };
}

function place(form: SecretsForm): string {
  return form.place.kind === "keychain" ? say("secrets-keychain") : say("secrets-file", { file: form.place.path });
}

function failed(thrown: unknown): string {
  const error = hostError(thrown);
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

import type { Answers } from "../gen/Answers";
import type { Complaint } from "../gen/Complaint";
import type { SecretField } from "../gen/SecretField";
import type { SecretsForm } from "../gen/SecretsForm";

/** What one field of the form holds. */
export interface Entry {
  text: string;
  remove: boolean;
}

/** What the host is sent: only what changes something. */
export function answersOf(fields: readonly SecretField[], entries: ReadonlyMap<string, Entry>): Answers {
  const answers: Answers = {};
  for (const { key } of fields) {
    const entry = entries.get(key);
    if (entry === undefined) continue;
    if (entry.remove) answers[key] = null;
    else if (entry.text.trim() !== "") answers[key] = entry.text;
  }
  return answers;
}

/** Whether the app has never been told what it needs: the form is then the first thing that a person sees. */
export function isFirst(form: SecretsForm): boolean {
  return form.fields.every((field) => !field.isSet);
}

/** The complaint about a field, if there is one. */
export function complaintAbout(complaints: readonly Complaint[], key: string): Complaint["problem"] | null {
  return complaints.find((complaint) => complaint.key === key)?.problem ?? null;
}

/** A text cut at its web addresses, which stand at the odd places. */
export function cutAtLinks(text: string): string[] {
  return text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/u);
}

import type { FailureCode } from "../gen/FailureCode";
import type { Hint } from "../gen/Hint";
import type { Subject } from "../gen/Subject";
import { say } from "../words";

/** What a failure is called and what it means. */
export interface FailureText {
  title: string;
  meaning: string;
}

type FailureKeys = readonly [title: string, meaning: string];

/** The messages of each failure. */
const FAILURES: Readonly<Record<FailureCode, FailureKeys>> = {
  crashing: ["failure-crashing-title", "failure-crashing-meaning"],
  unresponsive: ["failure-unresponsive-title", "failure-unresponsive-meaning"],
  damaged: ["failure-damaged-title", "failure-damaged-meaning"],
  "too-new": ["failure-too-new-title", "failure-too-new-meaning"],
  "no-app": ["failure-no-app-title", "failure-no-app-meaning"],
  "no-port": ["failure-no-port-title", "failure-no-port-meaning"],
  "no-space": ["failure-no-space-title", "failure-no-space-meaning"],
  "no-permission": ["failure-no-permission-title", "failure-no-permission-meaning"],
  "old-web-view": ["failure-old-web-view-title", "failure-old-web-view-meaning"],
  keychain: ["failure-keychain-title", "failure-keychain-meaning"],
  system: ["failure-system-title", "failure-system-meaning"],
};

/** The codes that there are. */
export const CODES = Object.keys(FAILURES) as FailureCode[];

const SUBJECTS: Readonly<Record<Subject["kind"], string>> = {
  file: "failure-subject-file",
  folder: "failure-subject-folder",
  ports: "failure-subject-ports",
  missing: "failure-subject-missing",
};

const HINTS: Readonly<Record<Hint["kind"], string>> = {
  restart: "hint-restart",
  "missing-module": "hint-missing-module",
  "free-space": "hint-free-space",
  "free-memory": "hint-free-memory",
  reinstall: "hint-reinstall",
  "install-newest": "hint-install-newest",
  "start-by-icon": "hint-start-by-icon",
  author: "hint-author",
  "restart-computer": "hint-restart-computer",
  "close-programs": "hint-close-programs",
  "allow-folder": "hint-allow-folder",
  "update-system": "hint-update-system",
  "send-report": "hint-send-report",
  "unlock-keychain": "hint-unlock-keychain",
  "enter-once": "hint-enter-once",
};

/** The words of a failure; those of an unknown one where the code is null, or newer than this file. */
export function wordsFor(code: FailureCode | null): FailureText {
  const known: FailureKeys | undefined = code === null ? undefined : FAILURES[code];
  const [title, meaning] = known ?? ["failure-unknown-title", "failure-unknown-meaning"];
  return { title: say(title), meaning: say(meaning) };
}

/** What a failure is about, as a line. */
export function subjectWords(subject: Subject): string {
  return say(SUBJECTS[subject.kind], { subject: subject.name });
}

/** What a person can do, as a sentence. */
export function hintWords(hint: Hint): string {
  return say(HINTS[hint.kind] ?? "hint-send-report", hint.kind === "missing-module" ? { module: hint.module } : {});
}

// Written by the tests of `waterskin-shell`, from its `commands.rs`.
import type { About } from "./About";
import type { Answers } from "./Answers";
import type { Batch } from "./Batch";
import type { Complaint } from "./Complaint";
import type { LogOutput } from "./LogOutput";
import type { SecretsForm } from "./SecretsForm";
import type { SessionState } from "./SessionState";

/** The host's commands: what each takes, and gives. */
export interface Commands {
  session_state: () => SessionState;
  session_restart: () => SessionState;
  report_copy: () => string;
  report_save: () => string;
  report_reveal: () => void;
  about_info: () => About;
  about_show: () => void;
  about_text: (args: { part: number }) => string;
  inspector_follow: (args: { batches: { onmessage: (message: Batch) => void } }) => void;
  inspector_took: () => void;
  inspector_save: () => string[];
  inspector_reveal: () => void;
  inspector_show: () => void;
  log_show: () => void;
  log_output: (args: { from: number }) => LogOutput;
  log_folder: () => void;
  secrets_form: (args: { once: boolean }) => SecretsForm;
  secrets_save: (args: { answers: Answers }) => Complaint[];
  secrets_use: (args: { answers: Answers }) => Complaint[];
  app_quit: () => void;
}

export const STATE_EVENT = "session-state";
export const LOG_EVENT = "log-changed";

import type { FailureCode } from "./gen/FailureCode";

/** What a failure is called and what it means, before its own message and hints. */
export interface FailureText {
  title: string;
  meaning: string;
}

/** Every word that the screens say. Nothing outside this file holds a sentence for a person. */
export const text = {
  splash: {
    /** The line under the name, one for each thing that a load waits for. */
    waits: {
      contact: "Opening",
      page: "Loading the page",
      python: "Starting the app",
      upgrade: "Connecting to the app",
      messages: "Preparing the first page",
    },
    /** What takes long, said when the splash has been there for some seconds. */
    slow: {
      contact: "The window has not reached the app yet. This takes longer when the computer is busy.",
      page: "The page is loading more slowly than usual. Nothing is wrong so far.",
      python: "Python is loading the parts that the app needs. The first start after an installation takes the longest.",
      upgrade: "The app is running, and the page is still connecting to it.",
      messages: "The app is working on its first page. Large files or long calculations can take a while.",
    },
    again: (failures: number) =>
      failures > 1 ? `The app stopped and is starting again (${failures})` : "The app stopped and is starting again",
    slowAgain: "The page loads again by itself as soon as the app answers.",
    reloading: "Showing the page again",
    stopping: "Closing",
    stopped: "The app has closed",
    gaveUp: "The app could not be started",
    /** For a screen reader: which of the four steps a load is in. */
    step: (step: number, of: number) => `step ${step} of ${of}`,
  },
  failures: {
    crashing: {
      title: "The app keeps stopping",
      meaning: "It was started again several times and ended each time. Your files are not affected.",
    },
    unresponsive: {
      title: "The app does not answer",
      meaning: "It started, but it was not ready to show anything in the time that it has for that.",
    },
    damaged: {
      title: "The app is damaged",
      meaning: "A part of it is missing or was changed, so it cannot be started safely. Installing it again replaces every part.",
    },
    "too-new": {
      title: "The app needs a newer version",
      meaning: "It was made for a newer version of the program that opens it. Install the newest one that you were given.",
    },
    "no-app": {
      title: "There is no app here",
      meaning: "This program opens an app that lies beside it, and there is none. It may have been moved out of its folder.",
    },
    "no-port": {
      title: "The app found no free port",
      meaning: "It talks to its window over a port of this computer, and all of those it may use are taken by other programs.",
    },
    "no-space": {
      title: "The app cannot write its files",
      meaning: "The disk is full, or the folder that the app writes to is not open to you.",
    },
    system: {
      title: "Something is missing on this computer",
      meaning: "The part of the system that shows the window lacks something that the app needs.",
    },
  } satisfies Record<FailureCode, FailureText>,
  failure: {
    next: "What you can do",
    output: "What the app said last",
    nothing: "The app said nothing before it ended.",
    logFile: (file: string) => `Log file: ${file}`,
    version: (version: string) => `Version ${version}`,
    /** Hints for the codes that came without any. */
    fallbackHint: "Copy the report and send it to the person who gave you the app",
    /** The session itself could not be asked. */
    unknown: {
      title: "The app could not be shown",
      meaning: "The window did not learn what the app is doing.",
    },
  },
  actions: {
    restart: "Restart",
    restarting: "Restarting",
    copyReport: "Copy report",
    showLog: "Show log",
    quit: "Quit",
  },
  notices: {
    reportCopied: "The report is on the clipboard. Paste it into a message to the person who gave you the app.",
    logCopied: (lines: number) => (lines === 1 ? "1 line copied" : `${grouped(lines)} lines copied`),
    selectionCopied: "Selection copied",
    failed: (message: string) => `That did not work: ${message}`,
  },
  log: {
    title: (app: string) => (app === "" ? "Log" : `${app}: log`),
    search: "Search the log",
    previous: "Previous match",
    next: "Next match",
    noMatch: "No match",
    match: (current: number, all: number) => `${grouped(current)} of ${grouped(all)}`,
    follow: "Follow",
    pause: "Pause",
    copy: "Copy",
    folder: "Open folder",
    empty: "The app has not written anything yet.",
    lines: (lines: number) => (lines === 1 ? "1 line" : `${grouped(lines)} lines`),
    following: "following",
    paused: "paused",
    newer: (lines: number) => (lines === 1 ? "1 new line" : `${grouped(lines)} new lines`),
    lost: (lines: number) => (lines === 1 ? "1 line is in the log file only" : `${grouped(lines)} lines are in the log file only`),
    region: "Output of the app",
  },
} as const;

function grouped(value: number): string {
  return value.toLocaleString("en");
}

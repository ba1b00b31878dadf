// A stand-in for the host, so that the screens can be looked at in a browser. It is never part of a build.
// `?state=` chooses a state (see `states`), `?theme=` light or dark, `?lines=` how long the log is.
(() => {
  const query = new URLSearchParams(location.search);
  const traceback = [
    "Traceback (most recent call last):",
    '  File "/usr/lib/sales-explorer/payload/app/app.py", line 12, in <module>',
    "    frame = load(Path(folder) / \"Umsätze 2026.csv\")",
    "            \u001b[31m^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\u001b[0m",
    '  File "/usr/lib/sales-explorer/payload/app/data.py", line 41, in load',
    "    return pandas.read_csv(path, parse_dates=[\"day\"])",
    '  File "/usr/lib/sales-explorer/payload/site-packages/pandas/io/parsers/readers.py", line 1026, in read_csv',
    "    return _read(filepath_or_buffer, kwds)",
    "\u001b[1;35mModuleNotFoundError\u001b[0m: \u001b[35mNo module named 'pyarrow'\u001b[0m",
  ].join("\n");
  const failure = (code, message, hints, details = "") => ({
    phase: { kind: "gaveUp", failure: { code, message, hints, details, logFile: "/home/ada/.local/state/sales-explorer/app.log" } },
  });
  const states = {
    starting: { phase: { kind: "starting" }, stage: "page" },
    waiting: { phase: { kind: "waiting", failures: 3, delayMs: 800, reason: "exited with code 1" } },
    stopping: { phase: { kind: "stopping" } },
    crashing: failure("crashing", "`python` exited with code 1 five times in a row", ["restart the app", "if it stops again, copy the report and send it to the person who gave you the app"], traceback),
    unresponsive: failure("unresponsive", "nothing answered within 60 seconds", ["close other programs and restart the app"], "Loading model weights ...\n  12 % of 4.1 GB"),
    damaged: failure("damaged", "`payload/site-packages/pandas/__init__.py` does not match its checksum", ["install the app again"]),
    "too-new": failure("too-new", "the app is in format 3, and this program reads formats up to 1", ["ask for the newest installer of the app"]),
    "no-app": failure("no-app", "there is no `manifest.json` in `/opt/odd place/payload`", ["install the app again"]),
    "no-port": failure("no-port", "ports 8501 to 8600 are all in use", ["close programs that you do not need, or restart the computer"]),
    "no-space": failure("no-space", "`/home/ada/.local/share/sales-explorer` could not be written: no space left on device", ["free some space on the disk and restart the app"]),
    system: failure("system", "WebKitGTK 2.36 is older than 2.38", ["update the system"], ""),
  };
  const wanted = query.get("state") ?? "crashing";
  let revision = 1;
  const snapshot = (part) => ({
    revision: revision++,
    app: { id: "org.example.sales", name: "Sales Explorer", version: "1.4.0" },
    stage: "none",
    port: { port: 8501, preferred: 8501 },
    generation: 1,
    ...part,
  });
  const bar = (part) => `${"█".repeat(part)}${" ".repeat(20 - part)}`;
  const line = (seq) => {
    switch (seq % 12) {
      case 0: return "\u001b[2m2026-11-23 09:14:07\u001b[0m \u001b[32mINFO\u001b[0m    loaded \u001b[36m'Umsätze 2026.csv'\u001b[0m in 0.21 s";
      case 3: return "\u001b[2m2026-11-23 09:14:08\u001b[0m \u001b[33mWARNING\u001b[0m column \u001b[36m'region'\u001b[0m has 14 empty cells";
      case 5: return `rows ${bar(4)} 20%\rrows ${bar(11)} 55%\rrows \u001b[34m${bar(20)}\u001b[0m 100%`;
      case 7: return "\u001b[2m2026-11-23 09:14:09\u001b[0m \u001b[1;31mERROR\u001b[0m   could not reach the price service, using the \u001b[4mlast known\u001b[0m prices";
      case 8: return "    raise \u001b[35mConnectionError\u001b[0m(\u001b[32m\"timed out\"\u001b[0m)";
      case 10: return "\u001b[48;5;24m\u001b[97m report \u001b[0m \u001b[38;2;255;140;0mQuarter 3\u001b[0m written to \u001b[36m/home/ada/Sales/Q3.pdf\u001b[0m";
      default: return `\u001b[2m2026-11-23 09:14:${String(10 + (seq % 50))}\u001b[0m \u001b[34mDEBUG\u001b[0m   request ${seq} of the page answered in ${3 + (seq % 17)} ms`;
    }
  };
  let lines = Number(query.get("lines") ?? "400");
  const listeners = new Map();
  const callbacks = new Map();
  const emit = (event, payload) => {
    for (const id of listeners.get(event) ?? []) callbacks.get(id)?.({ event, id, payload });
  };
  const commands = {
    session_state: () => {
      if (wanted === "unreachable") throw { code: "internal", message: "the session has not been opened", hints: [] };
      return snapshot(states[wanted] ?? states.crashing);
    },
    session_restart: () => new Promise((resolve) => setTimeout(() => resolve(snapshot(states.starting)), 600)),
    report_copy: () => "Sales Explorer 1.4.0\n...",
    log_show: () => null,
    log_lines: ({ from }) => ({ lines: Array.from({ length: Math.max(0, lines - from) }, (_, at) => ({ seq: from + at, text: line(from + at) })), next: lines }),
    log_folder: () => { throw { code: "folder", message: "the folder of the log could not be opened", hints: [] }; },
    app_quit: () => null,
    "plugin:event|listen": ({ event, handler }) => {
      listeners.set(event, [...(listeners.get(event) ?? []), handler]);
      return handler;
    },
    "plugin:event|unlisten": () => null,
  };
  let last = 0;
  window.__TAURI_INTERNALS__ = {
    invoke: async (name, args) => commands[name](args ?? {}),
    transformCallback: (callback) => (callbacks.set(++last, callback), last),
    unregisterCallback: (id) => callbacks.delete(id),
  };
  window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: () => undefined };
  window.__WATERSKIN__ = { name: "Sales Explorer", icon: query.get("icon") === "none" ? "" : (window.__STUB_ICON__ ?? ""), theme: query.get("theme") ?? "system", state: null };
  // For the console and for tests: `stub.log(1000)` writes lines, `stub.state("waiting")` changes the state.
  window.stub = {
    log: (more) => { lines += more; emit("log-changed", null); },
    state: (name) => emit("session-state", snapshot(states[name])),
  };
  if (query.has("live")) setInterval(() => window.stub.log(1 + Math.floor(Math.random() * 5)), 120);
})();

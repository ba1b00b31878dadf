// A stand-in for the host, so that the screens can be looked at in a browser. It is never part of a build.
// `?state=` chooses a state (see `states`), `?theme=` light or dark, `?lines=` how long the log is.
(() => {
  const query = new URLSearchParams(location.search);
  const traceback = [
    "Traceback (most recent call last):",
    '  File "/usr/lib/sales-explorer/payload/app/app.py", line 12, in <module>',
    "    frame = load(Path(folder) / \"Umsätze 2026.csv\")",
    "            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
    '  File "/usr/lib/sales-explorer/payload/app/data.py", line 41, in load',
    "    return pandas.read_csv(path, parse_dates=[\"day\"])",
    '  File "/usr/lib/sales-explorer/payload/site-packages/pandas/io/parsers/readers.py", line 1026, in read_csv',
    "    return _read(filepath_or_buffer, kwds)",
    "ModuleNotFoundError: No module named 'pyarrow'",
  ].join("\n");
  const failure = (code, message, hints, part = {}) => ({
    phase: {
      kind: "gaveUp",
      failure: { code, subject: null, message, hints: hints.map((hint) => (typeof hint === "string" ? { kind: hint } : hint)), details: "", logFile: "/home/ada/.local/state/org.example.sales/logs/app.log", ...part },
    },
  });
  const states = {
    starting: { phase: { kind: "starting" }, stage: "page" },
    waiting: { phase: { kind: "waiting", failures: 3, delayMs: 800, reason: "exited with code 1" } },
    stopping: { phase: { kind: "stopping" } },
    crashing: failure("crashing", "Sales Explorer stopped several times: Python exited with code 1", [{ kind: "missing-module", module: "pyarrow" }], { details: traceback }),
    unresponsive: failure("unresponsive", "Sales Explorer started and did not answer", ["restart"], { details: "Loading model weights ...\n  12 % of 4.1 GB" }),
    damaged: failure("damaged", "the files in `/usr/lib/sales-explorer/payload/site-packages` were changed", ["reinstall"], { subject: { kind: "file", name: "/usr/lib/sales-explorer/payload/site-packages/pandas/__init__.py" } }),
    "too-new": failure("too-new", "could not understand `/usr/lib/sales-explorer/payload/manifest.json`", ["install-newest"], { details: "could not understand `/usr/lib/sales-explorer/payload/manifest.json`\ncaused by: the manifest has schema 3, and this version reads schema 1" }),
    "no-app": failure("no-app", "there is no app in `/opt/odd place/payload`", ["start-by-icon", "author"], { logFile: "" }),
    "no-port": failure("no-port", "could not listen for the app's window", ["close-programs"], { subject: { kind: "ports", name: "8501 – 8600" }, details: "could not listen for the app's window\ncaused by: the ports from 8501 to 8600 are all taken\ncaused by: Address already in use (os error 98)" }),
    "no-space": failure("no-space", "could not make the app's folders", ["free-space"], { subject: { kind: "folder", name: "/home/ada/.local/share/org.example.sales/data" }, details: "could not make the app's folders\ncaused by: No space left on device (os error 28)" }),
    "no-permission": failure("no-permission", "could not make the app's folders", ["allow-folder"], { subject: { kind: "folder", name: "/home/ada/.local/share/org.example.sales/data" }, details: "could not make the app's folders\ncaused by: Permission denied (os error 13)" }),
    "old-web-view": failure("old-web-view", "the web view lacks what the page needs: CSS `:has()`", ["update-system"], { subject: { kind: "missing", name: "CSS :has(), Array.prototype.at" } }),
    unlocking: { phase: { kind: "unlocking" } },
    "secrets-asked": { phase: { kind: "asking" } },
    inspector: { phase: { kind: "ready" }, stage: "finished" },
    "inspector-detail": { phase: { kind: "ready" }, stage: "finished" },
    "inspector-waiting": { phase: { kind: "ready" }, stage: "page" },
    keychain: failure("keychain", "the system's keychain does not answer", ["unlock-keychain", "enter-once"], { logFile: "" }),
    system: failure("system", "could not make the secrets of the app's window", ["restart-computer"]),
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
    report_save: () => "Sales Explorer report.zip",
    report_reveal: () => null,
    about_info: () => ({
      name: "Sales Explorer",
      version: "1.4.0",
      author: "Ada Lovelace <ada@example.org>",
      waterskin: "0.1.0",
      versions: ["Python 3.11.7 (x86_64-unknown-linux-gnu)", "Streamlit 1.67.0", "WebKitGTK 2.50.6", "Debian 12"],
      parts: [
        ["Python", "3.11.7", "PSF-2.0"], ["altair", "6.0.0", "BSD-3-Clause"], ["blinker", "1.9.0", "MIT"], ["cachetools", "6.2.2", "MIT"],
        ["certifi", "2026.10.5", "MPL-2.0"], ["numpy", "2.4.6", "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0"], ["pandas", "3.0.1", "BSD-3-Clause"],
        ["pillow", "12.0.0", "MIT-CMU"], ["pyarrow", "22.0.0", "Apache-2.0"], ["streamlit", "1.67.0", "Apache-2.0"], ["watchdog", "6.0.0", ""],
      ].map(([name, version, licence]) => ({ name, version, licence })),
    }),
    about_text: ({ part }) => `The licence of part ${part}\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software.`,
    about_show: () => null,
    secrets_form: ({ once }) => {
      const set = wanted === "secrets-again";
      const field = (key, label, help, optional = false) => ({ key, label, help, optional, isSet: set });
      return {
        place: once ? { kind: "nowhere" } : set ? { kind: "keychain" } : { kind: "file", path: "/home/ada/.local/share/org.example.sales/secrets.json" },
        fields: [
          field("OPENAI_API_KEY", "OpenAI key", "You find it on https://platform.openai.com/api-keys."),
          field("database.password", "Password of the sales database", "Ask the person who looks after the database."),
          field("MAP_TOKEN", "Token for the map", "", true),
        ],
      };
    },
    secrets_save: () => new Promise((resolve) => setTimeout(() => resolve([{ key: "OPENAI_API_KEY", problem: "malformed" }, { key: "database.password", problem: "missing" }]), 300)),
    secrets_use: () => commands.secrets_save(),
    inspector_follow: ({ batches }) => {
      channel = batches.id;
      sent = 0;
      const { stages, lines } = traffic(wanted === "inspector-waiting");
      // Once the answer is there, as the host does it.
      setTimeout(() => batch(lines, stages));
      return null;
    },
    inspector_took: () => null,
    inspector_save: () => ["Sales Explorer traffic.jsonl", "Sales Explorer traffic.har"],
    inspector_reveal: () => null,
    inspector_show: () => null,
    log_show: () => null,
    // The numbers count lines here, and bytes in the host: only the host reads them.
    log_output: ({ from }) => ({ start: from, next: lines, text: Array.from({ length: Math.max(0, lines - from) }, (_, at) => `${line(from + at)}\r\n`).join("") }),
    log_folder: () => { throw { code: "folder", message: "the folder of the log could not be opened", hints: [] }; },
    app_quit: () => null,
    "plugin:event|listen": ({ event, handler }) => {
      listeners.set(event, [...(listeners.get(event) ?? []), handler]);
      return handler;
    },
    "plugin:event|unlisten": () => null,
  };
  let channel = 0;
  let sent = 0;
  const batch = (lines, stages = null) => callbacks.get(channel)?.({ index: sent++, message: { stages, lines } });
  /** What passes while the app is loaded and used; `waiting` is a load that stops before its connection. */
  const traffic = (waiting) => {
    const lines = [{ type: "begin", version: 1, time: waiting ? Date.now() - 9400 : new Date(2026, 10, 23, 9, 14, 7).getTime() }];
    let request = 0;
    const ask = (start, method, path, answer) => {
      request += 1;
      lines.push({ type: "asked", request, method, path, start });
      if (answer === undefined) return;
      const [status, by, received, wait, took, more] = answer;
      lines.push({ type: "request", request, method, path, status, by, sent: 0, received, start, first_byte: start + wait, end: start + took, whole: true, ...more });
    };
    const frame = (at, to, opcode, length, message, more) => lines.push({ type: "frame", stream: 1, at, to, opcode, fin: true, length, ...(message ? { message } : {}), ...more });
    const down = (at, message, length) => frame(at, "window", "binary", length, message);
    ask(212.1, "GET", "/_waterskin/enter", [303, "proxy", 0, 0.4, 0.5]);
    ask(214.8, "GET", "/", [200, "files", 7863, 0.6, 0.9]);
    [["js/index.DormvYxC.js", 811204], ["css/index.CJVRHjQi.css", 27686], ["js/AppView.B1x9dQ.js", 190311], ["media/SourceSansVF-Upright.woff2", 170072], ["js/DataFrame.Dn2b.js", 402118], ["js/protobuf.C6gW.js", 88120]].forEach(([file, size], at) =>
      ask(221.3 + at * 1.7, "GET", `/static/${file}`, [200, "files", size, 1.1 + at, 3.2 + at * 2.4]),
    );
    const stages = [{ stage: "contact", at: 212.1 }, { stage: "page", at: 215.4 }];
    if (waiting) {
      ask(604.2, "GET", "/_stcore/health", [200, "app", 2, 310.5, 310.8]);
      ask(604.9, "GET", "/_stcore/host-config", [200, "app", 687, 311.9, 312.4]);
      for (const at of [921.7, 3480.2, 7512.9]) ask(at, "GET", "/_stcore/stream", [403, "app", 0, 12.6, 12.9]);
      ask(7904.4, "GET", "/_stcore/health");
      return { stages, lines };
    }
    ask(604.2, "GET", "/_stcore/health", [200, "app", 2, 341.3, 341.5]);
    ask(604.9, "GET", "/_stcore/host-config", [200, "app", 687, 342.2, 342.6]);
    ask(951.3, "GET", "/_stcore/stream", [101, "app", 0, 6.4, 6.4, { stream: 1 }]);
    frame(966.2, "app", "binary", 54, "rerun_script");
    const run = (at, sizes) => {
      down(at, "new_session", 1204);
      down(at + 0.4, "session_status_changed", 42);
      sizes.forEach(([after, size]) => down(at + after, "delta", size));
      const end = at + sizes[sizes.length - 1][0] + 6.3;
      down(end, "script_finished", 8);
      down(end + 0.3, "session_status_changed", 42);
      return end;
    };
    stages.push({ stage: "upgrade", at: 957.7 }, { stage: "messages", at: 978.4 });
    const end = run(978.4, [[12.6, 312], [14.2, 1580], [61.5, 48212], [118.9, 206331]]);
    stages.push({ stage: "finished", at: end });
    ask(end + 14.1, "GET", "/media/5d0f81c2e7.png", [200, "app", 61377, 3.1, 6.9]);
    frame(30988.2, "window", "ping", 4);
    frame(30988.9, "app", "pong", 4);
    frame(41220.4, "app", "binary", 211, "rerun_script");
    run(41226.1, [[9.2, 1580], [38.4, 48990]]);
    return { stages, lines };
  };
  let last = 0;
  window.__TAURI_INTERNALS__ = {
    invoke: async (name, args) => commands[name](args ?? {}),
    transformCallback: (callback) => (callbacks.set(++last, callback), last),
    unregisterCallback: (id) => callbacks.delete(id),
  };
  window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: () => undefined };
  window.__WATERSKIN__ = { name: "Sales Explorer", icon: query.get("icon") === "none" ? "" : (window.__STUB_ICON__ ?? ""), theme: query.get("theme") ?? "system", language: query.get("language") ?? "en", state: null };
  // For the console and for tests: `stub.log(1000)` writes lines, `stub.state("waiting")` changes the state.
  window.stub = {
    log: (more) => { lines += more; emit("log-changed", null); },
    batch: (lines) => batch(lines),
    state: (name) => emit("session-state", snapshot(states[name])),
  };
  if (query.has("live") && wanted.startsWith("inspector")) {
    let at = 45000;
    setInterval(() => window.stub.batch(Array.from({ length: 8 }, () => ({ type: "frame", stream: 1, at: (at += 10), to: "window", opcode: "binary", fin: true, length: 900, message: "delta" }))), 80);
  } else if (query.has("live")) setInterval(() => window.stub.log(1 + Math.floor(Math.random() * 5)), 120);
})();

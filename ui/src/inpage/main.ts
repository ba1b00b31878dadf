import { takeSettings, type Command } from "./settings";
import { plainWords, say, speak } from "../words";
import { watchDevices } from "./devices";
import { createFind } from "./find";
import { createLayer } from "./layer";
import { watchNetwork } from "./network";
import { createNotices } from "./notices";

declare global {
  interface Window {
    __WATERSKIN_INPAGE__?: unknown;
    __waterskinInPage?: (command: unknown) => void;
  }
}

function start(): void {
  const settings = takeSettings(window);
  // Not on the shell's own screens, nor in a frame inside the app.
  if (settings === null || location.protocol !== "http:" || window.top !== window) return;
  if (window.__waterskinInPage !== undefined) return;
  speak(plainWords(settings.words));
  const layer = createLayer(settings);
  const find = createFind(layer);
  const notices = createNotices(layer);

  const perform = (command: Command) => {
    switch (command.do) {
      case "find":
        find.open();
        return;
      case "tell":
        notices.tell(command.title, command.text);
        return;
      case "dismiss":
        notices.dismiss();
        return;
      case "release":
        devices.release(command.kind);
        return;
    }
  };

  Object.defineProperty(window, "__waterskinInPage", {
    value: (command: unknown) => perform(command as Command),
    configurable: false,
    enumerable: false,
    writable: false,
  });

  watchNetwork(window, (site) => notices.tell(say("network-missing-site", { site }), say("network-missing")));
  const devices = watchDevices(window, (missing) => notices.tell(missing, say("device-missing")));
}

start();

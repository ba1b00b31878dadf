import { say } from "../words";

/** The devices that the page uses. */
export interface Devices {
  /** Takes a device from the page, which hears of it as when somebody pulls the plug. */
  release(kind: "audio" | "video"): void;
}

/**
 * Calls back when the page finds no camera or no microphone: nobody is asked then, and Streamlit asks the person to allow
 * what is not there. What the page gets is what it would get without this.
 */
export function watchDevices(view: Window & typeof globalThis, missing: (title: string) => void): Devices {
  const streams = new Set<MediaStream>();
  const devices = view.MediaDevices?.prototype as MediaDevices | undefined;
  const ask = devices?.getUserMedia;
  if (devices !== undefined && ask !== undefined) {
    devices.getUserMedia = function getUserMedia(...wanted) {
      const answer = ask.apply(this, wanted);
      answer.then(
        (stream) => {
          for (const old of streams) if (!isLive(old)) streams.delete(old);
          streams.add(stream);
        },
        (error: unknown) => {
          const title = titleOf(wanted[0] ?? {});
          if (title !== null && isMissing(error)) missing(title);
        },
      );
      return answer;
    };
  }
  return {
    release(kind) {
      for (const track of [...streams].flatMap((stream) => stream.getTracks())) {
        if (track.kind !== kind || track.readyState === "ended") continue;
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
    },
  };
}

function isLive(stream: MediaStream): boolean {
  return stream.getTracks().some((track) => track.readyState === "live");
}

function titleOf({ audio, video }: MediaStreamConstraints): string | null {
  if (audio && video) return say("device-missing-both");
  if (video) return say("device-missing-camera");
  return audio ? say("device-missing-microphone") : null;
}

/** No device, or none that fits, which WebKit says so: an error about a condition names none. */
function isMissing(error: unknown): boolean {
  const { name, constraint } = (error ?? {}) as { name?: unknown; constraint?: unknown };
  return name === "NotFoundError" || (name === "OverconstrainedError" && !constraint);
}

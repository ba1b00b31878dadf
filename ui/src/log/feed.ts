import type { LogOutput } from "../gen/LogOutput";
import type { Host } from "../host";

/**
 * Asks the host for output, one question at a time.
 *
 * News that arrives during a question leads to one more question, not to many: a script that prints in a loop sends
 * more news than a window can ask about.
 *
 * @param got takes a piece of output; `gap` says that something before it is gone. The next question waits for it.
 */
export function feed(host: Pick<Host, "logOutput" | "onLog">, got: (output: LogOutput, gap: boolean) => Promise<void>, failed: (thrown: unknown) => void): () => void {
  let next = 0;
  let asking = false;
  let news = false;
  let ended = false;

  const ask = async () => {
    if (asking) {
      news = true;
      return;
    }
    asking = true;
    try {
      do {
        news = false;
        const output = await host.logOutput(next);
        if (ended) return;
        const gap = output.start > next;
        next = output.next;
        if (output.text !== "") await got(output, gap);
        // One question per frame is as often as anyone can see.
        if (news) await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
      } while (news && !ended);
    } catch (thrown) {
      if (!ended) failed(thrown);
    } finally {
      asking = false;
    }
  };

  // Subscribed first, so that nothing between the two is missed.
  const end = host.onLog(() => void ask());
  void ask();
  return () => {
    ended = true;
    end();
  };
}

const FRAME_MS = 32;

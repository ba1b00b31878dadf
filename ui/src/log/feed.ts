import type { Host, LogPage } from "../host";

/**
 * Asks the host for lines, one question at a time.
 *
 * News that arrives during a question leads to one more question, not to many: a script that prints in a loop sends
 * more news than a window can ask about.
 */
export function feed(host: Pick<Host, "logLines" | "onLog">, got: (page: LogPage) => void, failed: (thrown: unknown) => void): () => void {
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
        const page = await host.logLines(next);
        if (ended) return;
        next = page.next;
        if (page.lines.length > 0) got(page);
        // One question per frame is as often as anyone can see.
        if (news) await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
      } while (news && !ended);
    } catch (thrown) {
      if (!ended) failed(thrown);
    } finally {
      asking = false;
    }
  };

  // Subscribed first, so that a line between the two is not missed.
  const end = host.onLog(() => void ask());
  void ask();
  return () => {
    ended = true;
    end();
  };
}

const FRAME_MS = 32;

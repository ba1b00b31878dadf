import { describe, expect, it, vi } from "vitest";
import type { LogOutput } from "../src/gen/LogOutput";
import { hostError, subscription } from "../src/host";
import { feed } from "../src/log/feed";

/** A host whose answers the test gives. */
function host() {
  const asked: { from: number; answer: (output: LogOutput) => void; refuse: (error: unknown) => void }[] = [];
  let news: () => void = () => undefined;
  let subscribed = true;
  return {
    asked,
    news: () => news(),
    subscribed: () => subscribed,
    logOutput: (from: number) => new Promise<LogOutput>((answer, refuse) => asked.push({ from, answer, refuse })),
    onLog: (changed: () => void) => {
      news = changed;
      return () => {
        subscribed = false;
      };
    },
  };
}
const output = (start: number, text: string): LogOutput => ({ start, next: start + text.length, text });
const taken = () => vi.fn(() => Promise.resolve());

describe("feed", () => {
  it("asks from where the last answer ended, and once for all the news in between", async () => {
    const from = host();
    const got = taken();
    feed(from, got, vi.fn());
    from.news();
    from.news();
    from.news();
    expect(from.asked.map((question) => question.from)).toEqual([0]);
    from.asked[0]?.answer(output(0, "ab"));
    await vi.waitFor(() => expect(from.asked).toHaveLength(2));
    expect(from.asked[1]?.from).toBe(2);
    from.asked[1]?.answer(output(2, "c"));
    await vi.waitFor(() => expect(got).toHaveBeenCalledTimes(2));
    expect(from.asked, "no news, no question").toHaveLength(2);
  });

  it("says where something is gone", async () => {
    const from = host();
    const got = taken();
    feed(from, got, vi.fn());
    from.news();
    from.asked[0]?.answer(output(0, "ab"));
    await vi.waitFor(() => expect(from.asked).toHaveLength(2));
    from.asked[1]?.answer(output(7, "c"));
    await vi.waitFor(() => expect(got.mock.calls).toEqual([[output(0, "ab"), false], [output(7, "c"), true]]));
  });

  it("asks for no more while what came is being read", async () => {
    const from = host();
    let read = () => {};
    feed(from, () => new Promise((done) => (read = done)), vi.fn());
    from.news();
    from.asked[0]?.answer(output(0, "ab"));
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(from.asked).toHaveLength(1);
    read();
    await vi.waitFor(() => expect(from.asked).toHaveLength(2));
  });

  it("asks again after a refusal, when there is news", async () => {
    const from = host();
    const failed = vi.fn();
    feed(from, taken(), failed);
    from.asked[0]?.refuse({ message: "not yet" });
    await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce());
    from.news();
    expect(from.asked).toHaveLength(2);
  });

  it("is silent once it has ended", async () => {
    const from = host();
    const got = taken();
    feed(from, got, vi.fn())();
    expect(from.subscribed()).toBe(false);
    from.asked[0]?.answer(output(0, "a"));
    await Promise.resolve();
    await Promise.resolve();
    expect(got).not.toHaveBeenCalled();
  });
});

describe("subscription", () => {
  it("ends one that arrives after its end", async () => {
    const end = vi.fn();
    let arrive: (end: () => void) => void = () => undefined;
    subscription(new Promise((resolve) => (arrive = resolve)))();
    arrive(end);
    await vi.waitFor(() => expect(end).toHaveBeenCalledOnce());
  });

  it("ends one that has arrived, once", async () => {
    const end = vi.fn();
    const pending = Promise.resolve(end);
    const stop = subscription(pending);
    await pending;
    stop();
    stop();
    expect(end).toHaveBeenCalledOnce();
  });
});

describe("hostError", () => {
  it.each([
    [{ code: "no-space", message: "full", hints: ["free some"] }, { code: "no-space", message: "full", hints: ["free some"] }],
    ["command log_show not allowed", { code: "unknown", message: "command log_show not allowed", hints: [] }],
    [new Error("broken"), { code: "unknown", message: "broken", hints: [] }],
    [{ message: "m", hints: [1, "two"] }, { code: "unknown", message: "m", hints: ["two"] }],
    [undefined, { code: "unknown", message: "undefined", hints: [] }],
  ])("reads %j", (thrown, expected) => expect(hostError(thrown)).toEqual(expected));
});

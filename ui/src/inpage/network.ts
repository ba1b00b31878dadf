/** How long a site may take to answer when it is asked a second time. */
const PATIENCE_MS = 10_000;

/**
 * Calls back, once for each load of the page, when something of another machine can't be had for want of a network: the
 * streets of a map, for example. What the page gets is what it would get without this.
 *
 * A page is told only that something failed, be it that the site has no such file or allows no other page to read it.
 * So the same thing is asked for once more, with nothing of it to be read: that fails only where the site can't be reached.
 */
export function watchNetwork(view: Window & typeof globalThis, missing: (site: string) => void): void {
  const ask = view.fetch;
  let told = false;
  const failed = (address: string) => {
    const site = told ? null : elsewhere(address);
    if (site === null) return;
    const limit = new AbortController();
    view.setTimeout(() => limit.abort(), PATIENCE_MS);
    ask.call(view, address, { mode: "no-cors", cache: "no-store", credentials: "omit", signal: limit.signal }).catch(() => {
      if (told) return;
      told = true;
      missing(site);
    });
  };

  view.fetch = function fetch(this: unknown, ...wanted: Parameters<typeof ask>) {
    const answer = ask.apply(this as typeof view, wanted);
    answer.catch((error: unknown) => {
      // The page gave it up itself, or asked for nothing that can be had.
      if ((error as { name?: unknown } | undefined)?.name === "TypeError") failed(addressOf(wanted[0]));
    });
    return answer;
  };

  // Such an error does not bubble, so it is caught on the way down. The page's icon is nothing that a person misses.
  view.addEventListener(
    "error",
    (event) => {
      const { src, href, rel } = (event.target ?? {}) as { src?: unknown; href?: unknown; rel?: unknown };
      const isIcon = typeof rel === "string" && /\bicon\b/.test(rel);
      const address = typeof src === "string" && src !== "" ? src : href;
      if (event.target !== view && typeof address === "string" && !isIcon) failed(address);
    },
    true,
  );
}

function addressOf(wanted: RequestInfo | URL): string {
  return typeof wanted === "string" ? wanted : wanted instanceof URL ? wanted.href : wanted.url;
}

/** The name of the site at an address, where that is on another machine: this one is there without a network. */
export function elsewhere(address: string): string | null {
  let url;
  try {
    url = new URL(address, location.href);
  } catch {
    return null;
  }
  const { protocol, hostname } = url;
  if (protocol !== "http:" && protocol !== "https:") return null;
  // RFC 6761, section 6.3, and the addresses of this machine.
  const here = /^(.+\.)?localhost\.?$|^127\.\d+\.\d+\.\d+$|^\[::1?\]$|^0\.0\.0\.0$/.test(hostname);
  return here ? null : hostname;
}

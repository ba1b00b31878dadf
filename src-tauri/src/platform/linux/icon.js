// Tells the shell of the page's icon, as pixels, so that the shell has no picture to decode. WebKitGTK itself looks for an
// icon once, when a page has been loaded (2.50), and Streamlit names one later. This runs in a world of its own: the page
// finds neither it nor the handler that it calls.
(() => {
  const SIDE = 64;
  // A smaller one is worse than the app's own; and Streamlit's, which a page without one has, says less.
  const LEAST = 24;
  const STREAMLITS = "/favicon.png";
  let told = null;

  const tell = (pixels) => window.webkit.messageHandlers.icon.postMessage(pixels);

  const draw = (image) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    const context = canvas.getContext("2d");
    // A drawing without a size of its own takes all of it.
    const [width, height] = [image.naturalWidth || SIDE, image.naturalHeight || SIDE];
    if (Math.min(width, height) < LEAST) return "";
    const scale = SIDE / Math.max(width, height);
    const [w, h] = [width * scale, height * scale];
    context.drawImage(image, (SIDE - w) / 2, (SIDE - h) / 2, w, h);
    return Array.from(context.getImageData(0, 0, SIDE, SIDE).data, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const look = () => {
    const href = document.querySelector("link[rel~='icon']")?.href ?? "";
    if (href === told) return;
    told = href;
    if (href === "" || new URL(href).pathname === STREAMLITS) return tell("");
    const image = new Image();
    // One of another site shows its pixels only where that site allows it.
    image.crossOrigin = "anonymous";
    image.onload = () => {
      if (href === told) tell(draw(image));
    };
    image.onerror = () => {
      if (href === told) tell("");
    };
    // The end tells the shell that nobody misses it where there is no network (`network.rs`).
    image.src = href.startsWith("http") ? `${href.split("#")[0]}#waterskin-icon` : href;
  };

  new MutationObserver(look).observe(document.head, { subtree: true, childList: true, attributeFilter: ["href", "rel"] });
  look();
})();

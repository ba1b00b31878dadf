// Streamlit's component protocol, version 1 (streamlit-component-lib).
const say = (type, more) =>
  window.parent.postMessage({ isStreamlitMessage: true, type, ...more }, "*");
let answered = false;
window.addEventListener("message", (event) => {
  if (event.data.type !== "streamlit:render") return;
  document.body.textContent = `asked ${event.data.args.question}`;
  say("streamlit:setFrameHeight", { height: 77 });
  if (!answered) say("streamlit:setComponentValue", { value: "pong", dataType: "json" });
  answered = true;
});
say("streamlit:componentReady", { apiVersion: 1 });

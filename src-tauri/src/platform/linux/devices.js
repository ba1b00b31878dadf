// Says when a page finds no camera or no microphone: WebKitGTK refuses then without asking anybody (2.50), and Streamlit asks
// the person to allow what is not there. What the page gets is what it would get without this.
(() => {
  const devices = window.MediaDevices?.prototype;
  const ask = devices?.getUserMedia;
  if (!ask) return;
  const isMissing = (error) => error?.name === "NotFoundError" || (error?.name === "OverconstrainedError" && !error.constraint);
  devices.getUserMedia = function getUserMedia(...wanted) {
    const answer = ask.apply(this, wanted);
    answer.catch((error) => {
      const { audio, video } = wanted[0] ?? {};
      if (!isMissing(error) || !(audio || video)) return;
      window.dispatchEvent(new Event(`waterskin-missing-${audio && video ? "both" : video ? "camera" : "microphone"}`));
    });
    return answer;
  };
})();

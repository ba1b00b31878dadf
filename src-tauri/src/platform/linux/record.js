// Has WebKitGTK record sound (2.50). A microphone's track says that its rate is 0 unless the page asked for one; the encoder is
// asked for that rate, and the recording is empty, without an error. And before GStreamer 1.24.9 it records MP4 alone, where
// Streamlit asks for WebM (1.67, `AudioInput`), although it reads either.
(() => {
  const devices = window.MediaDevices?.prototype;
  const ask = devices?.getUserMedia;
  const Recorder = window.MediaRecorder;
  if (!ask || !Recorder) return;
  devices.getUserMedia = function getUserMedia(wanted, ...rest) {
    // A wish and no condition: no device is refused for it.
    const audio = wanted?.audio && { sampleRate: 48000, ...(wanted.audio === true ? {} : wanted.audio) };
    return ask.call(this, audio ? { ...wanted, audio } : wanted, ...rest);
  };
  window.MediaRecorder = new Proxy(Recorder, {
    construct(target, [stream, options, ...rest], made) {
      const { mimeType, ...others } = options ?? {};
      const asksForWebm = /^audio\/webm\b/.test(mimeType ?? "") && !target.isTypeSupported(mimeType);
      const given = asksForWebm && target.isTypeSupported("audio/mp4") ? others : options;
      return Reflect.construct(target, [stream, given, ...rest], made === window.MediaRecorder ? target : made);
    },
  });
})();

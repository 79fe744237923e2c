// Each click: half a second later a second of 1000 Hz, and a white page from the moment it is heard.
(() => {
  let played = 0;
  const report = () =>
    fetch("/report", {
      method: "POST",
      body: JSON.stringify({
        query: location.search,
        field: "",
        value: "",
        caret: null,
        log: [],
        played,
      }),
    });
  addEventListener("load", report);
  addEventListener("click", () => {
    const sound = new AudioContext();
    const tone = new OscillatorNode(sound, { frequency: 1000 });
    const start = sound.currentTime + 0.5;
    tone.connect(new GainNode(sound, { gain: 0.5 })).connect(sound.destination);
    tone.start(start);
    tone.stop(start + 1);
    const flash = () => {
      const heard = sound.getOutputTimestamp().contextTime;
      document.documentElement.style.background =
        heard >= start && heard < start + 1 ? "#fff" : "#000";
      if (heard < start + 1) requestAnimationFrame(flash);
    };
    flash();
    tone.addEventListener("ended", async () => {
      played += 1;
      await sound.close();
      await report();
    });
  });
})();

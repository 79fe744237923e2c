// A black page. Each click: half a second later a second of 1000 Hz, and white for as long as it is heard.
(() => {
  let played = 0;
  const paint = (colour) => {
    document.documentElement.style.background = colour;
  };
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
  paint("#000");
  addEventListener("load", report);
  addEventListener("click", () => {
    const sound = new AudioContext();
    const tone = new OscillatorNode(sound, { frequency: 1000 });
    const start = sound.currentTime + 0.5;
    tone.connect(new GainNode(sound, { gain: 0.5 })).connect(sound.destination);
    tone.start(start);
    tone.stop(start + 1);
    const flash = () => {
      if (sound.getOutputTimestamp().contextTime < start) requestAnimationFrame(flash);
      else paint("#fff");
    };
    flash();
    tone.addEventListener("ended", async () => {
      paint("#000");
      played += 1;
      await sound.close();
      await report();
    });
  });
})();

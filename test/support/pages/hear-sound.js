// Runs in the terminal's pages before their own code: what is played there, when, and when the picture turns
// white.
(() => {
  const heard = [];
  let white = null;
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (when, ...rest) {
    const samples = this.buffer.getChannelData(0);
    const { currentTime } = this.context;
    const loudest = samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    // As loud as the tone from a quarter of it on: where a piece begins to be heard.
    const first = samples.findIndex((each) => Math.abs(each) > 0.1);
    let crossings = 0;
    for (let n = 1; n < samples.length; n += 1) crossings += samples[n - 1] < 0 !== samples[n] < 0;
    heard.push({
      at: performance.now() + (when - currentTime) * 1000 + first / 48,
      loudest,
      // Of a whole piece: two crossings each period.
      hertz: (crossings / 2 / samples.length) * 48_000,
    });
    return start.call(this, when, ...rest);
  };
  const level = () =>
    document
      .querySelector("[data-testid=picture] canvas")
      ?.getContext("2d")
      ?.getImageData(600, 300, 1, 1).data[0] ?? 0;
  const look = () => {
    requestAnimationFrame(look);
    if (white === null && level() > 200) white = performance.now();
  };
  look();
  globalThis.hanareSound = {
    heard: () => heard,
    level,
    white: () => white,
    forget: () => {
      heard.length = 0;
      white = null;
    },
  };
})();

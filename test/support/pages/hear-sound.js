// Runs in the terminal's pages before their own code: what is decoded and played there, when, and when the picture
// turns white.
(() => {
  const decoded = [];
  const heard = [];
  let white = null;
  const measure = (samples) => {
    let crossings = 0;
    for (let n = 1; n < samples.length; n += 1) crossings += samples[n - 1] < 0 !== samples[n] < 0;
    return {
      loudest: samples.reduce((most, each) => Math.max(most, Math.abs(each)), 0),
      // Of a whole piece: two crossings each period.
      hertz: (crossings / 2 / samples.length) * 48_000,
    };
  };
  const Decoder = globalThis.AudioDecoder;
  if (Decoder)
    globalThis.AudioDecoder = class extends Decoder {
      constructor({ output, error }) {
        const look = (sound) => {
          const samples = new Float32Array(sound.numberOfFrames);
          sound.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
          decoded.push(measure(samples));
          output(sound);
        };
        super({ output: look, error });
      }
    };
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (when, ...rest) {
    const samples = this.buffer.getChannelData(0);
    const { currentTime } = this.context;
    // As loud as the tone from a quarter of it on: where a piece begins to be heard.
    const first = samples.findIndex((each) => Math.abs(each) > 0.1);
    heard.push({
      ...measure(samples),
      at: performance.now() + (when - currentTime) * 1000 + first / 48,
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
    decoded: () => decoded,
    heard: () => heard,
    level,
    white: () => white,
    forget: () => {
      heard.length = 0;
      white = null;
    },
  };
})();

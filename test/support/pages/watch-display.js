// Runs in the terminal's pages before their own code, for the display bench: what arrives over WebSockets,
// and when a part of the picture looks different, seen once a frame by reading it back.
(() => {
  const bench = { bytes: 0, watch: undefined, stop: undefined };
  globalThis.hanareBench = bench;
  // A proxy and no subclass: noVNC looks for the methods on the prototype itself.
  globalThis.WebSocket = new Proxy(globalThis.WebSocket, {
    construct(target, options) {
      const socket = Reflect.construct(target, options);
      if (/\/(picture|screen)$/.test(socket.url))
        socket.addEventListener(
          "message",
          ({ data }) => (bench.bytes += data.byteLength ?? data.size ?? 0),
        );
      return socket;
    },
  });
  const scratch = document.createElement("canvas");
  const context = scratch.getContext("2d", { willReadFrequently: true });
  const look = ({ x, y, w, h, scale }) => {
    const picture = document.querySelector("[data-testid=picture] canvas");
    if (!picture) return 0;
    const [width, height] = [Math.ceil(w / scale), Math.ceil(h / scale)];
    if (scratch.width !== width || scratch.height !== height)
      Object.assign(scratch, { width, height });
    context.drawImage(picture, x, y, w, h, 0, 0, width, height);
    let hash = 7;
    for (const value of new Uint32Array(context.getImageData(0, 0, width, height).data.buffer))
      hash = (Math.imul(hash, 31) + value) | 0;
    return hash;
  };
  /** Milliseconds from the next event of this type to the first frame on which the part looks different. */
  bench.until = (type, part) =>
    new Promise((resolve, reject) => {
      const before = look(part);
      addEventListener(
        type,
        ({ timeStamp }) => {
          const check = () => {
            const now = performance.now();
            if (look(part) !== before) resolve(now - timeStamp);
            else if (now - timeStamp > 3000) reject(new Error("nothing changed"));
            else requestAnimationFrame(check);
          };
          requestAnimationFrame(check);
        },
        { capture: true, once: true },
      );
    });
  /** How many different pictures of the part were there in so many milliseconds. */
  bench.count = (part, ms) =>
    new Promise((resolve) => {
      const until = performance.now() + ms;
      let last = look(part);
      let changes = 0;
      const check = () => {
        const now = look(part);
        if (now !== last) changes += 1;
        last = now;
        if (performance.now() < until) requestAnimationFrame(check);
        else resolve(changes);
      };
      requestAnimationFrame(check);
    });
})();

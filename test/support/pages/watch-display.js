// Runs in the terminal's pages before their own code, for the display bench: what arrives over WebSockets,
// and when a part of the picture looks different, seen once a frame by reading it back.
(() => {
  const bench = { bytes: 0, updates: [] };
  globalThis.hanareBench = bench;
  // A proxy and no subclass: noVNC looks for the methods on the prototype itself.
  globalThis.WebSocket = new Proxy(globalThis.WebSocket, {
    construct(target, options) {
      const socket = Reflect.construct(target, options);
      if (/\/(picture|screen)$/.test(socket.url))
        socket.addEventListener("message", ({ data }) => {
          bench.bytes += data.byteLength ?? data.size ?? 0;
          // An update says when the container looked (images/wire/screen.ts).
          if (!socket.url.endsWith("/screen") || !(data instanceof ArrayBuffer)) return;
          const view = new DataView(data);
          if (view.getUint8(0) === 25)
            bench.updates.push({ looked: view.getUint32(5), arrived: performance.now() });
        });
      return socket;
    },
  });
  const scratch = document.createElement("canvas");
  const context = scratch.getContext("2d", { willReadFrequently: true });
  const pictureNow = () => document.querySelector("[data-testid=picture] canvas");
  const look = ({ x, y, w, h, scale }) => {
    const picture = pictureNow();
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
  const watch = (type, part, atOnce) =>
    new Promise((resolve, reject) => {
      const before = look(part);
      addEventListener(
        type,
        (event) => {
          const { timeStamp: began } = event;
          bench.updates = [];
          atOnce?.(event);
          const check = () => {
            const seen = performance.now();
            if (look(part) !== before) resolve({ began, seen, update: bench.updates[0] });
            else if (seen - began > 3000) reject(new Error("nothing changed"));
            else requestAnimationFrame(check);
          };
          requestAnimationFrame(check);
        },
        { capture: true, once: true },
      );
    });
  /** From the next event of this type to the first frame on which the part looks different, and what came between. */
  bench.until = (type, part) => watch(type, part);
  /** The same where the terminal draws by itself, as soon as it has the event, and nobody else hears of it. */
  bench.alone = async (type, part) => {
    const { x, y, w, h } = part;
    const context = pictureNow().getContext("2d");
    const before = context.getImageData(x, y, w, h);
    const taken = await watch(type, part, (event) => {
      event.stopImmediatePropagation();
      context.fillStyle = "#123456";
      context.fillRect(x, y, 12, 20);
    });
    context.putImageData(before, x, y);
    return taken;
  };
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

// Runs in the terminal's pages: what the picture shows, for tests.
(() => {
  const find = () => document.querySelector("[data-testid=picture] canvas");
  const read = () => {
    const canvas = find();
    return canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
  };
  globalThis.hanarePicture = {
    /** An empty picture has one. */
    colours: () => new Set(new Uint32Array(read()?.data.buffer ?? new ArrayBuffer(0))).size,
    pixels: () => {
      const image = read();
      let text = "";
      for (let at = 0; at < (image?.data.length ?? 0); at += 8192)
        text += String.fromCharCode(...image.data.subarray(at, at + 8192));
      return { width: image?.width ?? 0, height: image?.height ?? 0, base64: btoa(text) };
    },
    cursor: () => find()?.style.cursor ?? "",
  };
})();

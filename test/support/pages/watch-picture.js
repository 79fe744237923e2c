// Runs in the terminal's pages before their own code: notes when the picture shows something (a blank
// page has one colour, the practice site has many) and when the click happened.
(() => {
  const scratch = document.createElement("canvas");
  scratch.width = 32;
  scratch.height = 18;
  const context = scratch.getContext("2d", { willReadFrequently: true });
  const now = () => String(performance.timeOrigin + performance.now());
  const colourful = (picture) => {
    if (picture.width === 0) return false;
    context.drawImage(picture, 0, 0, scratch.width, scratch.height);
    const pixels = context.getImageData(0, 0, scratch.width, scratch.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size > 8;
  };
  // The first whole pictures, then the display itself.
  const pictures = "canvas[data-testid=first-picture], [data-testid=picture] canvas";
  const look = () => {
    if ([...document.querySelectorAll(pictures)].some(colourful))
      document.documentElement.dataset.askedPage = now();
    else requestAnimationFrame(look);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", look);
  else look();
  addEventListener("click", () => localStorage.setItem("hanare.bench.click", now()), true);
})();

// Runs in the terminal's pages before their own code: notes when the picture shows something (a blank
// page has one colour, the practice site has many) and when the click happened.
(() => {
  const scratch = document.createElement("canvas");
  scratch.width = 32;
  scratch.height = 18;
  const context = scratch.getContext("2d", { willReadFrequently: true });
  const now = () => String(performance.timeOrigin + performance.now());
  const look = () => {
    const picture = document.querySelector("[data-testid=picture] canvas");
    if (picture && picture.width > 0) {
      context.drawImage(picture, 0, 0, scratch.width, scratch.height);
      const pixels = new Uint32Array(
        context.getImageData(0, 0, scratch.width, scratch.height).data.buffer,
      );
      if (new Set(pixels).size > 8) {
        document.documentElement.dataset.askedPage = now();
        return;
      }
    }
    requestAnimationFrame(look);
  };
  addEventListener("DOMContentLoaded", look);
  addEventListener("click", () => localStorage.setItem("hanare.bench.click", now()), true);
})();

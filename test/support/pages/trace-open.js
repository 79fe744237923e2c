// Runs in the terminal's pages before their own code: when each stage of an open was reached there.
(() => {
  if (window.hanareMarks) return;
  const marks = (window.hanareMarks = []);
  const mark = (name) => marks.push([name, performance.timeOrigin + performance.now()]);
  mark("tab: document begins");
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (...given) {
    if (this.canvas.dataset.testid === "first-picture") mark("tab: first picture drawn");
    return draw.apply(this, given);
  };
  const Plain = WebSocket;
  window.WebSocket = class extends Plain {
    constructor(url, ...rest) {
      super(url, ...rest);
      const path = new URL(url).pathname.split("/").at(-1);
      mark(`tab: ${path} socket asked for`);
      this.addEventListener("open", () => mark(`tab: ${path} socket stands`));
      this.addEventListener("message", ({ data }) => {
        const what = typeof data === "string" ? JSON.parse(data).type : "picture";
        mark(`tab: ${path} hears ${what}`);
      });
    }
  };
})();

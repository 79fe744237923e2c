// Runs in the terminal's pages before their own code: the screen's WebSocket is not the container's, and says
// what the test wants said. All other WebSockets are real.
(() => {
  class OtherScreen extends EventTarget {
    constructor(url) {
      super();
      this.url = url;
      this.readyState = 0;
      setTimeout(() => this.#speak(), 50);
    }
    send() {}
    close() {
      this.readyState = 3;
    }
    #speak() {
      const { messages, close } = globalThis.hanareScreenSays;
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
      for (const text of messages) {
        const data = Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
        this.dispatchEvent(new MessageEvent("message", { data }));
      }
      if (close === undefined) return;
      this.readyState = 3;
      this.dispatchEvent(new CloseEvent("close", { code: close }));
    }
  }
  globalThis.WebSocket = new Proxy(globalThis.WebSocket, {
    construct: (target, options) =>
      /\/screen$/.test(options[0])
        ? new OtherScreen(options[0])
        : Reflect.construct(target, options),
  });
})();

/**
 * Hears a page's own window.print(). The browser's printing is off, since its dialog would show the container's
 * printers, and print does nothing then; here it sends an event instead, which a script world of our own hears.
 * A bound function reads as native as the browser's own, and pages find nothing else of it. A page may send the
 * event without it, as it may print: how often is heard is decided on the host. A frame of the page's own site
 * prints the page.
 */
import { asNumber, asObject, asText, type Cdp } from "./cdp.ts";
import { ignoreGone, type Tabs } from "./tabs.ts";

const eventName = "hanare-print";
const worldName = "hanare-print";

/** In the page's own world, before its scripts. */
const replacePrint = `try {
  window.print = top.dispatchEvent.bind(top, new top.Event("${eventName}"));
} catch {}`;
/** In ours: what is asked before anybody waits is kept. */
const hearPrint = `globalThis.prints = { asked: false };
addEventListener("${eventName}", () => {
  prints.asked = true;
  prints.tell?.(true);
});`;
/** True for a print; false when nobody is heard here, or somebody else waits now. */
const nextPrint = `new Promise((resolve) => {
  if (!globalThis.prints) return resolve(false);
  prints.tell?.(false);
  prints.tell = resolve;
  if (prints.asked) resolve(true);
}).then((asked) => {
  if (asked) globalThis.prints = Object.assign(prints, { asked: false, tell: undefined });
  return asked;
})`;

/** `onAsked` hears of the active tab. */
export function hearPagePrints(cdp: Cdp, tabs: Tabs, onAsked: () => void): void {
  /** As long as the document lives; rejects when that ends. */
  const listen = async (sessionId: string, frameId: string): Promise<void> => {
    const made = await cdp.send("Page.createIsolatedWorld", { frameId, worldName }, sessionId);
    const contextId = asNumber(made["executionContextId"]);
    const next = { expression: nextPrint, contextId, awaitPromise: true, returnByValue: true };
    for (;;) {
      const { result } = await cdp.send("Runtime.evaluate", next, sessionId);
      if (asObject(result)["value"] !== true) return;
      if (sessionId === tabs.active?.sessionId) onAsked();
    }
  };
  tabs.on("held", (sessionId) => prepare(cdp, sessionId));
  tabs.on("page", (sessionId, frameId) => ignoreGone(listen(sessionId, frameId)));
  cdp.on("event", ({ method, params, sessionId }) => {
    if (sessionId === undefined || method !== "Page.frameNavigated") return;
    const frame = asObject(params["frame"]);
    if (frame["parentId"] === undefined) ignoreGone(listen(sessionId, asText(frame["id"]) ?? ""));
  });
}

/** For every document that comes. */
function prepare(cdp: Cdp, sessionId: string): void {
  const send = (method: string, params = {}): void =>
    ignoreGone(cdp.send(method, params, sessionId));
  const addScript = "Page.addScriptToEvaluateOnNewDocument";
  send("Page.enable");
  send(addScript, { source: hearPrint, worldName });
  send(addScript, { source: replacePrint });
}

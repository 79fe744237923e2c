/**
 * The container's agent: starts display and browser, dials the host, and carries out the host's few
 * typed messages. It holds no secret and decides nothing; everything it says is untrusted outside.
 */
import { fromAgent, type FromAgent, type ToAgent } from "../../wire/control.ts";
import { asText, Cdp } from "./cdp.ts";
import { setDisplaySize } from "./display-size.ts";
import { handOverDownloads } from "./downloads.ts";
import { forwardProxy } from "./egress.ts";
import { connectHost, type HostLink } from "./host-link.ts";
import { openPicture } from "./picture.ts";
import { startChromium, startDisplay } from "./processes.ts";
import { Stills } from "./stills.ts";
import { ignoreGone, Tabs } from "./tabs.ts";

const link: { host?: HostLink } = {};

/** The host refuses what does not fit the schema and ends the session, so nothing unfit is sent. */
const report = (message: FromAgent): void => {
  if (fromAgent.safeParse(message).success) link.host?.send(message);
};

await Promise.all([startDisplay(), forwardProxy()]);
const chromium = startChromium();
const cdp = new Cdp(chromium.input, chromium.output);
const tabs = new Tabs(cdp, {
  onChange: (list, active) => report({ type: "tabs", tabs: list, active }),
  onNavigated: (tab, url) => report({ type: "navigated", tab, url: url.slice(0, 8192) }),
});
const stills = new Stills(cdp, tabs);
const version = await cdp.send("Browser.getVersion");
await handOverDownloads(cdp, report);
await tabs.follow();

link.host = connectHost(
  (asText(version["product"]) ?? "").slice(0, 128),
  (message) => ignoreGone(carryOut(message)),
  () => {
    report({ type: "ready" });
    tabs.report();
  },
);

async function carryOut(message: ToAgent): Promise<unknown> {
  switch (message.type) {
    case "open-picture":
      return openPicture(message.stream);
    case "open-stills":
      return stills.open(message.stream);
    case "navigate":
      return tabs.go(message.url);
    case "back":
      return tabs.history(-1);
    case "forward":
      return tabs.history(1);
    case "reload":
      return tabs.toActive("Page.reload");
    case "stop":
      return tabs.toActive("Page.stopLoading");
    case "new-tab":
      return tabs.open(message.url);
    case "close-tab":
      return tabs.close(message.tab);
    case "activate-tab":
      return tabs.activate(message.tab);
    case "compose":
      return tabs.toActive("Input.imeSetComposition", {
        text: message.text,
        selectionStart: message.selectionStart,
        selectionEnd: message.selectionEnd,
      });
    case "insert-text":
      return tabs.toActive("Input.insertText", { text: message.text });
    case "resize":
      return setDisplaySize(message.width, message.height);
    case "ping":
      report({ type: "pong", nonce: message.nonce });
      return undefined;
  }
}

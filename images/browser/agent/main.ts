/**
 * The container's agent: starts display and browser, dials the host, and carries out the host's few
 * typed messages. It holds no secret and decides nothing; everything it says is untrusted outside.
 */
import { fromAgent, type FromAgent, type ToAgent } from "../../wire/control.ts";
import { asText, Cdp } from "./cdp.ts";
import { Clipboard } from "./clipboard.ts";
import { ContextMenu } from "./context-menu.ts";
import { setDisplaySize } from "./display-size.ts";
import { handOverDownloads } from "./downloads.ts";
import { forwardProxy } from "./egress.ts";
import { hideNotices } from "./hide-notices.ts";
import { connectHost, type HostLink } from "./host-link.ts";
import { Keyboard } from "./keyboard.ts";
import { hearPagePrints } from "./page-print.ts";
import { openPicture } from "./picture.ts";
import { printPage } from "./print.ts";
import { openScreen, startChromium, startDisplay, startScalePct } from "./processes.ts";
import { Sound } from "./sound.ts";
import { Stills } from "./stills.ts";
import { ignoreGone, Tabs } from "./tabs.ts";
import { Typing } from "./typing.ts";
import { Uploads } from "./uploads.ts";
import { XSettings } from "./x-settings.ts";

const link: { host?: HostLink } = {};

/** The host refuses what does not fit the schema and ends the session, so nothing unfit is sent. */
const report = (message: FromAgent): void => {
  if (fromAgent.safeParse(message).success) link.host?.send(message);
};

await Promise.all([startDisplay(), forwardProxy()]);
const settings = await XSettings.open(startScalePct);
const clipboard = Clipboard.open((text) =>
  report({ type: "copied", ...(text === undefined ? {} : { text }) }),
);
const chromium = startChromium();
const cdp = new Cdp(chromium.input, chromium.output);
const tabs = new Tabs(cdp, {
  onChange: (list, active) => report({ type: "tabs", tabs: list, active }),
  onIcon: (tab, pixels) => report({ type: "tab-icon", tab, pixels }),
  onNavigated: (tab, url) => report({ type: "navigated", tab, url: url.slice(0, 8192) }),
});
hearPagePrints(cdp, tabs, () => report({ type: "print-asked" }));
const stills = new Stills(cdp, tabs);
const sound = new Sound(() => report({ type: "sounding" }));
const typing = new Typing({
  cdp,
  tabs,
  keyboard: new Keyboard(),
  clipboard: await clipboard,
  onCaret: (caret) => report({ type: "caret", ...caret }),
});
const menu = new ContextMenu({
  ...{ cdp, tabs, typing, report, clipboard: await clipboard },
  scalePct: () => settings.scalePct,
});
const uploads = new Uploads(cdp, report);
const version = await cdp.send("Browser.getVersion");
await handOverDownloads(cdp, report);
await hideNotices(tabs);
// No policy of the browser's own shuts these; there is nothing here to ask about.
for (const permission of [
  { name: "midi", sysex: true },
  { name: "idle-detection" },
  { name: "window-management" },
])
  ignoreGone(cdp.send("Browser.setPermission", { permission, setting: "denied" }));
await tabs.follow();

link.host = connectHost(
  (asText(version["product"]) ?? "").slice(0, 128),
  (message) => ignoreGone(carryOut(message)),
  () => {
    report({ type: "ready" });
    tabs.report();
    tabs.reportIcons();
  },
);

async function carryOut(message: ToAgent): Promise<unknown> {
  switch (message.type) {
    case "open-picture":
      return openPicture(message.stream);
    case "open-screen":
      openScreen(message.stream);
      return undefined;
    case "open-stills":
      return stills.open(message.stream);
    case "open-sound":
      sound.open(message.stream);
      return undefined;
    case "navigate":
      return tabs.go(message.url);
    case "back":
      return tabs.goHistory(-1);
    case "forward":
      return tabs.goHistory(1);
    case "go-history":
      return tabs.goHistory(message.step);
    case "history": {
      const history = await tabs.history();
      if (history) report({ type: "history", ...history });
      return undefined;
    }
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
    case "move-tab":
      tabs.move(message.tab, message.to);
      return undefined;
    case "reopen-tab":
      return tabs.reopen();
    case "open-print":
      return printPage(cdp, tabs, message.stream);
    case "key":
    case "release-keys":
    case "compose":
    case "insert-text":
    case "paste":
      return typing.take(message);
    case "menu":
      return menu.choose(message.act);
    case "open-upload":
      return uploads.receive(message);
    case "choose-files":
      return uploads.give(message);
    case "resize":
      await settings.scale(message.scalePct);
      return setDisplaySize(message.width, message.height);
    case "scale":
      return settings.scale(message.scalePct);
    case "ping":
      report({ type: "pong", nonce: message.nonce });
      return undefined;
  }
}

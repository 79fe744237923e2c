/** The active page as PDF, made by the browser and handed to the host like a file that was asked for. */
import { finished } from "node:stream/promises";
import { asText, type Cdp } from "./cdp.ts";
import { dial } from "./host-link.ts";
import type { Tabs } from "./tabs.ts";

/** A4 in inches, with the margins that Japanese office printers manage. */
const paper = { paperWidth: 8.27, paperHeight: 11.69 };
const margins = { marginTop: 0.4, marginBottom: 0.4, marginLeft: 0.4, marginRight: 0.4 };

/** Rejects when the browser does not print: the host, which waits for the connection, then says so. */
export async function printPage(cdp: Cdp, tabs: Tabs, stream: string): Promise<void> {
  const tab = tabs.active;
  if (!tab) return;
  const { title, url } = tab;
  const { data } = await cdp.send(
    "Page.printToPDF",
    { printBackground: true, preferCSSPageSize: true, ...paper, ...margins },
    tab.sessionId,
  );
  const bytes = Buffer.from(asText(data) ?? "", "base64");
  const host = await dial({
    kind: "print",
    stream,
    name: `${title.slice(0, 120)}.pdf`,
    url: url.slice(0, 8192),
    size: bytes.length,
  });
  host.on("error", () => host.destroy());
  host.end(bytes);
  host.resume();
  await finished(host, { readable: false });
}

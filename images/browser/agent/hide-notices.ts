/**
 * Keeps away what Chromium writes over the page when a download starts: that Esc shows it. It shows nothing here;
 * downloads are told of outside, and no flag or policy turns the words off. The same kind of window says how a
 * page's full screen or its hold of the pointer ends, which may be seen.
 *
 * Such a window is put into one of ours that is never shown, before it appears there itself: what was on the
 * screen once would be in the picture.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Tabs } from "./tabs.ts";
import { request, XClient } from "./x-client.ts";

/** X.Org, "X Window System Protocol", encoding. */
const event = { created: 16, destroyed: 17, unmapped: 18, mapped: 19, property: 28 } as const;
const mask = { substructure: 1 << 19, property: 1 << 22 } as const;
const attribute = { eventMask: 1 << 11 } as const;

const leadsOut = "document.fullscreenElement !== null || document.pointerLockElement !== null";
/** Full screen is announced before the page has it. */
const announcedMs = 300;

export async function hideNotices(tabs: Tabs): Promise<void> {
  const x = await XClient.connect();
  x.once("close", () => process.exit(75));
  const [kind, notice] = await Promise.all([
    x.atom("_NET_WM_WINDOW_TYPE"),
    x.atom("_NET_WM_WINDOW_TYPE_NOTIFICATION"),
  ]);
  const aside = x.newId();
  const onePixel = 0x0001_0001;
  x.send(request(1, 0, [aside, x.root, 0, onePixel, 0, 0, attribute.eventMask, mask.substructure]));
  /** Those that were put aside, and whether Chromium shows them. */
  const notices = new Map<number, boolean>();

  const putInto = async (window: number, parent: number): Promise<void> => {
    const place = await x.ask(request(14, 0, [window]));
    x.send(request(7, 0, [window, parent, place.readUInt32LE(12)]));
  };
  const putAside = async (window: number): Promise<void> => {
    const reply = await x.ask(request(20, 0, [window, kind, 0, 0, 1]));
    if (reply.length < 36 || reply.readUInt32LE(32) !== notice || notices.has(window)) return;
    notices.set(window, false);
    await putInto(window, aside);
  };
  const appeared = async (window: number): Promise<void> => {
    await sleep(announcedMs);
    const wanted = (await tabs.look(leadsOut)) === true;
    if (wanted && notices.get(window) === true) await putInto(window, x.root);
  };
  const carryOut = async (message: Buffer): Promise<void> => {
    const [first, window] = [message.readUInt32LE(4), message.readUInt32LE(8)];
    switch (message.readUInt8(0)) {
      case event.created:
        // Only what no window manager places.
        if (message.readUInt8(22) !== 1) return;
        x.send(request(2, 0, [window, attribute.eventMask, mask.property]));
        return putAside(window);
      case event.property:
        return window === kind ? putAside(first) : undefined;
      case event.mapped:
        if (!notices.has(window)) return;
        notices.set(window, true);
        return first === aside ? appeared(window) : undefined;
      case event.unmapped:
        if (!notices.has(window)) return;
        notices.set(window, false);
        return first === x.root ? putInto(window, aside) : undefined;
      case event.destroyed:
        notices.delete(window);
    }
  };
  // A window may be gone by the time that something is asked of it.
  x.on("event", (message) => void carryOut(message).catch(() => undefined));
  x.send(request(2, 0, [x.root, attribute.eventMask, mask.substructure]));
  await x.settled();
}

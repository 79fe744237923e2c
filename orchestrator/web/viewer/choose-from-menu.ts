/** Carries out what was chosen from the right button's menu. */
import type { ViewerMessage } from "../../http/room-contract.ts";
import type { KeyboardInput } from "./keyboard/events.ts";
import type { MenuEntryName } from "./menu-entries.ts";

export interface MenuHands {
  readonly send: (message: ViewerMessage) => void;
  /** As if the keyboard had done it: which copy is the newest is known there. */
  readonly feed: (input: Extract<KeyboardInput, { type: "paste" | "remote-copy" }>) => void;
}

/** False when the terminal's browser does not let its clipboard be read. */
export async function chooseFromMenu(
  name: MenuEntryName,
  { send, feed }: MenuHands,
): Promise<boolean> {
  switch (name) {
    case "back":
    case "forward":
    case "print":
    case "reload":
      send({ type: name });
      return true;
    case "paste":
      try {
        feed(await readClipboard());
        return true;
      } catch {
        // Refused by the person or by policy; the keyboard's own paste needs no leave.
        return false;
      }
    case "copy":
    case "copy-link":
    case "cut":
      feed({ type: "remote-copy" });
      send({ type: "menu", act: name });
      return true;
    case "open-image":
    case "open-link":
    case "select-all":
      send({ type: "menu", act: name });
      return true;
  }
}

async function readClipboard(): Promise<Extract<KeyboardInput, { type: "paste" }>> {
  const text = await navigator.clipboard.readText();
  // Only of a clipboard without text is the kind of any interest.
  const items = text === "" ? await navigator.clipboard.read() : [];
  const otherKinds = items.some(({ types }) => types.some((type) => type !== "text/plain"));
  return { type: "paste", text, otherKinds };
}

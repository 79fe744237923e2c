/**
 * Whole pictures of the active tab for the first moment of a viewer, before its display connection stands:
 * the browser's own screencast, one frame at a time, until the host closes the connection.
 */
import { encodeFrame } from "../../wire/frame.ts";
import { frameType, stillFrameLimitBytes } from "../../wire/control.ts";
import { asNumber, asText, type Cdp, type CdpEvent } from "./cdp.ts";
import { dial } from "./host-link.ts";
import { ignoreGone, type Tabs } from "./tabs.ts";

export async function openStills(cdp: Cdp, tabs: Tabs, stream: string): Promise<void> {
  const host = await dial({ kind: "still", stream });
  let watched: string | undefined;
  /** A frame came while the tab was arriving; it may have been the asked page's only one. */
  let heldBack = false;

  const onEvent = ({ method, params, sessionId }: CdpEvent): void => {
    if (method !== "Page.screencastFrame" || sessionId === undefined) return;
    const acknowledge = (): void =>
      ignoreGone(
        cdp.send(
          "Page.screencastFrameAck",
          { sessionId: asNumber(params["sessionId"]) },
          sessionId,
        ),
      );
    const picture = Buffer.from(asText(params["data"]) ?? "", "base64");
    // Before the asked page has come, only the empty one could be shown.
    heldBack ||= tabs.arriving;
    const send = tabs.active?.sessionId === sessionId && !tabs.arriving;
    if (!send || picture.length === 0 || picture.length > stillFrameLimitBytes) acknowledge();
    else host.write(encodeFrame(frameType.still, picture), acknowledge);
  };
  /** Follows the active tab: the asked page may open in another one. */
  const watch = (): void => {
    const sessionId = tabs.active?.sessionId;
    if (sessionId === watched) return;
    if (watched !== undefined) ignoreGone(cdp.send("Page.stopScreencast", {}, watched));
    watched = sessionId;
    if (sessionId === undefined) return;
    ignoreGone(cdp.send("Page.startScreencast", { format: "jpeg", quality: 80 }, sessionId));
  };

  /** The browser says when it has taken the new page, and may have drawn it before: begun anew, it draws once more. */
  const onArrived = (): void => {
    if (!heldBack) return;
    heldBack = false;
    const stopped = watched;
    watched = undefined;
    if (stopped !== undefined) ignoreGone(cdp.send("Page.stopScreencast", {}, stopped));
    watch();
  };

  cdp.on("event", onEvent);
  tabs.on("active", watch);
  tabs.on("arrived", onArrived);
  watch();
  host.once("close", () => {
    cdp.off("event", onEvent);
    tabs.off("active", watch);
    tabs.off("arrived", onArrived);
    if (watched !== undefined) ignoreGone(cdp.send("Page.stopScreencast", {}, watched));
  });
  host.on("error", () => host.destroy());
  // The host says nothing on this connection; reading finds its end.
  host.resume();
}

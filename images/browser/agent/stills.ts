/**
 * Whole pictures of the active tab for the first moment of a viewer, before its display connection stands:
 * the browser's own screencast, one frame at a time, until the host closes the connection. The browser has
 * one screencast for a tab, so all connections share it: one that ends must not end another's.
 */
import type { Socket } from "node:net";
import { encodeFrame } from "../../wire/frame.ts";
import { frameType, stillFrameLimitBytes } from "../../wire/control.ts";
import { asNumber, asText, type Cdp, type CdpEvent } from "./cdp.ts";
import { dial } from "./host-link.ts";
import { ignoreGone, type Tabs } from "./tabs.ts";

export class Stills {
  readonly #cdp: Cdp;
  readonly #tabs: Tabs;
  readonly #hosts = new Set<Socket>();
  /** The tab whose screencast runs or has just been asked for. */
  #watched: string | undefined;
  /** A frame came, or was asked for, while the tab was arriving; it may have been the asked page's only one. */
  #heldBack = false;

  constructor(cdp: Cdp, tabs: Tabs) {
    this.#cdp = cdp;
    this.#tabs = tabs;
    cdp.on("event", (event) => this.#onEvent(event));
    tabs.on("active", () => this.#watch());
    // The browser says when it has taken the new page, and may have drawn it before.
    tabs.on("arrived", () => this.#heldBack && this.#drawAnew());
  }

  async open(stream: string): Promise<void> {
    const host = await dial({ kind: "still", stream });
    this.#hosts.add(host);
    host.once("close", () => {
      this.#hosts.delete(host);
      this.#watch();
    });
    host.on("error", () => host.destroy());
    // The host says nothing on this connection; reading finds its end.
    host.resume();
    this.#drawAnew();
  }

  #onEvent({ method, params, sessionId }: CdpEvent): void {
    if (this.#hosts.size === 0 || sessionId === undefined) return;
    if (method !== "Page.screencastFrame") {
      this.#watch();
      return;
    }
    const number = asNumber(params["sessionId"]);
    const acknowledge = (): void =>
      ignoreGone(this.#cdp.send("Page.screencastFrameAck", { sessionId: number }, sessionId));
    // Before the asked page has come, only the empty one could be shown.
    this.#heldBack ||= this.#tabs.arriving;
    const send = this.#tabs.active?.sessionId === sessionId && !this.#tabs.arriving;
    const picture = Buffer.from(send ? (asText(params["data"]) ?? "") : "", "base64");
    if (picture.length === 0 || picture.length > stillFrameLimitBytes) acknowledge();
    else this.#write(encodeFrame(frameType.still, picture), acknowledge);
  }

  /** `written` once every host has taken it, or has gone. */
  #write(frame: Buffer, written: () => void): void {
    let waiting = this.#hosts.size;
    for (const host of this.#hosts)
      host.write(frame, () => {
        waiting -= 1;
        if (waiting === 0) written();
      });
  }

  /**
   * Follows the active tab: the asked page may open in another one. While a document takes another's place a
   * tab refuses to be cast; it is asked again with each event of a page, of which more follow.
   */
  #watch(): void {
    // Only the empty page could be cast, and to cast it takes time from the one that is coming.
    if (this.#tabs.arriving && this.#watched === undefined) {
      this.#heldBack = true;
      return;
    }
    const wanted = this.#hosts.size > 0 ? this.#tabs.active?.sessionId : undefined;
    if (wanted === this.#watched) return;
    this.#stop();
    this.#watched = wanted;
    if (wanted === undefined) return;
    this.#cdp.send("Page.startScreencast", { format: "jpeg", quality: 80 }, wanted).catch(() => {
      if (this.#watched === wanted) this.#watched = undefined;
    });
  }

  /** A screencast that begins draws what is there, also when nothing changes any more. */
  #drawAnew(): void {
    this.#heldBack = false;
    this.#stop();
    this.#watch();
  }

  #stop(): void {
    if (this.#watched === undefined) return;
    ignoreGone(this.#cdp.send("Page.stopScreencast", {}, this.#watched));
    this.#watched = undefined;
  }
}

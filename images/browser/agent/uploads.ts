/**
 * 持ち出し: files of the terminal for a page's own file chooser. The browser shows none; the host hears that a
 * page asks, sends what it has let through, and says when that is all. Names of files here are ours, in a
 * folder per chooser, so that no name from outside becomes a path.
 */
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { FromAgent, ToAgent } from "../../wire/control.ts";
import { asNumber, asText, type Cdp, type CdpEvent } from "./cdp.ts";
import { dial } from "./host-link.ts";
import { uploadDirectory } from "./processes.ts";

interface Chooser {
  readonly sessionId: string;
  readonly backendNodeId: number;
  readonly directory: string;
  /** Paths in the order they were announced; a file that did not arrive whole is left out. */
  readonly files: Promise<string | undefined>[];
}

/** More open questions than a person could answer; the oldest is forgotten. */
const openChoosers = 8;

export class Uploads {
  readonly #cdp: Cdp;
  readonly #report: (message: FromAgent) => void;
  readonly #choosers = new Map<number, Chooser>();
  #lastId = 0;

  constructor(cdp: Cdp, report: (message: FromAgent) => void) {
    this.#cdp = cdp;
    this.#report = report;
    cdp.on("event", (event) => this.#onEvent(event));
  }

  #onEvent({ method, params, sessionId }: CdpEvent): void {
    if (method !== "Page.fileChooserOpened" || sessionId === undefined) return;
    const backendNodeId = asNumber(params["backendNodeId"]);
    // Choosers that no field stands behind (the file system API) are refused by policy already.
    if (backendNodeId === 0) return;
    const chooser = ++this.#lastId;
    const directory = `${uploadDirectory}/${String(chooser)}`;
    this.#choosers.set(chooser, { sessionId, backendNodeId, directory, files: [] });
    const [oldest] = this.#choosers.keys();
    if (this.#choosers.size > openChoosers && oldest !== undefined) this.#choosers.delete(oldest);
    this.#report({
      type: "file-chooser",
      chooser,
      multiple: asText(params["mode"]) === "selectMultiple",
    });
  }

  /** Fetches one file that the host has let through. */
  async receive({
    chooser,
    stream,
    name,
  }: Extract<ToAgent, { type: "open-upload" }>): Promise<void> {
    const asked = this.#choosers.get(chooser);
    if (!asked) return;
    const place = `${asked.directory}/${String(asked.files.length)}`;
    const arrived = this.#fetch(stream, place, `${place}/${name}`);
    asked.files.push(arrived);
    await arrived;
  }

  async #fetch(stream: string, directory: string, path: string): Promise<string | undefined> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const host = await dial({ kind: "upload", stream });
      await pipeline(host, createWriteStream(path, { mode: 0o600, flags: "wx" }));
      return path;
    } catch (error) {
      process.stderr.write(`upload: ${String(error)}\n`);
      await rm(directory, { recursive: true, force: true });
      return undefined;
    }
  }

  /** Gives the page what has arrived; nothing when the person chose nothing. */
  async give({ chooser }: Extract<ToAgent, { type: "choose-files" }>): Promise<void> {
    const asked = this.#choosers.get(chooser);
    this.#choosers.delete(chooser);
    if (!asked) return;
    const files = (await Promise.all(asked.files)).filter((each) => each !== undefined);
    if (files.length === 0) return;
    const { backendNodeId, sessionId } = asked;
    await this.#cdp.send("DOM.setFileInputFiles", { files, backendNodeId }, sessionId);
  }
}

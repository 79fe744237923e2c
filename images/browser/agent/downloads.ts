/**
 * Every download lands in a folder of the container's own memory under the browser's id, is handed to
 * the host over a connection of its own, and is removed here. Names are the host's business.
 */
import { createReadStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { FromAgent } from "../../wire/control.ts";
import { asNumber, asText, type Cdp, type CdpObject } from "./cdp.ts";
import { dialPatiently, type Patience } from "./host-link.ts";
import { downloadDirectory } from "./processes.ts";

interface Begun {
  readonly name: string;
  readonly url: string;
}

type Report = (message: FromAgent) => void;

export async function handOverDownloads(cdp: Cdp, report: Report): Promise<void> {
  const begun = new Map<string, Begun>();
  cdp.on("event", ({ method, params }) => {
    if (method === "Browser.downloadWillBegin") {
      begun.set(asText(params["guid"]) ?? "", {
        name: (asText(params["suggestedFilename"]) ?? "").slice(0, 1024),
        url: (asText(params["url"]) ?? "").slice(0, 8192),
      });
    }
    if (method === "Browser.downloadProgress") progress(begun, params, report);
  });
  await cdp.send("Browser.setDownloadBehavior", {
    behavior: "allowAndName",
    downloadPath: downloadDirectory,
    eventsEnabled: true,
  });
}

function progress(begun: Map<string, Begun>, params: CdpObject, report: Report): void {
  const guid = asText(params["guid"]) ?? "";
  const download = begun.get(guid);
  if (!download) return;
  const state = params["state"];
  report({
    type: "receiving",
    guid,
    ...download,
    receivedBytes: asNumber(params["receivedBytes"]),
    totalBytes: Math.max(0, asNumber(params["totalBytes"])),
    state: state === "completed" ? "completed" : state === "canceled" ? "canceled" : "in-progress",
  });
  if (state === "inProgress") return;
  begun.delete(guid);
  if (state !== "completed" || !/^[A-Za-z0-9-]{1,64}$/.test(guid)) return;
  handOver(`${downloadDirectory}/${guid}`, download).catch((error: unknown) =>
    process.stderr.write(`download: ${String(error)}\n`),
  );
}

/** The file is gone afterwards, also when nobody came for it. */
export async function handOver(path: string, download: Begun, wait?: Patience): Promise<void> {
  try {
    const { size } = await stat(path);
    const host = await dialPatiently({ kind: "download", ...download, size }, wait);
    await pipeline(createReadStream(path), host);
  } finally {
    await rm(path, { force: true });
  }
}

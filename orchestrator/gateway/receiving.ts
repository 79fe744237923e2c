/** A download that the browser is fetching, or could not fetch to its end, as the tray shows it. Pure. */
import type { FromAgent } from "../../images/wire/control.ts";
import type { Download } from "../http/file-contract.ts";

type Receiving = Extract<FromAgent, { type: "receiving" }>;

// Control and bidirectional-override characters would let a name show as something else.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu;

export function receivingView(message: Receiving): Download {
  const name = message.name.replace(unprintable, "").replace(/[/\\]/g, "_").slice(0, 200);
  return {
    id: `browser-${message.guid}`,
    name: name === "" ? "download" : name,
    sizeBytes: message.receivedBytes,
    ...(message.state === "canceled" ? cut : arriving(message)),
    removed: [],
    releasable: false,
    receivedAt: new Date().toISOString(),
  };
}

function arriving({ receivedBytes, totalBytes }: Receiving) {
  return {
    stage: "receiving" as const,
    ...(totalBytes > 0 ? { progress: Math.min(1, receivedBytes / totalBytes) } : {}),
    messageJa: "受信しています。",
    messageEn: "Receiving.",
  };
}

/** The site, the way to it or the proxy broke it off; whoever waits must not wait for ever. */
const cut = {
  stage: "done" as const,
  verdict: "failed" as const,
  reason: "incomplete",
  messageJa: "受信が途中で切れました。もう一度ダウンロードしてください。",
  messageEn: "The transfer was cut off. Please download the file again.",
};

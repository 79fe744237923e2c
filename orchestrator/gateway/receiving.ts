/** A download that the browser is still fetching, as the tray shows it. Pure. */
import type { FromAgent } from "../../images/wire/control.ts";
import type { Download } from "../http/contract.ts";

type Receiving = Extract<FromAgent, { type: "receiving" }>;

// Control and bidirectional-override characters would let a name show as something else.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu;

export function receivingView(message: Receiving): Download {
  const name = message.name.replace(unprintable, "").replace(/[/\\]/g, "_").slice(0, 200);
  return {
    id: `browser-${message.guid}`,
    name: name === "" ? "download" : name,
    sizeBytes: message.receivedBytes,
    stage: "receiving",
    ...(message.totalBytes > 0
      ? { progress: Math.min(1, message.receivedBytes / message.totalBytes) }
      : {}),
    removed: [],
    messageJa: "受信しています。",
    messageEn: "Receiving.",
    releasable: false,
    receivedAt: new Date().toISOString(),
  };
}

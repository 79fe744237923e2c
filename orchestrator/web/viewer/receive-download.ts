/** A released file that comes into the terminal's own Downloads without a press. */
import type { Download } from "../../http/file-contract.ts";
import { saveToTerminal } from "../base/save-to-terminal.ts";

export function receiveDownload({ id, name }: Pick<Download, "id" | "name">): void {
  saveToTerminal(`/api/downloads/${encodeURIComponent(id)}`, name).catch(() => {
    // Too old, or the connection broke: the tray has the file, and its button says why it cannot.
  });
}

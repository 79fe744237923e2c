/**
 * A page that was printed, cleaned and released: shown to the terminal's own print dialog from a hidden
 * frame. Where the terminal's browser does not print PDF from a frame, it is saved as a file instead.
 */
import type { Download } from "../../http/file-contract.ts";
import { saveLinkOf } from "../base/save-to-terminal.ts";
import { receiveDownload } from "./receive-download.ts";

let frame: HTMLIFrameElement | null = null;
let shown = "";

export async function printDownload(download: Pick<Download, "id" | "name">): Promise<void> {
  try {
    const answer = await fetch(
      await saveLinkOf(`/api/downloads/${encodeURIComponent(download.id)}`),
    );
    if (!answer.ok) throw new Error(String(answer.status));
    const pdf = new Blob([await answer.arrayBuffer()], { type: "application/pdf" });
    show(pdf, () => receiveDownload(download));
  } catch {
    // Too old, or the connection broke: the tray has it and says so.
    receiveDownload(download);
  }
}

function show(pdf: Blob, otherwise: () => void): void {
  frame?.remove();
  if (shown !== "") URL.revokeObjectURL(shown);
  shown = URL.createObjectURL(pdf);
  const made = document.createElement("iframe");
  made.dataset["testid"] = "print-frame";
  made.dataset["bytes"] = String(pdf.size);
  made.ariaHidden = "true";
  made.tabIndex = -1;
  made.className = "print-frame";
  made.addEventListener("load", () => {
    try {
      made.contentWindow?.focus();
      made.contentWindow?.print();
      made.dataset["printed"] = "true";
    } catch {
      // A frame of the PDF viewer's own origin cannot be told to print: the person has the file instead.
      otherwise();
    }
  });
  made.src = shown;
  document.body.append(made);
  frame = made;
}

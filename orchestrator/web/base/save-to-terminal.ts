/** Brings files that may leave into the terminal's own Downloads, one after the other, each by a link that opens once. */
import type { SaveLink } from "../../http/file-contract.ts";
import { call } from "./api.ts";

/** Browsers take several files at once for an attack and may drop one; a moment apart they arrive. */
const betweenFilesMs = 400;
let turn: Promise<unknown> = Promise.resolve();

/** @param file `/api/downloads/…` or `/api/approvals/…` */
export async function saveLinkOf(file: string): Promise<string> {
  return (await call<SaveLink>("POST", `${file}/link`)).url;
}

/**
 * Done when the terminal's browser has been told to fetch it. Fails as `call`.
 * @param file as for saveLinkOf
 * @param name what an interrupted attempt shows; the server names the file
 */
export function saveToTerminal(file: string, name: string): Promise<void> {
  const saved = turn.then(() => follow(file, name));
  turn = saved.then(pause, () => undefined);
  return saved;
}

const pause = (): Promise<void> =>
  new Promise((resolve) => window.setTimeout(resolve, betweenFilesMs));

async function follow(file: string, name: string): Promise<void> {
  const link = document.createElement("a");
  link.href = await saveLinkOf(file);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

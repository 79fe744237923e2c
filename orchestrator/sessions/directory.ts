/**
 * One session's directory under the run directory. Root owns it, so neither the container (which sees it
 * read-only) nor the proxy can put anything beside control.sock; only `egress/` belongs to the proxy.
 * The setgid bits give every socket the session's own group.
 */
import { chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "../base/remove-tree.ts";
import type { ViewSize } from "./types.ts";

export interface SessionDirectory {
  readonly path: string;
  readonly controlSocket: string;
  readonly proxySocket: string;
}

export function sessionDirectory(root: string, id: string): SessionDirectory {
  const path = join(root, id);
  return {
    path,
    controlSocket: join(path, "control.sock"),
    proxySocket: join(path, "egress", "proxy.sock"),
  };
}

export async function makeSessionDirectory(
  directory: SessionDirectory,
  owner: { readonly gid: number; readonly proxyUid: number },
  chromiumPolicy: string,
  /** Of the display from its first moment; the agent's own default when nothing is known. */
  size?: ViewSize,
): Promise<void> {
  await mkdir(directory.path);
  await chown(directory.path, 0, owner.gid);
  await chmod(directory.path, 0o2750);
  const egress = join(directory.path, "egress");
  await mkdir(egress);
  await chown(egress, owner.proxyUid, owner.gid);
  await chmod(egress, 0o2750);
  const files = {
    "chromium-policy.json": chromiumPolicy,
    ...(size && { "display.json": JSON.stringify(size) }),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory.path, name);
    await writeFile(path, text, { mode: 0o640 });
    await chown(path, 0, owner.gid);
  }
  // The proxy walks through to its own folder and sees nothing else.
  await chmod(directory.path, 0o2751);
}

export async function removeSessionDirectory(directory: SessionDirectory): Promise<void> {
  await removeTree(directory.path);
}

/**
 * Passwords of parent proxies, each alone in a file of the secrets folder. One that cannot be used is left
 * out, with a line in the log: its traffic is then refused. A password never reaches a message or an error.
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import type { CompiledPolicy } from "../../policies/compiled.ts";
import type { Log } from "../base/log.ts";

/** By id of the parent. */
export type ParentSecrets = Readonly<Record<string, string>>;

const maxBytes = 1024;

export async function readParentSecrets(
  folder: string,
  { parents }: Pick<CompiledPolicy, "parents">,
  log: Log,
): Promise<ParentSecrets> {
  const secrets: Record<string, string> = {};
  for (const { id, auth } of parents) {
    if (!auth) continue;
    const found = await readSecret(folder, auth.passwordFile);
    if (found.ok) secrets[id] = found.secret;
    else {
      const { reason } = found;
      log.error({ event: "parent-secret", outcome: "failure", parent: id, reason });
    }
  }
  return secrets;
}

type Found =
  | { readonly ok: true; readonly secret: string }
  | { readonly ok: false; reason: string };

async function readSecret(folder: string, name: string): Promise<Found> {
  const no = (reason: string) => ({ ok: false, reason }) as const;
  if (basename(name) !== name || name === "..") return no("not a name in the secrets folder");
  try {
    // A link would let the policy's author pick any file of the machine.
    await using file = await open(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW);
    const { mode, size } = await file.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) return no("not a file");
    if ((mode & 0o077) !== 0) return no("readable to others: chmod 600");
    if (size > maxBytes) return no("longer than 1024 bytes");
    const secret = (await file.readFile("utf8")).replace(/\r?\n$/, "");
    return /^[^\p{Cc}]+$/u.test(secret) ? { ok: true, secret } : no("empty, or more than one line");
  } catch (error) {
    return no(error instanceof Error && "code" in error ? String(error.code) : "unreadable");
  }
}

/** One server certificate for one name, for a key that the signer never sees the private half of. */
import { algorithm, backdateMs } from "../../orchestrator/base/certificates/keys.ts";
import { signServerCertificate } from "../../orchestrator/base/certificates/server-certificate.ts";
import { parseHost } from "../../policies/guards/host-port.ts";
import type { Authority } from "./authority.ts";

/** A day: what leaks is soon worthless. */
const validMs = 24 * 60 * 60 * 1000;

export type Minted =
  | { readonly ok: true; readonly der: Buffer; readonly serial: string; readonly notAfter: number }
  | { readonly ok: false; readonly reason: "host" | "excluded" | "expired" | "key" };

const hostRules = { ipLiterals: "deny", singleLabel: "deny" } as const;

/** @param excluded names that are refused together with everything below them */
export async function mint(
  authority: Authority,
  untrusted: { readonly host: string; readonly publicKey: Buffer },
  excluded: readonly string[],
  now: number,
): Promise<Minted> {
  const parsed = parseHost(untrusted.host, hostRules);
  // Only the canonical spelling: what was judged and what is signed must be the same text.
  if (!parsed.ok || parsed.host !== untrusted.host) return { ok: false, reason: "host" };
  const { host } = parsed;
  if (excluded.some((name) => host === name || host.endsWith(`.${name}`))) {
    return { ok: false, reason: "excluded" };
  }
  const { certificate } = authority;
  const isValid = certificate.notBefore.getTime() <= now && now < certificate.notAfter.getTime();
  if (!isValid) return { ok: false, reason: "expired" };
  const publicKey = await crypto.subtle
    .importKey("spki", Uint8Array.from(untrusted.publicKey), algorithm, true, ["verify"])
    .catch(() => undefined);
  if (!publicKey) return { ok: false, reason: "key" };
  const notAfter = Math.min(now + validMs, certificate.notAfter.getTime());
  const leaf = await signServerCertificate(authority, {
    subject: "CN=Hanare",
    names: [host],
    publicKey,
    notBefore: new Date(Math.max(now - backdateMs, certificate.notBefore.getTime())),
    notAfter: new Date(notAfter),
  });
  return { ok: true, der: Buffer.from(leaf.rawData), serial: leaf.serialNumber, notAfter };
}

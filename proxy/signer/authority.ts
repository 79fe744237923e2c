/**
 * The signer's certificate authorities: made once per installation, kept beside the other keys, readable by
 * root alone. Each may sign server certificates only, and none for the names and addresses that must never
 * be impersonated (name constraints). The one for isolated browsers is renewed by itself, because they get
 * it anew with every session; the one for terminals is not, because Group Policy hands it out.
 */
// What @peculiar/x509 needs and does not bring.
import "reflect-metadata";
import { isIP } from "node:net";
import { join } from "node:path";
import { Extension } from "@peculiar/x509";
import {
  type CertificateAuthority,
  makeAuthority,
  readAuthority,
} from "../../orchestrator/base/certificates/authority.ts";
import type { AuthorityKind } from "./ipc.ts";

export interface Authority extends CertificateAuthority {
  readonly kind: AuthorityKind;
}

const dayMs = 24 * 60 * 60 * 1000;
const validMs: Readonly<Record<AuthorityKind, number>> = {
  session: 2 * 365 * dayMs,
  terminal: 5 * 365 * dayMs,
};
const renewBeforeMs = 30 * dayMs;

const subjects: Readonly<Record<AuthorityKind, string>> = {
  session: "CN=Hanare refusal pages (isolated browsers), O=Hanare",
  terminal: "CN=Hanare redirects (terminals), O=Hanare",
};

const authorityFile = (keysDir: string, kind: AuthorityKind): string =>
  join(keysDir, kind === "session" ? "session-ca" : "redirect-ca");

/** Nothing refused is ever one of these, so no certificate for them is ever needed. */
export const neverMinted: readonly string[] = ["localhost", "local", "internal", "lgwan.jp"];

/**
 * Reads the authority or makes it. A certificate without its key is damage, and an error.
 *
 * @param excluded names of the portal and others; addresses among them are excluded with all others
 */
export async function ensureAuthority(
  keysDir: string,
  kind: AuthorityKind,
  excluded: readonly string[],
  now: number,
): Promise<Authority> {
  const file = authorityFile(keysDir, kind);
  const known = await readAuthority(file);
  const isKept =
    kind === "terminal" || (known && known.certificate.notAfter.getTime() - now >= renewBeforeMs);
  if (known && isKept) return { kind, ...known };
  const names = [...neverMinted, ...excluded.filter((name) => isIP(name) === 0)];
  const made = await makeAuthority(
    file,
    {
      name: subjects[kind],
      validMs: validMs[kind],
      extensions: [nameConstraints([...new Set(names)])],
    },
    now,
  );
  return { kind, ...made };
}

/** RFC 5280 4.2.1.10, excluded subtrees only: the names given with all below them, and every address. */
function nameConstraints(names: readonly string[]): Extension {
  const subtree = (tag: number, value: Buffer) => tlv(0x30, tlv(tag, value));
  const dnsName = 0x82;
  const ipAddress = 0x87;
  const excluded = Buffer.concat([
    ...names.map((name) => subtree(dnsName, Buffer.from(name, "ascii"))),
    subtree(ipAddress, Buffer.alloc(8)),
    subtree(ipAddress, Buffer.alloc(32)),
  ]);
  const critical = true;
  return new Extension("2.5.29.30", critical, tlv(0x30, tlv(0xa1, excluded)));
}

function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

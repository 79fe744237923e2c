/**
 * The signer's certificate authorities: made once per installation, kept beside the other keys, readable by
 * root alone. Each may sign server certificates only, and none for the names and addresses that must never
 * be impersonated (name constraints). The one for isolated browsers is renewed by itself, because they get
 * it anew with every session; the one for terminals is not, because Group Policy hands it out.
 */
// What @peculiar/x509 needs and does not bring.
import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { AuthorityKind } from "./ipc.ts";

export interface Authority {
  readonly kind: AuthorityKind;
  readonly certificate: X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

export const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
export const backdateMs = 60 * 60 * 1000;
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
  const certificatePem = await readIfThere(`${file}.crt`);
  if (certificatePem === undefined) return makeAuthority(file, kind, excluded, now);
  const certificate = new X509Certificate(certificatePem);
  if (kind === "session" && certificate.notAfter.getTime() - now < renewBeforeMs) {
    return makeAuthority(file, kind, excluded, now);
  }
  const keyPem = await readIfThere(`${file}.key`);
  if (keyPem === undefined) throw new Error(`${file}.key is missing`);
  const der = PemConverter.decodeFirst(keyPem);
  const key = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  return { kind, certificate, key };
}

async function makeAuthority(
  file: string,
  kind: AuthorityKind,
  excluded: readonly string[],
  now: number,
): Promise<Authority> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: subjects[kind],
    notBefore: new Date(now - backdateMs),
    notAfter: new Date(now + validMs[kind]),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      nameConstraints([
        ...new Set([...neverMinted, ...excluded.filter((name) => isIP(name) === 0)]),
      ]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const keyPem = PemConverter.encode(
    await crypto.subtle.exportKey("pkcs8", keys.privateKey),
    "PRIVATE KEY",
  );
  // The key first: a certificate is only there when its key is.
  await replace(`${file}.key`, `${keyPem}\n`, 0o600);
  await replace(`${file}.crt`, `${certificate.toString("pem")}\n`, 0o644);
  return { kind, certificate, key: keys.privateKey };
}

/** 127 random bits, never zero, never negative. */
export function newSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
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

async function replace(path: string, text: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * The site's own certificate authority: made once, ten years, handed to terminals by Group Policy. It may
 * sign server certificates only (path length 0); its key never leaves the keys folder.
 */
// What @peculiar/x509 needs and does not bring.
import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { join } from "node:path";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { readPem, writePem } from "./pem-files.ts";

type CryptoKey = webcrypto.CryptoKey;

export interface SiteCa {
  readonly certificate: X509Certificate;
  readonly key: CryptoKey;
}

export const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const tenYearsMs = 3652 * 24 * 60 * 60 * 1000;
/** Terminals whose clock is a little behind accept a fresh certificate. */
export const backdateMs = 60 * 60 * 1000;

export async function exportKey(key: CryptoKey): Promise<string> {
  return `${PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

/** 127 random bits, never zero, never negative. */
export function newSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

async function makeCa(name: string): Promise<{ ca: SiteCa; keyPem: string }> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: `CN=Hanare Site CA ${name}, O=Hanare`,
    notBefore: new Date(Date.now() - backdateMs),
    notAfter: new Date(Date.now() + tenYearsMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { ca: { certificate, key: keys.privateKey }, keyPem: await exportKey(keys.privateKey) };
}

/** Reads the authority, or makes it when neither file is there. One file without the other is damage, not absence. */
export async function ensureSiteCa(keysDir: string, name: string): Promise<SiteCa> {
  const certificateFile = join(keysDir, "site-ca.crt");
  const keyFile = join(keysDir, "site-ca.key");
  const [certificatePem, keyPem] = await Promise.all([readPem(certificateFile), readPem(keyFile)]);
  // The certificate is written last: a key alone is a break in between, and nothing was signed with it yet.
  if (certificatePem === undefined) {
    const made = await makeCa(name);
    await writePem(keyFile, made.keyPem, 0o600);
    await writePem(certificateFile, `${made.ca.certificate.toString("pem")}\n`, 0o644);
    return made.ca;
  }
  if (keyPem === undefined) throw new Error("site-ca.key is missing");
  const key = await crypto.subtle.importKey(
    "pkcs8",
    PemConverter.decodeFirst(keyPem),
    algorithm,
    false,
    ["sign"],
  );
  return { certificate: new X509Certificate(certificatePem), key };
}

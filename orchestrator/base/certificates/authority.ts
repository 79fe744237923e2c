/**
 * A certificate authority in two files, NAME.crt for everybody and NAME.key for root. It may sign server
 * certificates only (path length 0). The key is written first: a certificate is only there when its key is, so
 * a certificate without one is damage, and a key alone a break in between that signed nothing yet.
 */
// What @peculiar/x509 needs and does not bring.
import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { algorithm, backdateMs, makeKeys, newSerial, pemOfKey } from "./keys.ts";
import { readPem, writePem } from "./pem-files.ts";

export interface CertificateAuthority {
  readonly certificate: X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

export interface AuthorityFacts {
  readonly name: string;
  readonly validMs: number;
  /** Also signs lists of what it took back. */
  readonly signsLists?: boolean;
  readonly extensions?: readonly Extension[];
}

/** @param file path without its ending. Undefined when there is none; throws for a certificate without key. */
export async function readAuthority(file: string): Promise<CertificateAuthority | undefined> {
  const certificatePem = await readPem(`${file}.crt`);
  if (certificatePem === undefined) return undefined;
  const keyPem = await readPem(`${file}.key`);
  if (keyPem === undefined) throw new Error(`${file}.key is missing`);
  const der = PemConverter.decodeFirst(keyPem);
  const key = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  return { certificate: new X509Certificate(certificatePem), key };
}

/** Makes one and writes it, in place of what may be there. */
export async function makeAuthority(
  file: string,
  { name, validMs, signsLists = false, extensions = [] }: AuthorityFacts,
  now: number,
): Promise<CertificateAuthority> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name,
    notBefore: new Date(now - backdateMs),
    notAfter: new Date(now + validMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      signsLists
        ? new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)
        : new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      ...extensions,
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  await writePem(`${file}.key`, await pemOfKey(keys.privateKey), 0o600);
  await writePem(`${file}.crt`, `${certificate.toString("pem")}\n`, 0o644);
  return { certificate, key: keys.privateKey };
}

/**
 * The portal's certificate: 397 days, the longest browsers take; renewed when less than 30 are left, when
 * the names of this host changed, or when the authority did.
 */
// What @peculiar/x509 needs and does not bring.
import "reflect-metadata";
import { createPrivateKey, X509Certificate as NodeCertificate } from "node:crypto";
import { hostname } from "node:os";
import { isIP } from "node:net";
import { join } from "node:path";
import { SubjectAlternativeNameExtension, X509Certificate } from "@peculiar/x509";
import type { CertificateAuthority } from "../../orchestrator/base/certificates/authority.ts";
import { backdateMs, makeKeys, pemOfKey } from "../../orchestrator/base/certificates/keys.ts";
import { readPem, writePem } from "../../orchestrator/base/certificates/pem-files.ts";
import { signServerCertificate } from "../../orchestrator/base/certificates/server-certificate.ts";
import { hostAddresses } from "./host-addresses.ts";

const dayMs = 24 * 60 * 60 * 1000;
const validMs = 397 * dayMs;
const renewBeforeMs = 30 * dayMs;

/** Every name and address terminals may use: what the machine calls itself and what the configuration adds. */
export function portalNames(configured: readonly string[]): string[] {
  const names = [
    "localhost",
    "127.0.0.1",
    "::1",
    hostname().toLowerCase(),
    ...hostAddresses().map(({ address }) => address),
    ...configured.map((name) => name.toLowerCase()),
  ];
  return [...new Set(names)].sort();
}

/** IPv6 addresses in one spelling, so that names compare. */
function normal(name: string): string {
  return isIP(name) === 6 ? new URL(`http://[${name}]/`).hostname.slice(1, -1) : name.toLowerCase();
}

function namesOf(certificate: X509Certificate): string[] {
  const found = certificate.getExtension(SubjectAlternativeNameExtension);
  return (found?.names.items ?? []).map(({ value }) => normal(value)).sort();
}

/** Why the certificate must be made anew, or undefined when it is good. */
export async function whyRenew(
  certificate: X509Certificate,
  ca: CertificateAuthority,
  names: readonly string[],
  now: number,
): Promise<string | undefined> {
  if (certificate.notAfter.getTime() - now < renewBeforeMs) return "expiry";
  if (certificate.notBefore.getTime() > now) return "not yet valid";
  if (namesOf(certificate).join() !== names.map(normal).sort().join()) return "names";
  const signed = await certificate.verify({ publicKey: ca.certificate, signatureOnly: true });
  return signed ? undefined : "authority";
}

async function makeCertificate(
  ca: CertificateAuthority,
  names: readonly string[],
): Promise<{ certificate: X509Certificate; keyPem: string }> {
  const keys = await makeKeys();
  const notBefore = new Date(Date.now() - backdateMs);
  const certificate = await signServerCertificate(ca, {
    subject: "CN=Hanare portal, O=Hanare",
    names,
    publicKey: keys.publicKey,
    notBefore,
    notAfter: new Date(notBefore.getTime() + validMs),
  });
  return { certificate, keyPem: await pemOfKey(keys.privateKey) };
}

/**
 * `server.crt` (with the authority's certificate behind it) and `server.key`. Returns why it was renewed,
 * or undefined. The key is written first: a break in between shows as a mismatch and is made anew.
 */
export async function ensureServerCertificate(
  keysDir: string,
  ca: CertificateAuthority,
  names: readonly string[],
): Promise<string | undefined> {
  const certificateFile = join(keysDir, "server.crt");
  const keyFile = join(keysDir, "server.key");
  const [certificatePem, keyPem] = await Promise.all([readPem(certificateFile), readPem(keyFile)]);
  let why: string | undefined = "new";
  if (certificatePem !== undefined && keyPem !== undefined) {
    const certificate = new X509Certificate(certificatePem);
    why = matches(certificate, keyPem) ? await whyRenew(certificate, ca, names, Date.now()) : "key";
  }
  if (why === undefined) return undefined;
  const made = await makeCertificate(ca, names);
  await writePem(keyFile, made.keyPem, 0o600);
  await writePem(
    certificateFile,
    `${made.certificate.toString("pem")}\n${ca.certificate.toString("pem")}\n`,
    0o644,
  );
  return why;
}

function matches(certificate: X509Certificate, keyPem: string): boolean {
  return new NodeCertificate(certificate.toString("pem")).checkPrivateKey(createPrivateKey(keyPem));
}

/** A throw-away server certificate for tests that listen on https. */
// What @peculiar/x509 needs and does not bring.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

export interface TestCertificate {
  /** PEM. */
  readonly key: string;
  /** PEM; self-signed, so it is its own authority. */
  readonly cert: string;
}

/**
 * For 127.0.0.1 and these names.
 *
 * @param leftMs until it expires; negative is expired already
 */
export async function makeTestCertificate(
  names: readonly string[] = ["localhost"],
  leftMs = 3_600_000,
): Promise<TestCertificate> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=hanare test",
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - 7_200_000),
    notAfter: new Date(now + leftMs),
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: "dns", value }) as const),
        { type: "ip", value: "127.0.0.1" },
      ]),
    ],
  });
  return {
    key: x509.PemConverter.encode(
      await crypto.subtle.exportKey("pkcs8", keys.privateKey),
      "PRIVATE KEY",
    ),
    cert: certificate.toString("pem"),
  };
}

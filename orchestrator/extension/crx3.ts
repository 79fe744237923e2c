/**
 * The CRX3 container: a zip behind a header that carries a public key and a signature over header and zip
 * (Chromium: components/crx_file/crx3.proto). Pure. The extension's id is the hash of that public key.
 */
import { createHash, createPublicKey, createSign, type KeyObject } from "node:crypto";

const magic = "Cr24";
const formatVersion = 3;
const signatureContext = "CRX3 SignedData\x00";
/** Field numbers of CrxFileHeader, AsymmetricKeyProof and SignedData. */
const field = { rsaProof: 2, signedData: 10_000, publicKey: 1, signature: 2, crxId: 1 } as const;

function publicKeyOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: "spki", format: "der" });
}

function idBytes(key: KeyObject): Buffer {
  return createHash("sha256").update(publicKeyOf(key)).digest().subarray(0, 16);
}

/** 32 letters from a to p, as browsers and policies write it. */
export function extensionId(key: KeyObject): string {
  return idBytes(key)
    .toString("hex")
    .replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
}

/** @param key RSA private key */
export function packCrx(zip: Buffer, key: KeyObject): Buffer {
  const signedData = lengthDelimited(field.crxId, idBytes(key));
  const signature = createSign("sha256")
    .update(signatureContext, "latin1")
    .update(uint32(signedData.length))
    .update(signedData)
    .update(zip)
    .sign(key);
  const proof = Buffer.concat([
    lengthDelimited(field.publicKey, publicKeyOf(key)),
    lengthDelimited(field.signature, signature),
  ]);
  const header = Buffer.concat([
    lengthDelimited(field.rsaProof, proof),
    lengthDelimited(field.signedData, signedData),
  ]);
  return Buffer.concat([
    Buffer.from(magic, "latin1"),
    uint32(formatVersion),
    uint32(header.length),
    header,
    zip,
  ]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Protocol buffers, wire type 2. */
function lengthDelimited(number: number, value: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

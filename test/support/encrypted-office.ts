/** Locks a package with a password the way Office does (MS-OFFCRYPTO agile, and the older standard way), for tests. */
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { compoundFile } from "./compound-file.ts";

const sha = (name: string, ...parts: Buffer[]): Buffer =>
  createHash(name).update(Buffer.concat(parts)).digest();
const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const padTo16 = (data: Buffer): Buffer =>
  Buffer.concat([data, Buffer.alloc((16 - (data.length % 16)) % 16)]);
function cbc(key: Buffer, iv: Buffer, data: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-cbc", key, iv).setAutoPadding(false);
  return Buffer.concat([cipher.update(padTo16(data)), cipher.final()]);
}

export function lockAgile(plain: Buffer, password: string, spinCount = 1000): Buffer {
  const [keySalt, dataSalt, key, verifier] = [16, 16, 32, 16].map((size) => randomBytes(size)) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  let spun = sha("sha512", keySalt, Buffer.from(password, "utf16le"));
  for (let round = 0; round < spinCount; round += 1) spun = sha("sha512", int(round), spun);
  const seal = (block: string, data: Buffer): string =>
    cbc(sha("sha512", spun, Buffer.from(block, "hex")).subarray(0, 32), keySalt, data).toString(
      "base64",
    );
  const common = `blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"`;
  const xml = `<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password"><keyData saltSize="16" ${common} saltValue="${dataSalt.toString("base64")}"/><keyEncryptors><keyEncryptor uri="x"><p:encryptedKey spinCount="${spinCount}" saltSize="16" ${common} saltValue="${keySalt.toString("base64")}" encryptedVerifierHashInput="${seal("fea7d2763b4b9e79", verifier)}" encryptedVerifierHashValue="${seal("d7aa0f6d3061344e", sha("sha512", verifier))}" encryptedKeyValue="${seal("146e0be7abacd0d6", key)}"/></keyEncryptor></keyEncryptors></encryption>`;
  const segments: Buffer[] = [];
  for (let at = 0; at < plain.length; at += 4096) {
    const iv = sha("sha512", dataSalt, int(at / 4096)).subarray(0, 16);
    segments.push(cbc(key, iv, plain.subarray(at, at + 4096)));
  }
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(plain.length));
  return compoundFile({
    EncryptionInfo: Buffer.concat([Buffer.from("0400040040000000", "hex"), Buffer.from(xml)]),
    EncryptedPackage: Buffer.concat([size, ...segments]),
  });
}

/**
 * Office documents behind a password (MS-OFFCRYPTO: agile and standard encryption of the package). A password
 * is checked against the verifier the file carries; without a match nothing is decrypted. Pure.
 */
import { createDecipheriv, createHash } from "node:crypto";
import { Refusal } from "../context.ts";
import { readXml, type XmlElement } from "../ooxml/read-xml.ts";

/** A file may ask for this many rounds of hashing; more is an attack on our time. */
const spinLimit = 1_000_000;
const hashes: Readonly<Record<string, string>> = {
  SHA1: "sha1",
  SHA256: "sha256",
  SHA384: "sha384",
  SHA512: "sha512",
};

const damaged = (detail: string): Refusal =>
  new Refusal("blocked", "damaged", `encryption ${detail}`);
const unsupported = (): Refusal => new Refusal("needs_approval", "password-unsupported");

function hash(name: string, ...parts: readonly Buffer[]): Buffer {
  const sum = createHash(name);
  for (const part of parts) sum.update(part);
  return sum.digest();
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
};

function spin(name: string, salt: Buffer, password: string, rounds: number): Buffer {
  let digest = hash(name, salt, Buffer.from(password, "utf16le"));
  for (let round = 0; round < rounds; round += 1) digest = hash(name, uint32(round), digest);
  return digest;
}

/** Cut, or filled up with 0x36, as the format says. */
const fit = (bytes: Buffer, length: number): Buffer =>
  bytes.length >= length
    ? bytes.subarray(0, length)
    : Buffer.concat([bytes, Buffer.alloc(length - bytes.length, 0x36)]);

function aes(mode: "cbc" | "ecb", key: Buffer, iv: Buffer | null, data: Buffer): Buffer {
  const whole = data.subarray(0, data.length - (data.length % 16));
  const decipher = createDecipheriv(`aes-${key.length * 8}-${mode}`, key, iv);
  decipher.setAutoPadding(false);
  return Buffer.concat([decipher.update(whole), decipher.final()]);
}

interface AgileKey {
  readonly salt: Buffer;
  readonly hashName: string;
  readonly hashBytes: number;
  readonly keyBytes: number;
  readonly blockBytes: number;
}

function agileKey(element: XmlElement): AgileKey {
  const value = (name: string): string =>
    element.attributes.find((each) => each.local === name)?.value ?? "";
  const hashName = hashes[value("hashAlgorithm").replace("-", "").toUpperCase()];
  const keyBytes = Number(value("keyBits")) / 8;
  const fits =
    value("cipherAlgorithm") === "AES" &&
    value("cipherChaining") === "ChainingModeCBC" &&
    [16, 24, 32].includes(keyBytes) &&
    value("blockSize") === "16";
  if (!fits || hashName === undefined) throw unsupported();
  return {
    salt: Buffer.from(value("saltValue"), "base64"),
    hashName,
    hashBytes: Number(value("hashSize")),
    keyBytes,
    blockBytes: 16,
  };
}

const blockKeys = {
  verifierInput: Buffer.from("fea7d2763b4b9e79", "hex"),
  verifierValue: Buffer.from("d7aa0f6d3061344e", "hex"),
  keyValue: Buffer.from("146e0be7abacd0d6", "hex"),
};

interface Agile {
  readonly data: AgileKey;
  readonly password: AgileKey;
  readonly spinCount: number;
  readonly sealed: Readonly<Record<keyof typeof blockKeys, Buffer>>;
}

function readAgile(xml: string): Agile {
  let data: AgileKey | undefined;
  let encrypted: XmlElement | undefined;
  readXml(xml, 32, {
    open(element) {
      if (element.local === "keyData") data = agileKey(element);
      if (element.local === "encryptedKey") encrypted ??= element;
    },
    text: () => undefined,
    close: () => undefined,
  });
  if (data === undefined || encrypted === undefined) throw unsupported();
  const value = (name: string): string =>
    encrypted?.attributes.find((each) => each.local === name)?.value ?? "";
  const spinCount = Number(value("spinCount"));
  if (!Number.isInteger(spinCount) || spinCount < 0 || spinCount > spinLimit) throw damaged("spin");
  return {
    data,
    password: agileKey(encrypted),
    spinCount,
    sealed: {
      verifierInput: Buffer.from(value("encryptedVerifierHashInput"), "base64"),
      verifierValue: Buffer.from(value("encryptedVerifierHashValue"), "base64"),
      keyValue: Buffer.from(value("encryptedKeyValue"), "base64"),
    },
  };
}

/** The key of the package, or undefined for a wrong password. */
function openAgile(
  { password: key, spinCount, sealed }: Agile,
  password: string,
): Buffer | undefined {
  const spun = spin(key.hashName, key.salt, password, spinCount);
  const unseal = (which: keyof typeof blockKeys): Buffer =>
    aes(
      "cbc",
      fit(hash(key.hashName, spun, blockKeys[which]), key.keyBytes),
      fit(key.salt, key.blockBytes),
      sealed[which],
    );
  const expected = unseal("verifierValue").subarray(0, key.hashBytes);
  const actual = hash(key.hashName, unseal("verifierInput"));
  return actual.equals(expected) ? unseal("keyValue").subarray(0, key.keyBytes) : undefined;
}

const segmentBytes = 4096;

function decryptAgile(sealed: Buffer, { data }: Agile, key: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8, segment = 0; at < sealed.length; at += segmentBytes, segment += 1) {
    const iv = fit(hash(data.hashName, data.salt, uint32(segment)), data.blockBytes);
    parts.push(aes("cbc", key, iv, sealed.subarray(at, at + segmentBytes)));
  }
  return Buffer.concat(parts);
}

interface Standard {
  readonly keyBytes: number;
  readonly salt: Buffer;
  readonly verifier: Buffer;
  readonly verifierHash: Buffer;
}

function readStandard(info: Buffer): Standard {
  const headerSize = info.readUInt32LE(8);
  const algorithm = info.readUInt32LE(20);
  const keyBytes = info.readUInt32LE(28) / 8;
  const at = 12 + headerSize;
  if (algorithm < 0x660e || algorithm > 0x6610 || ![16, 24, 32].includes(keyBytes))
    throw unsupported();
  if (at + 4 + 16 + 16 + 4 + 32 > info.length) throw damaged("verifier");
  return {
    keyBytes,
    salt: info.subarray(at + 4, at + 20),
    verifier: info.subarray(at + 20, at + 36),
    verifierHash: info.subarray(at + 40, at + 72),
  };
}

function openStandard(standard: Standard, password: string): Buffer | undefined {
  const spun = hash("sha1", spin("sha1", standard.salt, password, 50_000), uint32(0));
  const half = (fill: number): Buffer => {
    const block = Buffer.alloc(64, fill);
    for (const [index, byte] of spun.entries()) block[index] = byte ^ fill;
    return hash("sha1", block);
  };
  const key = Buffer.concat([half(0x36), half(0x5c)]).subarray(0, standard.keyBytes);
  const verifier = aes("ecb", key, null, standard.verifier);
  const expected = aes("ecb", key, null, standard.verifierHash).subarray(0, 20);
  return hash("sha1", verifier).equals(expected) ? key : undefined;
}

/** The package, or undefined when none of the passwords is right. */
export function decryptPackage(
  info: Buffer,
  sealed: Buffer,
  passwords: readonly string[],
): Buffer | undefined {
  if (info.length < 16 || sealed.length < 8) throw damaged("streams");
  const size = sealed.readBigUInt64LE(0);
  if (size > BigInt(sealed.length)) throw damaged("size");
  const cut = (plain: Buffer): Buffer => plain.subarray(0, Number(size));
  const [major, minor] = [info.readUInt16LE(0), info.readUInt16LE(2)];
  if (major === 4 && minor === 4) {
    const agile = readAgile(info.toString("utf8", 8));
    for (const password of passwords) {
      const key = openAgile(agile, password);
      if (key !== undefined) return cut(decryptAgile(sealed, agile, key));
    }
    return undefined;
  }
  if (minor !== 2 || major < 2 || major > 4) throw unsupported();
  const standard = readStandard(info);
  for (const password of passwords) {
    const key = openStandard(standard, password);
    if (key !== undefined) return cut(aes("ecb", key, null, sealed.subarray(8)));
  }
  return undefined;
}

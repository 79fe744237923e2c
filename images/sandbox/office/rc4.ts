/**
 * The stream ciphers of Office 97 to 2003 ([MS-OFFCRYPTO] 2.3.5 and 2.3.6): a password is checked against the verifier
 * the file carries, then every block has a key of its own. RC4 is no protection and is not in OpenSSL any more. Pure.
 */
import { createHash } from "node:crypto";
import { Refusal } from "../context.ts";

/** The bytes as they were before RC4; of a stream that begins here. */
export function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number): number => state[index & 255] ?? 0;
  const swap = (a: number, b: number): void => {
    [state[a & 255], state[b & 255]] = [at(b), at(a)];
  };
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  const out = Buffer.allocUnsafe(data.length);
  for (let index = 0, i = 0, j = 0; index < data.length; index += 1) {
    i = (i + 1) & 255;
    j = (j + at(i)) & 255;
    swap(i, j);
    out[index] = (data[index] ?? 0) ^ at(at(i) + at(j));
  }
  return out;
}

/** The key of a numbered block. */
export type BlockKey = (block: number) => Buffer;

const hash = (name: string, ...parts: readonly Buffer[]): Buffer =>
  createHash(name).update(Buffer.concat(parts)).digest();

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

interface Verifier {
  readonly keyFor: (password: string) => BlockKey;
  readonly sealed: Buffer;
  readonly hashName: "md5" | "sha1";
}

/** RC4 of Office 97: forty bits of an MD5. */
function binaryVerifier(header: Buffer): Verifier {
  const salt = header.subarray(4, 20);
  return {
    hashName: "md5",
    sealed: header.subarray(20, 52),
    keyFor(password) {
      const short = hash("md5", Buffer.from(password, "utf16le")).subarray(0, 5);
      const rounds = Array.from({ length: 16 }, () => [short, salt]).flat();
      const key = hash("md5", ...rounds).subarray(0, 5);
      return (block) => hash("md5", key, uint32(block));
    },
  };
}

const rc4Algorithm = 0x6801;

/** RC4 of the CryptoAPI: a header that says how many bits, then salt, verifier and its hash. */
function cryptoApiVerifier(header: Buffer): Verifier {
  const headerSize = header.readUInt32LE(8);
  const algorithm = header.readUInt32LE(20);
  const keyBytes = (header.readUInt32LE(28) || 40) / 8;
  const at = 12 + headerSize;
  const known = algorithm === 0 || algorithm === rc4Algorithm;
  if (!known || !Number.isInteger(keyBytes) || keyBytes < 5 || keyBytes > 16)
    throw new Refusal("needs_approval", "password-unsupported");
  if (at + 60 > header.length) throw new Refusal("blocked", "damaged", "verifier");
  const salt = header.subarray(at + 4, at + 20);
  return {
    hashName: "sha1",
    sealed: Buffer.concat([header.subarray(at + 20, at + 36), header.subarray(at + 40, at + 60)]),
    keyFor(password) {
      const start = hash("sha1", salt, Buffer.from(password, "utf16le"));
      return (block) => {
        const key = hash("sha1", start, uint32(block)).subarray(0, keyBytes);
        return keyBytes === 5 ? Buffer.concat([key, Buffer.alloc(11)]) : key;
      };
    },
  };
}

function verifierOf(header: Buffer): Verifier {
  if (header.length < 52) throw new Refusal("blocked", "damaged", "encryption header");
  const [major, minor] = [header.readUInt16LE(0), header.readUInt16LE(2)];
  if (major === 1 && minor === 1) return binaryVerifier(header);
  if (minor === 2 && major >= 2 && major <= 4) return cryptoApiVerifier(header);
  throw new Refusal("needs_approval", "password-unsupported");
}

/**
 * Key of the first password that fits, or undefined.
 *
 * @param header from the version of the encryption on
 */
export function openRc4(header: Buffer, passwords: readonly string[]): BlockKey | undefined {
  const { keyFor, sealed, hashName } = verifierOf(header);
  for (const password of passwords) {
    const key = keyFor(password);
    const plain = rc4(key(0), sealed);
    if (hash(hashName, plain.subarray(0, 16)).equals(plain.subarray(16))) return key;
  }
  return undefined;
}

/** A stream whose blocks of this size each have their key, from its first byte on. */
export function rc4Blocks(key: BlockKey, stream: Buffer, blockBytes: number): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < stream.length; at += blockBytes)
    blocks.push(rc4(key(at / blockBytes), stream.subarray(at, at + blockBytes)));
  return Buffer.concat(blocks);
}

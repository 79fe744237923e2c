/**
 * Office 97 to 2003 behind a password, for tests: RC4 with 40 bits of an MD5, or the CryptoAPI's with 128 of a SHA-1
 * ([MS-OFFCRYPTO] 2.3.6.1 and 2.3.5.1). Written from the specification's side, with the ciphers' streams alone shared.
 */
import { createHash } from "node:crypto";
import { rc4 } from "../../images/sandbox/office/rc4.ts";
import { compoundFile } from "./compound-file.ts";

export type OlderCipher = "binary" | "cryptoApi";

const digest = (name: string, ...parts: readonly Buffer[]): Buffer =>
  createHash(name).update(Buffer.concat(parts)).digest();
const int32 = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
};

const salt = Buffer.from("a salt of sixteen", "latin1").subarray(0, 16);
const verifier = Buffer.from("a verifier of 16", "latin1");

interface Lock {
  readonly header: Buffer;
  /** Encrypts `data`, which begins at `offset` of its stream. */
  readonly seal: (data: Buffer, offset: number, blockBytes: number) => Buffer;
  readonly sealBlock: (data: Buffer, block: number) => Buffer;
}

function lock(cipher: OlderCipher, password: string): Lock {
  const secret = Buffer.from(password, "utf16le");
  const keyOf = (block: number): Buffer => {
    if (cipher === "cryptoApi")
      return digest("sha1", digest("sha1", salt, secret), int32(block)).subarray(0, 16);
    const short = digest("md5", secret).subarray(0, 5);
    const once = Buffer.concat([short, salt]);
    const key = digest("md5", Buffer.concat(Array.from({ length: 16 }, () => once)));
    return digest("md5", key.subarray(0, 5), int32(block));
  };
  const sum = digest(cipher === "binary" ? "md5" : "sha1", verifier);
  const sealed = rc4(keyOf(0), Buffer.concat([verifier, sum]));
  const header =
    cipher === "binary"
      ? Buffer.concat([Buffer.from([1, 0, 1, 0]), salt, sealed])
      : Buffer.concat([
          Buffer.from([2, 0, 2, 0]),
          int32(4, 32, 4, 0, 0x6801, 0x8004, 128, 1, 0, 0, 16),
          ...[salt, sealed.subarray(0, 16), int32(20), sealed.subarray(16)],
        ]);
  return {
    header,
    sealBlock: (data, block) => rc4(keyOf(block), data),
    seal(data, offset, blockBytes) {
      const whole = Buffer.concat([Buffer.alloc(offset), data]);
      const blocks: Buffer[] = [];
      for (let at = 0; at < whole.length; at += blockBytes)
        blocks.push(rc4(keyOf(at / blockBytes), whole.subarray(at, at + blockBytes)));
      return Buffer.concat(blocks).subarray(offset);
    },
  };
}

/** A text of 3,000 bytes and a table: enough for several blocks. */
export function lockedWord(cipher: OlderCipher, password: string, text: Buffer): Buffer {
  const { header, seal } = lock(cipher, password);
  const fib = Buffer.alloc(68);
  fib.writeUInt16LE(193, 2);
  fib.writeUInt16LE(0x0100 | 0x0200, 10);
  fib.writeUInt32LE(header.length, 14);
  return compoundFile({
    WordDocument: Buffer.concat([fib, seal(text, 68, 512)]),
    "1Table": Buffer.concat([header, seal(text, header.length, 512)]),
  });
}

/** Type, length, bytes: as records of a workbook, all but the first two encrypted. */
export function lockedExcel(
  cipher: OlderCipher,
  password: string,
  records: readonly (readonly [type: number, data: Buffer])[],
): Buffer {
  const { header, seal } = lock(cipher, password);
  const head = (type: number, data: Buffer): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt16LE(type, 0);
    bytes.writeUInt16LE(data.length, 2);
    return bytes;
  };
  const pass = Buffer.concat([Buffer.from([1, 0]), header]);
  let stream = Buffer.concat([
    ...[head(0x0809, Buffer.alloc(16)), Buffer.alloc(16)],
    ...[head(0x002f, pass), pass],
  ]);
  for (const [type, data] of records) {
    const at = stream.length + 4;
    // Of the place of a sheet the first four bytes are not encrypted.
    const plain = type === 0x0085 ? data.subarray(0, 4) : Buffer.alloc(0);
    const rest = seal(data.subarray(plain.length), at + plain.length, 1024);
    stream = Buffer.concat([stream, head(type, data), plain, rest]);
  }
  return compoundFile({ Workbook: stream });
}

const slideRecord = (type: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt16LE(type, 2);
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data]);
};

/** One object, the session that holds the key, the list of both, and the edit that points at the list. */
export function lockedSlides(password: string, object: Buffer, picture: Buffer): Buffer {
  const { header, sealBlock } = lock("cryptoApi", password);
  const first = sealBlock(slideRecord(0x03e8, object), 1);
  const session = slideRecord(0x2f14, header);
  const directoryAt = first.length + session.length;
  const directory = slideRecord(0x1772, int32(1 | (2 << 20), 0, first.length));
  const editAt = directoryAt + directory.length;
  const edit = slideRecord(0x0ff5, int32(0, 0, 0, directoryAt, 1, 2, 0, 2));
  const user = Buffer.alloc(20);
  user.writeUInt32LE(0xf3d1c4df, 12);
  user.writeUInt32LE(editAt, 16);
  const head = slideRecord(0xf01e, Buffer.alloc(17 + picture.length)).subarray(0, 8);
  head.writeUInt16LE(0x6e0 << 4, 0);
  const fields = [head, Buffer.alloc(16, 1), Buffer.from([0xff]), picture];
  return compoundFile({
    "PowerPoint Document": Buffer.concat([first, session, directory, edit]),
    "Current User": user,
    Pictures: Buffer.concat(fields.map((each) => sealBlock(each, 0))),
  });
}

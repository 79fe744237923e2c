/** Archives of formats that no free program writes, for tests: LHA level 0, Microsoft cabinet, a locked RAR. */

/** CRC-16 as LHA uses it. */
function crc16(data: Buffer): number {
  let crc = 0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

export function lzhOf(name: Buffer, data: Buffer): Buffer {
  const body = Buffer.alloc(20 + 1 + name.length + 2);
  body.write("-lh0-", 0, "latin1");
  body.writeUInt32LE(data.length, 5);
  body.writeUInt32LE(data.length, 9);
  body.writeUInt32LE(0x5a21_0000, 13);
  body.writeUInt8(0x20, 17);
  body.writeUInt8(0, 18);
  body.writeUInt8(name.length, 19);
  name.copy(body, 20);
  body.writeUInt16LE(crc16(data), 20 + name.length);
  const header = body.subarray(0, 22 + name.length);
  const sum = header.reduce((total, byte) => (total + byte) & 0xff, 0);
  return Buffer.concat([Buffer.from([header.length, sum]), header, data, Buffer.from([0])]);
}

export function cabOf(name: Buffer, data: Buffer): Buffer {
  const header = Buffer.alloc(36);
  const folder = Buffer.alloc(8);
  const file = Buffer.alloc(16 + name.length + 1);
  const block = Buffer.alloc(8);
  const filesAt = header.length + folder.length;
  const dataAt = filesAt + file.length;
  header.write("MSCF", 0, "latin1");
  header.writeUInt32LE(dataAt + block.length + data.length, 8);
  header.writeUInt32LE(filesAt, 16);
  header.writeUInt8(3, 24);
  header.writeUInt8(1, 25);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(1, 28);
  folder.writeUInt32LE(dataAt, 0);
  folder.writeUInt16LE(1, 4);
  file.writeUInt32LE(data.length, 0);
  file.writeUInt16LE(0x5a21, 10);
  file.writeUInt16LE(0x20, 14);
  name.copy(file, 16);
  // A block checksum of zero says that there is none.
  block.writeUInt16LE(data.length, 4);
  block.writeUInt16LE(data.length, 6);
  return Buffer.concat([header, folder, file, block, data]);
}

/**
 * `file1.txt` and `file2.txt` behind "password". From the tests of rarfile by Marko Kreen (ISC licence),
 * `rar3-comment-psw.rar`: only RAR itself writes one.
 */
export const lockedRar = Buffer.from(
  [
    "UmFyIRoHAM+QcwAADQAAAAAAAADSmXoAgCMAFgAAAAsAAAADvFDsdQAAAAAdMwMAAAAAAENNVAwAi+zL9lbBSCmP",
    "AOW/5v/w0Gtqdnpt1nQklDMAEAAAAAAAAAADAAAAAGxQYj0dMwkApIEAAGZpbGUxLnR4dLMOLwEQH2W9AMDh8N4n",
    "MZ14bG1Nam0XgBynQZl6EIAjABYAAAALAAAAA0g/bxAAAAAAHTMDAAAAAIBDTVQMAIvsy/Y2kFYseA8mb83/7NSL",
    "l8K9FLx0JJQzABAAAAAAAAAAAwAAAABsUGI9HTMJAKSBAABmaWxlMi50eHSzDi8BEB9lvQDA4fDeJzGdeGxtTWpt",
    "F4Acp3ygehCAIwAWAAAACwAAAAOmkNoCAAAAAB0zAwAAAACAQ01UEBDL7Inkc0FIsM/ZJxfi/uuBj1cq9MQ9ewBA",
    "BwA=",
  ].join(""),
  "base64",
);

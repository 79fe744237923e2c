/**
 * A small zip writer for samples: lets a sample say things no honest writer says (names in CP932, sizes
 * that repeat one stream many times). Pure.
 */
import { crc32, deflateRawSync } from "node:zlib";

export interface PlainMember {
  readonly name: Buffer | string;
  readonly data: Buffer;
}

interface Packed {
  readonly name: Buffer;
  readonly utf8: boolean;
  readonly packed: Buffer;
  readonly crc: number;
  readonly size: number;
}

function header(member: Packed, signature: number, central: boolean): Buffer {
  const fields = Buffer.alloc(central ? 46 : 30);
  fields.writeUInt32LE(signature, 0);
  const at = central ? 6 : 4;
  if (central) fields.writeUInt16LE(20, 4);
  fields.writeUInt16LE(20, at);
  fields.writeUInt16LE(member.utf8 ? 0x0800 : 0, at + 2);
  fields.writeUInt16LE(8, at + 4);
  fields.writeUInt16LE(0x5a21, at + 8);
  fields.writeUInt32LE(member.crc, at + 10);
  fields.writeUInt32LE(member.packed.length, at + 14);
  fields.writeUInt32LE(member.size, at + 18);
  fields.writeUInt16LE(member.name.length, at + 22);
  return fields;
}

function assemble(members: readonly Packed[]): Buffer {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const local = header(member, 0x04034b50, false);
    const central = header(member, 0x02014b50, true);
    central.writeUInt32LE(offset, 42);
    chunks.push(local, member.name, member.packed);
    directory.push(central, member.name);
    offset += local.length + member.name.length + member.packed.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...chunks, listed, end]);
}

export function plainZip(members: readonly PlainMember[]): Buffer {
  return assemble(
    members.map(({ name, data }) => ({
      name: typeof name === "string" ? Buffer.from(name, "utf8") : name,
      utf8: typeof name === "string",
      packed: deflateRawSync(data),
      crc: crc32(data),
      size: data.length,
    })),
  );
}

/** `count` members that share one deflated run of zeros: about a thousandth of what it unpacks to. */
export function zeroBomb(count: number, memberBytes: number): Buffer {
  const zeros = Buffer.alloc(memberBytes);
  const packed = deflateRawSync(zeros, { level: 9 });
  const crc = crc32(zeros);
  return assemble(
    Array.from({ length: count }, (_, index) => ({
      name: Buffer.from(`zero-${index}.bin`),
      utf8: true,
      packed,
      crc,
      size: memberBytes,
    })),
  );
}

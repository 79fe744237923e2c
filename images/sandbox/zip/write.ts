/**
 * Writes a zip whose bytes depend on nothing but its members: fixed time stamp unless a member has one, names in UTF-8, sizes in
 * the local header, no extra fields, no comment. The same package always gives the same file.
 */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipMember {
  readonly name: string;
  readonly data: Buffer;
  /** For data that is compressed already. */
  readonly store?: boolean;
  /** MS-DOS time (low 16 bits) and date (high 16 bits). */
  readonly dosTime?: number;
}

/** 1980-01-01 00:00, the zero of the format. */
const dosZero = 0x0021_0000;
const versionNeeded = 20;
const utf8Flag = 0x0800;

interface Written {
  readonly name: Buffer;
  readonly packed: Buffer;
  readonly method: number;
  readonly crc: number;
  readonly size: number;
  readonly offset: number;
  readonly dosTime: number;
}

/** The 26 bytes local header and directory entry have in common. */
function commonFields(each: Written): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(versionNeeded, 0);
  fields.writeUInt16LE(utf8Flag, 2);
  fields.writeUInt16LE(each.method, 4);
  fields.writeUInt32LE(each.dosTime, 6);
  fields.writeUInt32LE(each.crc, 10);
  fields.writeUInt32LE(each.packed.length, 14);
  fields.writeUInt32LE(each.size, 18);
  fields.writeUInt16LE(each.name.length, 22);
  return fields;
}

function localHeader(each: Written): Buffer {
  return Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), commonFields(each), each.name]);
}

function centralEntry(each: Written): Buffer {
  const madeBy = Buffer.from([versionNeeded, 0]);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(each.offset, 10);
  return Buffer.concat([
    Buffer.from("PK\x01\x02", "latin1"),
    madeBy,
    commonFields(each),
    tail,
    each.name,
  ]);
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

export function writeZip(members: readonly ZipMember[]): Buffer {
  const written: Written[] = [];
  const chunks: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const deflated =
      member.store === true ? member.data : deflateRawSync(member.data, { level: 6 });
    const useStored = member.store === true || deflated.length >= member.data.length;
    const each: Written = {
      name: Buffer.from(member.name, "utf8"),
      packed: useStored ? member.data : deflated,
      method: useStored ? 0 : 8,
      crc: crc32(member.data),
      size: member.data.length,
      offset,
      dosTime: member.dosTime ?? dosZero,
    };
    written.push(each);
    const header = localHeader(each);
    chunks.push(header, each.packed);
    offset += header.length + each.packed.length;
  }
  const directory = Buffer.concat(written.map(centralEntry));
  return Buffer.concat([...chunks, directory, endRecord(written.length, directory.length, offset)]);
}

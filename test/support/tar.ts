/** Writes small tar archives for tests; names over 100 bytes through a pax header. */
export interface TarMember {
  readonly name: string;
  readonly data: Buffer;
  readonly type?: string;
}

function header(name: Buffer, size: number, type: string): Buffer {
  const block = Buffer.alloc(512);
  name.copy(block, 0, 0, 100);
  block.write("0000644\0", 100, "latin1");
  block.write(`${size.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  block.write("14000000000\0", 136, "latin1");
  block.write(" ".repeat(8), 148, "latin1");
  block.write(type, 156, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

const padded = (data: Buffer): Buffer =>
  Buffer.concat([data, Buffer.alloc((512 - (data.length % 512)) % 512)]);

function paxRecord(name: string): Buffer {
  const body = ` path=${name}\n`;
  let length = Buffer.byteLength(body) + 2;
  while (Buffer.byteLength(`${length}${body}`) !== length) length += 1;
  return Buffer.from(`${length}${body}`);
}

export function tarOf(members: readonly TarMember[]): Buffer {
  const parts = members.flatMap(({ name, data, type = "0" }) => {
    const raw = Buffer.from(name);
    const long = raw.length > 100 ? paxRecord(name) : undefined;
    return [
      ...(long === undefined ? [] : [header(Buffer.from("pax"), long.length, "x"), padded(long)]),
      header(raw, data.length, type),
      padded(data),
    ];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

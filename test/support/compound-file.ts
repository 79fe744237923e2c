/** Writes small OLE2 compound files for tests: one folder level, every stream in the ordinary sectors. */
const sectorBytes = 512;
const endOfChain = 0xffff_fffe;
const free = 0xffff_ffff;

interface Node {
  readonly name: string;
  readonly data: Buffer | undefined;
  readonly children: number[];
}

/** `streams` are paths (`folder/stream`) with their bytes. */
export function compoundFile(streams: Readonly<Record<string, Buffer>>): Buffer {
  const nodes: Node[] = [{ name: "Root Entry", data: undefined, children: [] }];
  const folders = new Map<string, number>();
  for (const [path, data] of Object.entries(streams)) {
    const [first = "", second] = path.split("/");
    let parent = 0;
    if (second !== undefined) {
      parent = folders.get(first) ?? nodes.push({ name: first, data: undefined, children: [] }) - 1;
      if (!folders.has(first)) nodes[0]?.children.push(parent);
      folders.set(first, parent);
    }
    const index = nodes.push({ name: second ?? first, data, children: [] }) - 1;
    nodes[parent]?.children.push(index);
  }
  const fat: number[] = [];
  const sectors: Buffer[] = [];
  const place = (data: Buffer): number => {
    const start = sectors.length;
    const count = Math.max(Math.ceil(data.length / sectorBytes), 1);
    for (let index = 0; index < count; index += 1) {
      const sector = Buffer.alloc(sectorBytes);
      data.copy(sector, 0, index * sectorBytes, (index + 1) * sectorBytes);
      fat[sectors.length] = index === count - 1 ? endOfChain : sectors.length + 1;
      sectors.push(sector);
    }
    return start;
  };
  const entries = nodes.map((node, index) => entryOf(node, index, nodes, place));
  const directory = place(Buffer.concat(entries));
  const fatSectors = Math.ceil((sectors.length + 2) / 128);
  const fatStart = sectors.length;
  for (let index = 0; index < fatSectors; index += 1) fat[fatStart + index] = 0xffff_fffd;
  const table = Buffer.alloc(fatSectors * sectorBytes, 0xff);
  for (const [index, next] of fat.entries()) table.writeUInt32LE(next >>> 0, index * 4);
  return Buffer.concat([headerOf(directory, fatStart, fatSectors), ...sectors, table]);
}

function entryOf(
  node: Node,
  index: number,
  nodes: readonly Node[],
  place: (data: Buffer) => number,
): Buffer {
  const entry = Buffer.alloc(128);
  const name = Buffer.from(`${node.name}\0`, "utf16le");
  name.copy(entry, 0);
  entry.writeUInt16LE(name.length, 64);
  entry.writeUInt8(index === 0 ? 5 : node.data === undefined ? 1 : 2, 66);
  entry.writeUInt8(1, 67);
  // Siblings hang to the right of each other: a valid, if lopsided, tree.
  const siblings = nodes.find((each) => each.children.includes(index))?.children ?? [];
  entry.writeUInt32LE(free, 68);
  entry.writeUInt32LE(siblings[siblings.indexOf(index) + 1] ?? free, 72);
  entry.writeUInt32LE(node.children[0] ?? free, 76);
  entry.writeUInt32LE(node.data === undefined ? endOfChain : place(node.data), 116);
  entry.writeUInt32LE(node.data?.length ?? 0, 120);
  return entry;
}

function headerOf(directory: number, fatStart: number, fatSectors: number): Buffer {
  const header = Buffer.alloc(sectorBytes, 0);
  Buffer.from("d0cf11e0a1b11ae1", "hex").copy(header);
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(3, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(9, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(fatSectors, 44);
  header.writeUInt32LE(directory, 48);
  // No stream is small enough for the mini stream: there is none.
  header.writeUInt32LE(0, 56);
  header.writeUInt32LE(endOfChain, 60);
  header.writeUInt32LE(endOfChain, 68);
  for (let index = 0; index < 109; index += 1)
    header.writeUInt32LE(index < fatSectors ? fatStart + index : free, 76 + index * 4);
  return header;
}

/**
 * Tar archives, read by our own code: ordinary files and folders, pax and GNU long names. Links, devices and
 * whatever else a tar can hold make the archive one that is not rebuilt.
 */
import { type JobContext, Refusal } from "../context.ts";
import { decodeMemberName } from "../zip/member-name.ts";
import { dosTimeOf, type Member, spend } from "./member.ts";

const block = 512;
const longNameLimit = 64 * 1024;

const malformed = (detail: string): Refusal => new Refusal("blocked", "archive-malformed", detail);

function text(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

function octal(field: Buffer): number {
  const value = text(field).toString("latin1").trim();
  if (value === "") return 0;
  if (!/^[0-7]{1,12}$/.test(value)) throw malformed("tar number");
  return Number.parseInt(value, 8);
}

/** `123 path=名前\n` records. */
function readPax(data: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = Number(data.toString("latin1", at, space < 0 ? at : space));
    if (space < 0 || !Number.isInteger(length) || length <= space - at) return found;
    const record = data.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    if (equals > 0) found.set(record.toString("latin1", 0, equals), record.subarray(equals + 1));
    at += length;
  }
  return found;
}

function checkSum(header: Buffer): void {
  let sum = 0;
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte;
  if (sum !== octal(header.subarray(148, 156))) throw malformed("tar checksum");
}

interface Ahead {
  name: Buffer | undefined;
  size: number | undefined;
}

function headerName(header: Buffer): Buffer {
  const name = text(header.subarray(0, 100));
  const prefix = text(header.subarray(345, 500));
  const ustar = header.toString("latin1", 257, 263) === "ustar\0";
  return ustar && prefix.length > 0 ? Buffer.concat([prefix, Buffer.from("/"), name]) : name;
}

/** `bytes` may end without the two empty blocks: many writers leave them out. */
export function readTar(bytes: Buffer, context: Pick<JobContext, "budget" | "limits">): Member[] {
  const members: Member[] = [];
  let ahead: Ahead = { name: undefined, size: undefined };
  for (let at = 0; at + block <= bytes.length; ) {
    const header = bytes.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    checkSum(header);
    const type = String.fromCharCode(header[156] ?? 0);
    const size = ahead.size ?? octal(header.subarray(124, 136));
    const data = bytes.subarray(at + block, at + block + size);
    if (data.length !== size) throw malformed("tar cut off");
    at += block + Math.ceil(size / block) * block;
    if (type === "x" || type === "L") {
      if (size > longNameLimit) throw malformed("tar header too long");
      const pax = type === "x" ? readPax(data) : new Map([["path", text(data)]]);
      const paxSize = pax.get("size")?.toString("latin1");
      ahead = {
        name: pax.get("path") ?? ahead.name,
        size: paxSize === undefined ? ahead.size : Number(paxSize),
      };
      continue;
    }
    if (type === "g") continue;
    const { name } = decodeMemberName(ahead.name ?? headerName(header), false);
    ahead = { name: undefined, size: undefined };
    if (type === "5") continue;
    if (type !== "0" && type !== "\0") throw new Refusal("blocked", "archive-unsafe-names", type);
    spend(context, size);
    const modified = new Date(octal(header.subarray(136, 148)) * 1000);
    members.push({ name, bytes: data, encrypted: false, dosTime: dosTimeOf(modified) });
  }
  return members;
}

export const looksLikeTar = (bytes: Buffer): boolean =>
  bytes.length > 262 && bytes.toString("latin1", 257, 262) === "ustar";

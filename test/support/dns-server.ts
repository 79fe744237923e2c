/**
 * A name server for tests, in nothing but node:dgram: answers A and AAAA from a table that may change
 * while it runs, says NXDOMAIN to everything else, and can be told to keep silent or to fail.
 */
import { createSocket, type Socket } from "node:dgram";
import { isIP } from "node:net";

export type DnsAnswer = readonly string[] | "fail" | "silent";

export interface DnsServerOptions {
  readonly host?: string;
  readonly port?: number;
  /** Name without trailing dot → addresses of both families. */
  readonly names: Readonly<Record<string, DnsAnswer>>;
  readonly ttlSeconds?: number;
}

export interface DnsServer extends AsyncDisposable {
  /** As resolvers are configured: "127.0.0.1:5353". */
  readonly address: string;
  /** Every question so far, e.g. "www.example.test A". */
  readonly questions: readonly string[];
  set(name: string, answer: DnsAnswer): void;
}

const typeA = 1;
const typeAaaa = 28;
const ok = 0;
const serverFailure = 2;
const noSuchName = 3;

export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const names = new Map(Object.entries(options.names));
  const questions: string[] = [];
  const socket: Socket = createSocket("udp4");
  socket.on("message", (query, peer) => {
    const question = readQuestion(query);
    if (!question) return;
    questions.push(
      `${question.name} ${question.type === typeA ? "A" : question.type === typeAaaa ? "AAAA" : String(question.type)}`,
    );
    const answer = names.get(question.name);
    if (answer === "silent") return;
    socket.send(reply(query, question, answer, options.ttlSeconds ?? 1), peer.port, peer.address);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(options.port ?? 0, options.host ?? "127.0.0.1", () => resolve());
  });
  const { address, port } = socket.address();
  let closed: Promise<void> | undefined;
  return {
    address: `${address}:${port}`,
    questions,
    set: (name, answer) => void names.set(name, answer),
    [Symbol.asyncDispose]: () =>
      (closed ??= new Promise((resolve) => socket.close(() => resolve()))),
  };
}

interface Question {
  readonly name: string;
  readonly type: number;
  readonly end: number;
}

function readQuestion(query: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = 12;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > 63) return undefined;
    if (length === 0) break;
    labels.push(query.toString("latin1", at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  if (query.length < at + 5) return undefined;
  return { name: labels.join("."), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function reply(
  query: Buffer,
  question: Question,
  answer: Exclude<DnsAnswer, "silent"> | undefined,
  ttl: number,
): Buffer {
  const addresses = answer === undefined || answer === "fail" ? [] : answer;
  const family = question.type === typeA ? 4 : question.type === typeAaaa ? 6 : 0;
  const records = addresses
    .filter((text) => isIP(text) === family)
    .map((text) => record(text, question.type, ttl));
  const code = answer === "fail" ? serverFailure : answer === undefined ? noSuchName : ok;
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  // Response, recursion desired and available.
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, query.subarray(12, question.end), ...records]);
}

function record(address: string, type: number, ttl: number): Buffer {
  const data = type === typeA ? Buffer.from(address.split(".").map(Number)) : ipv6Bytes(address);
  const head = Buffer.alloc(12);
  // A pointer to the question's name.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function ipv6Bytes(address: string): Buffer {
  const v4 = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = v4
    ? `${v4[1] ?? ""}${((Number(v4[2]) << 8) | Number(v4[3])).toString(16)}:${((Number(v4[4]) << 8) | Number(v4[5])).toString(16)}`
    : address;
  const [left = "", right] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const after = right === undefined ? [] : groups(right);
  const before = groups(left);
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...before, ...zeros, ...after].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  }
  return bytes;
}

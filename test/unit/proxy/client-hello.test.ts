import { once } from "node:events";
import { PassThrough } from "node:stream";
import { connect as tlsConnect } from "node:tls";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readClientHello } from "../../../proxy/client-hello.ts";

const limit = 16 * 1024;

/** The first flight of a real TLS client. */
async function realHello(servername: string): Promise<Buffer> {
  const wire = new PassThrough();
  const { Duplex } = await import("node:stream");
  const socket = tlsConnect({
    socket: Duplex.from({ writable: wire, readable: new PassThrough() }),
    servername,
    rejectUnauthorized: false,
  });
  socket.on("error", () => undefined);
  const [bytes] = (await once(wire, "data")) as [Buffer];
  socket.destroy();
  return bytes;
}

const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const vector = (data: Buffer) => Buffer.concat([u16(data.length), data]);
const extension = (type: number, data: Buffer) => Buffer.concat([u16(type), vector(data)]);
const name = (text: string, type = 0) =>
  Buffer.concat([Buffer.from([type]), vector(Buffer.from(text, "latin1"))]);
const sni = (...names: Buffer[]) => extension(0, vector(Buffer.concat(names)));
const padding = (length: number) => extension(21, Buffer.alloc(length));

function message(...extensions: Buffer[]): Buffer {
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    Buffer.from([0]),
    vector(u16(0x1301)),
    Buffer.from([1, 0]),
    vector(Buffer.concat(extensions)),
  ]);
  return Buffer.concat([
    Buffer.from([1, body.length >> 16, (body.length >> 8) & 255, body.length & 255]),
    body,
  ]);
}

function records(bytes: Buffer, size = 16_384): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    parts.push(Buffer.concat([Buffer.from([22, 3, 1]), vector(part)]));
  }
  return Buffer.concat(parts);
}

describe("readClientHello", () => {
  const table: readonly (readonly [sentence: string, bytes: () => Buffer, result: object])[] = [
    [
      "finds the name",
      () => records(message(sni(name("a.example")))),
      { kind: "hello", serverName: "a.example" },
    ],
    [
      "finds it behind a large key share",
      () => records(message(padding(1300), sni(name("a.example")))),
      { kind: "hello", serverName: "a.example" },
    ],
    [
      "finds it across records of ten bytes",
      () => records(message(sni(name("a.example"))), 10),
      { kind: "hello", serverName: "a.example" },
    ],
    [
      "finds it in a hello of nearly 16 KB",
      () => records(message(padding(16_000), sni(name("a.example")))),
      { kind: "hello", serverName: "a.example" },
    ],
    [
      "leaves alone what follows the hello",
      () =>
        Buffer.concat([records(message(sni(name("a.example")))), Buffer.from([20, 3, 3, 0, 1, 1])]),
      { kind: "hello", serverName: "a.example" },
    ],
    [
      "says when there is none",
      () => records(message(padding(4))),
      { kind: "hello", serverName: undefined },
    ],
    [
      "refuses more than 16 KB",
      () => records(message(padding(16_400), sni(name("a.example")))),
      { kind: "refused", reason: "too-large" },
    ],
    [
      "refuses a length that promises more than 16 KB at once",
      () => Buffer.from([22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff]),
      { kind: "refused", reason: "too-large" },
    ],
    [
      "refuses HTTP",
      () => Buffer.from("GET / HTTP/1.1\r\n"),
      { kind: "refused", reason: "not-tls" },
    ],
    [
      "refuses an SSLv2 hello",
      () => Buffer.from([0x80, 0x2e, 1, 3, 1]),
      { kind: "refused", reason: "not-tls" },
    ],
    [
      "refuses another handshake message",
      () => records(Buffer.from([2, 0, 0, 1, 0])),
      { kind: "refused", reason: "not-tls" },
    ],
    [
      "refuses two names",
      () => records(message(sni(name("a.example"), name("b.example")))),
      { kind: "refused", reason: "malformed" },
    ],
    [
      "refuses the extension twice",
      () => records(message(sni(name("a.example")), sni(name("b.example")))),
      { kind: "refused", reason: "malformed" },
    ],
    [
      "refuses a name of another type",
      () => records(message(sni(name("a.example", 1)))),
      { kind: "refused", reason: "malformed" },
    ],
    [
      "refuses an empty name",
      () => records(message(sni(name("")))),
      { kind: "refused", reason: "malformed" },
    ],
    [
      "refuses NUL in a name",
      () => records(message(sni(name("a.example\0.evil")))),
      { kind: "refused", reason: "malformed" },
    ],
    [
      "refuses an empty record",
      () => Buffer.from([22, 3, 1, 0, 0]),
      { kind: "refused", reason: "malformed" },
    ],
    [
      "refuses a record of another type in between",
      () =>
        Buffer.concat([
          records(message(sni(name("a.example"))), 10).subarray(0, 15),
          Buffer.from([23, 3, 3, 0, 1, 0]),
        ]),
      { kind: "refused", reason: "malformed" },
    ],
    ["waits while nothing came", () => Buffer.alloc(0), { kind: "incomplete" }],
  ];
  it.each(table)("%s", (_sentence, bytes, result) => {
    expect(readClientHello(bytes(), limit)).toEqual(result);
  });

  it("waits at every cut of a good hello", () => {
    const whole = records(message(padding(40), sni(name("a.example"))), 25);
    for (let at = 0; at < whole.length; at++)
      expect(readClientHello(whole.subarray(0, at), limit)).toEqual({ kind: "incomplete" });
  });

  it("reads what a real client sends", async () => {
    expect(readClientHello(await realHello("www.example.jp"), limit)).toEqual({
      kind: "hello",
      serverName: "www.example.jp",
    });
  });

  it("never throws and never finds a name that is not plainly there", () => {
    const whole = records(message(sni(name("a.example")), padding(8)));
    const flip = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(flip, { maxLength: 4 }), fc.nat(whole.length), (flips, cut) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of flips) bytes[at] = value;
        const result = readClientHello(bytes.subarray(0, cut), limit);
        if (result.kind === "hello" && result.serverName !== undefined)
          expect(bytes.includes(result.serverName.slice(0, 5))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        (bytes) => void readClientHello(Buffer.from(bytes), limit),
      ),
    );
  });
});

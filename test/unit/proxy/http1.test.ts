/** The parser of heads and bodies: never throws, never keeps more than its limits, never reads in two ways. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyReader } from "../../../proxy/http1/body.ts";
import { parseRequestHead, parseResponseHead } from "../../../proxy/http1/head.ts";
import { readClientHello } from "../../../proxy/client-hello.ts";

const good = "GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\nX-A:  b \t";

describe("parseRequestHead", () => {
  it("reads method, target, version and fields, and takes white space off values", () => {
    expect(parseRequestHead(good)).toEqual({
      method: "GET",
      target: "http://a.test/",
      httpVersion: "1.1",
      rawHeaders: ["Host", "a.test", "X-A", "b"],
    });
  });

  it.each([
    ["GET http://a.test/ HTTP/1.1\nHost: a", "bare-line-break"],
    ["GET http://a.test/ HTTP/1.1\rHost: a", "bare-line-break"],
    ["GET http://a.test/ HTTP/1.1\r\nHost: a\0", "control-character"],
    ["GET http://a.test/ HTTP/1.1\r\n Host: a", "header-fold"],
    ["GET http://a.test/ HTTP/1.1\r\nHost : a", "header-name"],
    ["GET http://a.test/ HTTP/1.1\r\nHost", "header-without-colon"],
    ["G@T http://a.test/ HTTP/1.1", "method-invalid"],
    ["GET  http://a.test/ HTTP/1.1", "request-line"],
    ["GET HTTP/1.1", "request-line"],
    ["GET http://a.test/ HTTP/1.2", "version"],
  ])("%j is %s", (text, fault) => expect(parseRequestHead(text)).toBe(fault));

  it("takes nothing that a reader of single lines would read otherwise", () => {
    const text = fc.string({
      unit: fc.constantFrom(..."aA:/ \t\r\n\0.1GETHP\x7f\xff".split("")),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (noise) => {
        const head = parseRequestHead(`${good}\r\n${noise}`);
        if (typeof head === "string") return;
        expect(noise).not.toMatch(/[^\r]\n|^\n|\r(?!\n)|\0|\x7f/);
        for (const part of head.rawHeaders) expect(part).not.toMatch(/[\r\n\0]/);
      }),
      { numRuns: 5_000 },
    );
  });

  it("survives any bytes, as a head of either kind and as a ClientHello", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        parseRequestHead(buffer.toString("latin1"));
        parseResponseHead(buffer.toString("latin1"));
        readClientHello(buffer, 16 * 1024);
      }),
      { numRuns: 5_000 },
    );
  });
});

/** Payload, and whether the end was found. */
function readAll(bytes: Buffer, cut: number): { payload: string; done: boolean; fault: boolean } {
  const reader = bodyReader({ kind: "chunked" });
  let payload = "";
  for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
    const taken = reader.take(part);
    if (typeof taken === "string") return { payload, done: false, fault: true };
    payload += Buffer.concat(taken.payload).toString("latin1");
    if (taken.done) return { payload, done: true, fault: false };
  }
  return { payload, done: false, fault: false };
}

describe("chunked bodies", () => {
  it("come out the same wherever the packets are cut", () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(chunks, fc.nat(300), (parts, cut) => {
        const framed = parts.map((part) =>
          Buffer.concat([
            Buffer.from(`${part.length.toString(16)}\r\n`),
            part,
            Buffer.from("\r\n"),
          ]),
        );
        const bytes = Buffer.concat([...framed, Buffer.from("0\r\n\r\n")]);
        const whole = Buffer.concat(parts.map((part) => Buffer.from(part))).toString("latin1");
        expect(readAll(bytes, Math.min(cut, bytes.length))).toEqual({
          payload: whole,
          done: true,
          fault: false,
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    "+1\r\na\r\n",
    "0x1\r\na\r\n",
    "1 \r\na\r\n",
    "1\na\n",
    "\r\n",
    "1\r\nab\r\n",
    `1;${"a".repeat(2000)}`,
  ])("%j is a fault", (text) => expect(readAll(Buffer.from(text), 0).fault).toBe(true));
});

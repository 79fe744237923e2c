/** Rows 10 and 11: where a body ends, said in a way that two readers part differently. */
import { type AbuseCase, type Received, url } from "./case.ts";
import { head, parse, planted, post, type Row, table } from "./rows.ts";

const chunked = "Transfer-Encoding: chunked";

const refusedEncoding = (value: string): Row => [
  `Transfer-Encoding: ${JSON.stringify(value)}`,
  "RFC 9112 6.1",
  "refused",
  (site) => [post(site, [`Transfer-Encoding: ${value}`], `0\r\n\r\n${planted(site)}`)],
  parse,
];
const refusedLength = (value: string): Row => [
  `Content-Length: ${JSON.stringify(value)}`,
  "RFC 9110 8.6",
  "refused",
  (site) => [post(site, [`Content-Length: ${value}`], "abc")],
  parse,
];
const badChunk = (sentence: string, body: string): Row => [
  sentence,
  "RFC 9112 7.1",
  "safe",
  (site) => [post(site, [chunked], body)],
  undefined,
  ({ text }) => (text.includes("0\r\n\r\nX") ? "what follows bad chunks was forwarded" : undefined),
];

const framing: readonly Row[] = [
  [
    "length and encoding together",
    "RFC 9112 6.1",
    "safe",
    (site) => [post(site, ["Content-Length: 6", chunked], `0\r\n\r\n${planted(site)}`)],
  ],
  [
    "encoding and length together",
    "RFC 9112 6.1",
    "safe",
    (site) => [post(site, [chunked, "Content-Length: 6"], `0\r\n\r\n${planted(site)}`)],
  ],
  [
    "two equal lengths",
    "RFC 9112 6.3",
    "safe",
    (site) => [post(site, ["Content-Length: 3", "Content-Length: 3"], "abc")],
  ],
  [
    "two different lengths",
    "RFC 9112 6.3",
    "refused",
    (site) => [post(site, ["Content-Length: 3", "Content-Length: 30"], "abc")],
    parse,
  ],
  [
    "two encodings in two fields",
    "RFC 9112 6.1",
    "safe",
    (site) => [post(site, [chunked, chunked], "0\r\n\r\n")],
  ],
  [
    "an encoding on HTTP/1.0",
    "RFC 9112 6.1",
    "safe",
    (site) => [head(site, `POST ${url(site)} HTTP/1.0`, chunked) + "0\r\n\r\n"],
  ],
  [
    "a GET whose body is a request",
    "RFC 9110 9.3.1",
    "safe",
    (site) => {
      const inner = planted(site);
      return [head(site, `GET ${url(site)} HTTP/1.1`, `Content-Length: ${inner.length}`) + inner];
    },
    undefined,
    bodyIsBody,
  ],
  [
    "a HEAD whose body is a request",
    "RFC 9110 9.3.2",
    "safe",
    (site) => {
      const inner = planted(site);
      return [head(site, `HEAD ${url(site)} HTTP/1.1`, `Content-Length: ${inner.length}`) + inner];
    },
    undefined,
    bodyIsBody,
  ],
  ...[
    ",chunked",
    "chunked,",
    "chunked, chunked",
    "chunked, identity",
    "identity, chunked",
    "identity",
    "gzip",
    "gzip, chunked",
    "xchunked",
    "chunkedx",
    "chunked;q=1",
    '"chunked"',
    "chunk",
    "chun\tked",
  ].map(refusedEncoding),
  ...["+3", "-3", "0x3", "3 3", "3,3", "3,4", "3.0", "3e0", "", "9".repeat(20), "3;", "a"].map(
    refusedLength,
  ),
  badChunk("a chunk size with a sign", "+3\r\nabc\r\n0\r\n\r\nX"),
  badChunk("a chunk size with 0x", "0x3\r\nabc\r\n0\r\n\r\nX"),
  badChunk("a chunk size in spaces", " 3 \r\nabc\r\n0\r\n\r\nX"),
  badChunk("a chunk size that overflows", `${"f".repeat(17)}\r\nabc\r\n0\r\n\r\nX`),
  badChunk("an empty chunk size", "\r\nabc\r\n0\r\n\r\nX"),
  badChunk("a chunk that is longer than it says", "2\r\nabc\r\n0\r\n\r\nX"),
  badChunk("a chunk line ended by LF", "3\nabc\n0\n\nX"),
  badChunk("a chunk line ended by CR", "3\rabc\r0\r\rX"),
  badChunk("a chunk line of 100 KB", `3;${"a".repeat(100_000)}\r\nabc\r\n0\r\n\r\n`),
  badChunk("a line break in an extension", "3;a=\nb\r\nabc\r\n0\r\n\r\n"),
  badChunk("a trailer without a colon", "3\r\nabc\r\n0\r\ntrailer\r\n\r\n"),
  badChunk("100 KB of trailers", `3\r\nabc\r\n0\r\n${"X-T: 1\r\n".repeat(15_000)}\r\n`),
  [
    "an extension of a chunk",
    "RFC 9112 7.1.1",
    "passes",
    (site) => [post(site, [chunked], "3;a=b\r\nabc\r\n0\r\n\r\n")],
  ],
  [
    "a trailer that names the framing",
    "RFC 9110 6.5.1",
    "safe",
    (site) => [post(site, [chunked], "3\r\nabc\r\n0\r\nContent-Length: 50\r\nHost: x\r\n\r\n")],
    undefined,
    ({ text }) => (/content-length: 50/i.test(text) ? "framing trailer forwarded" : undefined),
  ],
  [
    "an ordinary body",
    "RFC 9112 6.2",
    "passes",
    (site) => [post(site, ["Content-Length: 3"], "abc")],
  ],
  [
    "an ordinary chunked body",
    "RFC 9112 7.1",
    "passes",
    (site) => [post(site, [chunked], "3\r\nabc\r\n0\r\n\r\n")],
  ],
];

function bodyIsBody({ text }: Received): string | undefined {
  const [, , ...more] = text.split(/GET \S*planted/);
  return more.length > 0 ? "the inner request came out twice" : undefined;
}

export const framingCases: readonly AbuseCase[] = table("framing", framing);

/** Rows 10–12, 14–18: one message that two readers take for two, and what travels hop by hop. */
import { type AbuseCase, crlf, type Received, request, type Site, url } from "./case.ts";

type Send = (site: Site) => readonly (string | Buffer)[];
type Row = readonly [
  sentence: string,
  source: string,
  expect: AbuseCase["expect"],
  send: Send,
  logged?: RegExp | undefined,
  check?: AbuseCase["check"] | undefined,
];

const host = ({ host: name, port }: Site) => `Host: ${name}:${port}`;
const head = (site: Site, line: string, ...fields: readonly string[]) =>
  [line, host(site), ...fields, "Connection: close", "", ""].join(crlf);
const post = (site: Site, fields: readonly string[], body: string) =>
  head(site, `POST ${url(site)} HTTP/1.1`, ...fields) + body;
const planted = (site: Site) => `GET ${url(site, "/planted")} HTTP/1.1\r\n${host(site)}\r\n\r\n`;
const chunked = "Transfer-Encoding: chunked";
const parse = /^guard\.parse /;
const limit = /^guard\.limit /;

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
const badField = (sentence: string, line: string, source = "RFC 9112 5.1"): Row => [
  sentence,
  source,
  "refused",
  (site) => [head(site, `GET ${url(site)} HTTP/1.1`, line)],
  parse,
];
const badLine = (sentence: string, line: (site: Site) => string, source = "RFC 9112 3"): Row => [
  sentence,
  source,
  "refused",
  (site) => [head(site, line(site))],
  /^guard\.(?:parse|host|port) |^default /,
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

const fields: readonly Row[] = [
  badField("a space before the colon", "X-A : 1"),
  badField("a tab before the colon", "X-A\t: 1"),
  badField("a space before the colon of a length", "Content-Length : 3"),
  badField("a folded field", "X-A: 1\r\n folded", "RFC 9112 5.2"),
  badField("a folded field with a tab", "X-A: 1\r\n\tfolded", "RFC 9112 5.2"),
  badField("a field without a colon", "X-A"),
  badField("an empty name", ": 1"),
  badField("a name in brackets", "X[A]: 1"),
  badField("a name outside ASCII", "X-\u00e4: 1"),
  badField("NUL in a value", "X-A: a\0b", "RFC 9110 5.5"),
  badField("CR in a value", "X-A: a\rb", "RFC 9110 5.5"),
  badField("LF in a value", "X-A: a\nX-B: b", "RFC 9112 2.2"),
  badField("an escape character in a value", "X-A: \x1b[0m", "RFC 9110 5.5"),
  [
    "lines ended by LF",
    "RFC 9112 2.2",
    "refused",
    (site) => [`GET ${url(site)} HTTP/1.1\n${host(site)}\n\n`],
    parse,
  ],
  [
    "lines ended by CR",
    "RFC 9112 2.2",
    "refused",
    (site) => [`GET ${url(site)} HTTP/1.1\r${host(site)}\r\r`],
    parse,
  ],
  [
    "a head that ends in LF LF",
    "RFC 9112 2.2",
    "refused",
    (site) => [`GET ${url(site)} HTTP/1.1\r\n${host(site)}\n\n`],
    parse,
  ],
  [
    "two Host fields",
    "RFC 9112 3.2",
    "refused",
    (site) => [head(site, `GET ${url(site)} HTTP/1.1`, "Host: other.test")],
    parse,
  ],
  [
    "two equal Host fields",
    "RFC 9112 3.2",
    "refused",
    (site) => [head(site, `GET ${url(site)} HTTP/1.1`, host(site))],
    parse,
  ],
  [
    "no Host field",
    "RFC 9112 3.2",
    "refused",
    (site) => [`GET ${url(site)} HTTP/1.1\r\nConnection: close\r\n\r\n`],
    parse,
  ],
  [
    "a Host field that names another host",
    "RFC 9112 3.2.2",
    "safe",
    (site) => [request("GET", url(site), ["Host: other.test"])],
    undefined,
    ({ text }) => (text.includes("other.test") ? "the foreign Host was forwarded" : undefined),
  ],
  [
    "a Host field with userinfo",
    "RFC 9112 3.2",
    "safe",
    (site) => [request("GET", url(site), [`Host: a@${site.host}:${site.port}`])],
    undefined,
    ({ text }) => (text.includes("a@") ? "userinfo was forwarded" : undefined),
  ],
  [
    "101 fields",
    "resource limits",
    "refused",
    (site) => [
      head(site, `GET ${url(site)} HTTP/1.1`, ...Array.from({ length: 101 }, () => "X-A: 1")),
    ],
    limit,
  ],
  [
    "one field of 20 KB",
    "resource limits",
    "safe",
    (site) => [head(site, `GET ${url(site)} HTTP/1.1`, `X-A: ${"a".repeat(20_000)}`)],
    limit,
  ],
  [
    "a head of 1 MB",
    "resource limits",
    "refused",
    (site) => [head(site, `GET ${url(site)} HTTP/1.1`, `X-A: ${"a".repeat(1_000_000)}`)],
    limit,
  ],
  [
    "a target of 70 KB",
    "RFC 9112 3",
    "refused",
    (site) => [head(site, `GET ${url(site, `/${"a".repeat(70_000)}`)} HTTP/1.1`)],
    limit,
  ],
];

const keeps =
  (needle: RegExp, what: string): AbuseCase["check"] =>
  ({ text }) =>
    needle.test(text) ? undefined : `${what} was lost`;
const drops =
  (needle: RegExp, what: string): AbuseCase["check"] =>
  ({ text }) =>
    needle.test(text) ? `${what} was forwarded` : undefined;
const hop = (
  sentence: string,
  lines: readonly string[],
  check: AbuseCase["check"],
  source = "RFC 9110 7.6.1",
): Row => [
  sentence,
  source,
  "passes",
  (site) => [[`GET ${url(site)} HTTP/1.1`, host(site), ...lines, "", ""].join(crlf)],
  undefined,
  check,
];

const hops: readonly Row[] = [
  hop(
    "a field that Connection lists",
    ["X-Hop: 1", "Connection: close, X-Hop"],
    drops(/x-hop/i, "X-Hop"),
  ),
  hop(
    "Keep-Alive",
    ["Keep-Alive: timeout=5", "Connection: close"],
    drops(/timeout=5/i, "Keep-Alive"),
  ),
  hop(
    "Proxy-Authorization",
    ["Proxy-Authorization: Basic eDp5", "Connection: close"],
    drops(/eDp5/, "the proxy's password"),
    "RFC 9110 11.7.2",
  ),
  hop(
    "Proxy-Connection",
    ["Proxy-Connection: keep-alive", "Connection: close"],
    drops(/proxy-connection/i, "Proxy-Connection"),
  ),
  hop("TE", ["TE: trailers", "Connection: close, TE"], drops(/\r\nte:/i, "TE")),
  hop(
    "a Connection that lists Host",
    ["Connection: close, Host"],
    keeps(/\r\nhost: www\.allowed\.test/i, "Host"),
  ),
  hop(
    "a Connection that lists Cookie",
    ["Cookie: c=1", "Connection: close, Cookie"],
    keeps(/c=1/, "Cookie"),
  ),
  hop(
    "a Connection that lists Content-Length",
    ["Content-Length: 0", "Connection: close, Content-Length"],
    undefined,
  ),
  hop(
    "Upgrade without the Connection option",
    ["Upgrade: h2c", "Connection: close"],
    drops(/upgrade/i, "Upgrade"),
  ),
  hop("an end-to-end field", ["X-Mine: 1", "Connection: close"], keeps(/x-mine: 1/i, "X-Mine")),
];

const targets: readonly Row[] = [
  ...["ftp", "gopher", "file", "ws", "wss", "javascript", "data", "dict", "ldap", "unix"].map(
    (scheme) =>
      badLine(
        `a ${scheme}: target`,
        ({ host: name, port }) => `GET ${scheme}://${name}:${port}/ HTTP/1.1`,
        "RFC 9110 4.2",
      ),
  ),
  badLine("origin form", () => "GET / HTTP/1.1"),
  badLine("asterisk form", () => "OPTIONS * HTTP/1.1"),
  badLine("authority form with GET", ({ host: name, port }) => `GET ${name}:${port} HTTP/1.1`),
  badLine(
    "a protocol-relative target",
    ({ host: name, port }) => `GET //${name}:${port}/ HTTP/1.1`,
  ),
  badLine("one slash", ({ host: name, port }) => `GET http:/${name}:${port}/ HTTP/1.1`),
  badLine("backslashes", ({ host: name, port }) => `GET http:\\\\${name}:${port}\\ HTTP/1.1`),
  badLine("a target in two words", (site) => `GET ${url(site, "/a b")} HTTP/1.1`),
  badLine("two spaces", (site) => `GET  ${url(site)} HTTP/1.1`),
  badLine("a tab instead of a space", (site) => `GET\t${url(site)}\tHTTP/1.1`),
  badLine("no version", (site) => `GET ${url(site)}`),
  badLine("HTTP/0.9", (site) => `GET ${url(site)} HTTP/0.9`),
  badLine("HTTP/2.0", (site) => `GET ${url(site)} HTTP/2.0`),
  badLine("HTTP/1.2", (site) => `GET ${url(site)} HTTP/1.2`),
  badLine("HTTP/1.10", (site) => `GET ${url(site)} HTTP/1.10`),
  badLine("http/1.1 in small letters", (site) => `GET ${url(site)} http/1.1`),
  badLine("a method with a colon", (site) => `GE:T ${url(site)} HTTP/1.1`, "RFC 9110 9.1"),
  badLine("TRACE", (site) => `TRACE ${url(site)} HTTP/1.1`, "RFC 9110 9.3.8"),
  badLine(
    "a method nobody knows",
    (site) => `${"A".repeat(40)} ${url(site)} HTTP/1.1`,
    "RFC 9110 9.1",
  ),
  badLine("the HTTP/2 preface", () => "PRI * HTTP/2.0", "RFC 9113 3.4"),
  badLine("port 0", ({ host: name }) => `GET http://${name}:0/ HTTP/1.1`),
  badLine("port 22", ({ host: name }) => `GET http://${name}:22/ HTTP/1.1`),
  badLine(
    "port 65536 + the allowed one",
    ({ host: name, port }) => `GET http://${name}:${65_536 + port}/ HTTP/1.1`,
  ),
  badLine("a port with a sign", ({ host: name, port }) => `GET http://${name}:+${port}/ HTTP/1.1`),
  badLine(
    "a port in hexadecimal",
    ({ host: name, port }) => `GET http://${name}:0x${port.toString(16)}/ HTTP/1.1`,
  ),
  badLine(
    "a port with a zero in front",
    ({ host: name, port }) => `GET http://${name}:0${port}/ HTTP/1.1`,
  ),
  badLine("two ports", ({ host: name, port }) => `GET http://${name}:${port}:${port}/ HTTP/1.1`),
  badLine(
    "CONNECT to port 22",
    ({ host: name }) => `CONNECT ${name}:22 HTTP/1.1`,
    "RFC 9110 9.3.6",
  ),
  badLine(
    "CONNECT to port 25",
    ({ host: name }) => `CONNECT ${name}:25 HTTP/1.1`,
    "RFC 9110 9.3.6",
  ),
  badLine(
    "CONNECT without a port",
    ({ host: name }) => `CONNECT ${name} HTTP/1.1`,
    "RFC 9110 9.3.6",
  ),
  badLine(
    "CONNECT with an empty port",
    ({ host: name }) => `CONNECT ${name}: HTTP/1.1`,
    "RFC 9110 9.3.6",
  ),
  badLine(
    "CONNECT with a path",
    ({ host: name, port }) => `CONNECT ${name}:${port}/x HTTP/1.1`,
    "RFC 9110 9.3.6",
  ),
  badLine(
    "CONNECT with a scheme",
    ({ host: name, port }) => `CONNECT https://${name}:${port} HTTP/1.1`,
    "RFC 9110 9.3.6",
  ),
  badLine(
    "CONNECT with userinfo",
    ({ host: name, port }) => `CONNECT u@${name}:${port} HTTP/1.1`,
    "RFC 9110 9.3.6",
  ),
  [
    "bytes that are no HTTP",
    "RFC 9112 2.2",
    "refused",
    () => [Buffer.from("16030100050102030405", "hex")],
    parse,
  ],
  [
    "an upgrade to h2c",
    "RFC 9113 3.1",
    "safe",
    (site) => [
      [
        `GET ${url(site)} HTTP/1.1`,
        host(site),
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AA",
        "",
        "",
      ].join(crlf),
    ],
    undefined,
    drops(/h2c/i, "h2c"),
  ],
  [
    "an upgrade to TLS",
    "RFC 2817",
    "safe",
    (site) => [
      [
        `GET ${url(site)} HTTP/1.1`,
        host(site),
        "Connection: Upgrade",
        "Upgrade: TLS/1.0",
        "",
        "",
      ].join(crlf),
    ],
    undefined,
    drops(/tls\/1/i, "TLS/1.0"),
  ],
  [
    "frames behind a WebSocket handshake",
    "RFC 6455 4.1",
    "safe",
    (site) => [
      [
        `GET ${url(site)} HTTP/1.1`,
        host(site),
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "",
        planted(site),
      ].join(crlf),
    ],
    undefined,
    drops(/planted/, "a request behind the handshake"),
  ],
  [
    "an ordinary request",
    "RFC 9112 3.2.2",
    "passes",
    (site) => [head(site, `GET ${url(site, "/a?b=c")} HTTP/1.1`)],
  ],
  [
    "the host in capitals",
    "RFC 3986 3.2.2",
    "passes",
    (site) => [head(site, `GET ${url({ ...site, host: site.host.toUpperCase() })} HTTP/1.1`)],
  ],
  [
    "the host with its final dot",
    "RFC 3986 3.2.2",
    "passes",
    (site) => [
      request("GET", url({ ...site, host: `${site.host}.` }), [`Host: ${site.host}.:${site.port}`]),
    ],
  ],
  [
    "a request in single bytes",
    "RFC 9112 2.2",
    "passes",
    (site) => head(site, `GET ${url(site)} HTTP/1.1`).match(/[^]/g) ?? [],
  ],
];

const table = (group: string, rows: readonly Row[]): AbuseCase[] =>
  rows.map(([sentence, source, expect, send, logged, check], index) => ({
    id: `${group}-${index + 1}`,
    group,
    sentence,
    source,
    expect,
    send,
    ...(logged && { logged }),
    ...(check && { check }),
  }));

export const framingCases: readonly AbuseCase[] = [
  ...table("framing", framing),
  ...table("fields", fields),
  ...table("hops", hops),
  ...table("targets", targets),
];

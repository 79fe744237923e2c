/** Rows 8, 14, 16: request lines that name no target a proxy should know, and other protocols. */
import { type AbuseCase, crlf, request, type Site, url } from "./case.ts";
import { drops, head, host, parse, planted, type Row, table } from "./rows.ts";

const badLine = (sentence: string, line: (site: Site) => string, source = "RFC 9112 3"): Row => [
  sentence,
  source,
  "refused",
  (site) => [head(site, line(site))],
  /^guard\.(?:parse|host|port) |^default /,
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

export const targetCases: readonly AbuseCase[] = table("targets", targets);

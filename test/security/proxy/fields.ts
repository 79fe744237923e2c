/** Rows 12, 15 and 18: fields that are none, floods of them, and what travels hop by hop. */
import { type AbuseCase, crlf, request, url } from "./case.ts";
import { drops, head, host, keeps, limit, parse, type Row, table } from "./rows.ts";

const badField = (sentence: string, line: string, source = "RFC 9112 5.1"): Row => [
  sentence,
  source,
  "refused",
  (site) => [head(site, `GET ${url(site)} HTTP/1.1`, line)],
  parse,
];

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

export const fieldCases: readonly AbuseCase[] = [
  ...table("fields", fields),
  ...table("hops", hops),
];

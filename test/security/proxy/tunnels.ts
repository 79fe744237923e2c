/** Rows 9, 9b and 23: tunnels whose inside is not what their outside says. */
import {
  clientHello,
  extension,
  helloMessage,
  inRecords,
  serverName,
  u16,
  vector,
} from "../../support/client-hello.ts";
import { type AbuseCase, connectTo, type Site } from "./case.ts";

const gh = "gh-aw-firewall #8878";
const authority = ({ host, port }: Site) => `${host}:${port}`;
const nameOf = (text: string, type = 0) =>
  Buffer.concat([Buffer.from([type]), vector(Buffer.from(text, "latin1"))]);
const sni = (...names: Buffer[]) => extension(0, vector(Buffer.concat(names)));
const withExtensions = (...extensions: Buffer[]) => inRecords(helloMessage(extensions));

type Inside = (site: Site) => readonly (string | Buffer)[];
const rows: readonly (readonly [
  sentence: string,
  source: string,
  expect: AbuseCase["expect"],
  inside: Inside,
])[] = [
  ["another name", gh, "refused", () => [clientHello("other.test")]],
  ["a name below", gh, "refused", ({ host }) => [clientHello(`a.${host}`)]],
  ["a name above", gh, "refused", () => [clientHello("allowed.test")]],
  ["another allowed name", gh, "refused", () => [clientHello("mail.allowed.test")]],
  ["no name", gh, "refused", () => [clientHello(undefined)]],
  ["an address as the name", "RFC 6066 3", "refused", () => [clientHello("127.0.0.1")]],
  ["a name with NUL", "RFC 6066 3", "refused", ({ host }) => [clientHello(`${host}\0.other.test`)]],
  ["a name in brackets", "RFC 6066 3", "refused", ({ host }) => [clientHello(`[${host}]`)]],
  ["a name in UTF-8", "RFC 6066 3", "refused", () => [clientHello("\u00e9.allowed.test")]],
  ["an empty name", "RFC 6066 3", "refused", () => [withExtensions(sni(nameOf("")))]],
  [
    "two names",
    "RFC 6066 3",
    "refused",
    ({ host }) => [withExtensions(sni(nameOf(host), nameOf("other.test")))],
  ],
  [
    "two extensions of names",
    "RFC 8446 4.2",
    "refused",
    ({ host }) => [withExtensions(serverName(host), serverName("other.test"))],
  ],
  [
    "a name of another type",
    "RFC 6066 3",
    "refused",
    ({ host }) => [withExtensions(sni(nameOf(host, 1)))],
  ],
  [
    "a name list that lies about its length",
    "RFC 6066 3",
    "refused",
    ({ host }) => [withExtensions(extension(0, Buffer.concat([u16(3), nameOf(host)])))],
  ],
  ["HTTP", "RFC 9110 9.3.6", "refused", (site) => [`GET / HTTP/1.1\r\nHost: ${site.host}\r\n\r\n`]],
  ["SSH", "RFC 9110 9.3.6", "refused", () => ["SSH-2.0-x\r\n"]],
  ["SMTP", "RFC 9110 9.3.6", "refused", () => ["EHLO x\r\n"]],
  [
    "SSLv2",
    "RFC 6101 E",
    "refused",
    () => [Buffer.from("802e0100020015000000100100800200800300800400800500800600400700c0", "hex")],
  ],
  ["a TLS alert", "RFC 8446 5.1", "refused", () => [Buffer.from("15030100020228", "hex")]],
  [
    "application data",
    "RFC 8446 5.1",
    "refused",
    () => [Buffer.from("170303000568656c6c6f", "hex")],
  ],
  ["a ServerHello", "RFC 8446 4", "refused", () => [Buffer.from("160301000402000000", "hex")]],
  [
    "an empty record",
    "RFC 8446 5.1",
    "refused",
    ({ host }) => [Buffer.concat([Buffer.from("1603010000", "hex"), clientHello(host)])],
  ],
  [
    "a record of 17 KB",
    "RFC 8446 5.1",
    "refused",
    () => [Buffer.concat([Buffer.from("1603014400", "hex"), Buffer.alloc(1000)])],
  ],
  [
    "an extension that runs over the end",
    "RFC 8446 4.2",
    "refused",
    () => [withExtensions(Buffer.from("0000ffff00", "hex"))],
  ],
  [
    "a hello of 40 KB",
    "resource limits",
    "refused",
    ({ host }) => [clientHello(host, { padding: 40_000 })],
  ],
  [
    "another name behind 15 KB of padding",
    "azure-container-apps #1826",
    "refused",
    () => [withExtensions(extension(21, Buffer.alloc(15_000)), serverName("other.test"))],
  ],
  ["the name", "RFC 6066 3", "passes", ({ host }) => [clientHello(host)]],
  ["the name in capitals", "RFC 6066 3", "passes", ({ host }) => [clientHello(host.toUpperCase())]],
  [
    "the name in many records",
    "RFC 8446 5.1",
    "passes",
    ({ host }) => [clientHello(host, { recordBytes: 16 })],
  ],
  [
    "the name in single bytes",
    "RFC 8446 5.1",
    "passes",
    ({ host }) => [...clientHello(host)].map((byte) => Buffer.from([byte])),
  ],
  [
    "the name behind 15 KB of padding",
    "azure-container-apps #1826",
    "passes",
    ({ host }) => [withExtensions(extension(21, Buffer.alloc(15_000)), serverName(host))],
  ],
];

export const tunnelCases: readonly AbuseCase[] = [
  ...rows.map(
    ([sentence, source, expect, inside], index): AbuseCase => ({
      id: `tunnel-${index + 1}`,
      group: "tunnels",
      sentence: `a tunnel that opens with ${sentence}`,
      source,
      expect,
      send: (site) => [connectTo(authority(site))],
      inside,
      ...(expect === "refused" && { logged: /^guard\.sni / }),
    }),
  ),
  {
    id: "tunnel-early",
    group: "tunnels",
    sentence: "another name in the packet of the CONNECT itself",
    source: "RFC 9110 9.3.6",
    expect: "refused",
    send: (site) => [
      Buffer.concat([Buffer.from(connectTo(authority(site))), clientHello("other.test")]),
    ],
    logged: /^guard\.sni /,
  },
  {
    id: "tunnel-body",
    group: "tunnels",
    sentence: "a CONNECT with a length",
    source: "RFC 9110 9.3.6",
    expect: "safe",
    send: (site) => [connectTo(authority(site), ["Content-Length: 3"])],
    logged: /^guard\.parse /,
  },
  {
    id: "tunnel-chunked",
    group: "tunnels",
    sentence: "a CONNECT with chunks",
    source: "RFC 9110 9.3.6",
    expect: "safe",
    send: (site) => [connectTo(authority(site), ["Transfer-Encoding: chunked"])],
    logged: /^guard\.parse /,
  },
];

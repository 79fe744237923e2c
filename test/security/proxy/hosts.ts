/** Row 1 and 3–7: hosts written so that one reader sees an outside name and another an inside address. */
import { type AbuseCase, connectTo, get, type Site } from "./case.ts";

const ssrf = "PayloadsAllTheThings, Server Side Request Forgery";

/** Spellings of addresses; none may be dialled. */
const addresses: readonly (readonly [text: string, source?: string])[] = [
  ["127.0.0.2"],
  ["127.1"],
  ["127.0.2"],
  ["2130706434"],
  ["017700000002"],
  ["0x7f000002"],
  ["0x7f.0.0.2"],
  ["0x7f.2"],
  ["0177.0.0.2"],
  ["0177.2"],
  ["0000177.0.0.2"],
  ["127.000.000.002"],
  ["127.0.0.02"],
  ["127.0.0.2."],
  ["127.0.0.0x2"],
  ["0x7F.0X0.0x0.0x2"],
  ["0"],
  ["0.0.0.0"],
  ["00.00.00.00"],
  ["0x0"],
  ["10.0.0.1"],
  ["167772161"],
  ["012.0.0.1"],
  ["0xa.1"],
  ["172.16.0.1"],
  ["2886729729"],
  ["192.168.0.1"],
  ["3232235521"],
  ["0300.0250.0.1"],
  ["0xc0a80001"],
  ["169.254.169.254"],
  ["2852039166"],
  ["0xA9FEA9FE"],
  ["0251.0376.0251.0376"],
  ["169.254.43518"],
  ["169.16689662"],
  ["100.100.100.200"],
  ["168.63.129.16"],
  ["255.255.255.255"],
  ["4294967295"],
  ["4294967296"],
  ["256.256.256.256"],
  ["127.0.0.1.1"],
  ["0x100000000"],
  ["%31%32%37.0.0.2"],
  ["127%2e0%2e0%2e2"],
  ["\u2460\u2461\u2466.\u24ea.\u24ea.\u2461"],
  ["127\u30020\u30020\u30022"],
  ["\uff11\uff12\uff17.0.0.2"],
  ["[::1]"],
  ["[::]"],
  ["[0:0:0:0:0:0:0:1]"],
  ["[0000::0001]"],
  ["[::ffff:127.0.0.2]", "RFC 4291 2.5.5.2"],
  ["[::ffff:7f00:2]", "RFC 4291 2.5.5.2"],
  ["[::ffff:0:127.0.0.2]", "RFC 2765"],
  ["[::127.0.0.2]", "RFC 4291 2.5.5.1"],
  ["[64:ff9b::7f00:2]", "RFC 6052"],
  ["[64:ff9b::127.0.0.2]", "RFC 6052"],
  ["[64:ff9b:1::7f00:2]", "RFC 8215"],
  ["[2002:7f00:2::]", "RFC 3056"],
  ["[2001:0:7f00:2::]", "RFC 4380"],
  ["[fe80::1]"],
  ["[fe80::1%25lo]", "RFC 6874"],
  ["[fe80::1%lo]"],
  ["[fc00::1]"],
  ["[fd00:ec2::254]"],
  ["[ff02::1]"],
  ["[2001:db8::1]"],
  ["::1"],
  ["[::1"],
  ["::1]"],
  ["[[::1]]"],
  ["[127.0.0.2]"],
  ["[v1.1]", "RFC 3986 3.2.2"],
];

/** Names that are not what they look like; none is on the list. */
const names: readonly (readonly [sentence: string, text: string, source?: string])[] = [
  ["localhost", "localhost", "RFC 6761 6.3"],
  ["localhost in capitals", "LOCALHOST", "RFC 6761 6.3"],
  ["localhost with a dot", "localhost.", "RFC 6761 6.3"],
  ["a name below localhost", "a.localhost", "RFC 6761 6.3"],
  ["a single label", "intranet"],
  ["a metadata name", "metadata.google.internal"],
  ["brackets around a name", "[www.allowed.test]", "CVE-2022-29188"],
  ["two trailing dots", "www.allowed.test..", "CVE-2022-24825"],
  ["a leading dot", ".allowed.test"],
  ["an empty label", "www..allowed.test"],
  ["a label of 64", `${"a".repeat(64)}.allowed.test`, "RFC 1035 2.3.4"],
  ["a name of 255", `${"a.".repeat(122)}allowed.test`, "RFC 1035 2.3.4"],
  ["a name of 4,000", `${"a.".repeat(2000)}allowed.test`],
  ["a hyphen first", "-www.allowed.test"],
  ["a hyphen last", "www-.allowed.test"],
  ["userinfo before another host", "www.allowed.test@other.test"],
  ["userinfo with a password", "a:b@www.allowed.test"],
  ["a backslash", "other.test\\.allowed.test"],
  ["a semicolon", "other.test;.allowed.test"],
  ["a comma", "other.test,www.allowed.test"],
  ["a quote", "www.allowed.test'"],
  ["a double quote", '"www.allowed.test"'],
  ["a star", "*.allowed.test"],
  ["an exclamation mark", "www!.allowed.test"],
  ["a percent-encoded letter", "ww%77.allowed.test"],
  ["a percent-encoded dot", "www%2eallowed.test"],
  ["a percent-encoded NUL", "other.test%00.allowed.test"],
  ["a percent-encoded line break", "other.test%0d%0a.allowed.test"],
  ["full-width letters", "\uff57\uff57\uff57.allowed.test", "UTS 46"],
  ["enclosed letters", "\u24e6\u24e6\u24e6.allowed.test", "UTS 46"],
  ["an ideographic full stop", "www\u3002allowed.test", "UTS 46"],
  ["a soft hyphen", "w\u00adww.allowed.test", "UTS 46"],
  ["a zero-width space", "www\u200b.allowed.test", "UTS 46"],
  ["a right-to-left mark", "www\u200f.allowed.test", "UTS 46"],
  ["a Cyrillic a", "www.\u0430llowed.test", "UTS 39"],
  ["raw Latin-1", "www\u00ff.allowed.test"],
  [
    "an A-label that does not decode",
    "xn--\u0000".replace("\u0000", "a-.allowed.test"),
    "RFC 5891 5.4",
  ],
  ["an A-label of plain ASCII", "xn--www-.allowed.test", "RFC 5891 4.4"],
  ["the allowed name as a beginning", "www.allowed.test.other.test"],
  ["the allowed name as an ending without its dot", "otherallowed.test"],
  ["another top level", "www.allowed.tes"],
];

const spell = (text: string): Buffer => Buffer.from(text, "utf8");

function both(
  id: string,
  group: string,
  sentence: string,
  source: string,
  host: string,
  logged: RegExp,
): AbuseCase[] {
  const shown = ({ port }: Site) => `${host}:${port}`;
  return [
    {
      id: `${id}-get`,
      group,
      sentence: `GET to ${sentence}`,
      source,
      expect: "refused",
      logged,
      send: (site) => [
        spell(
          get(site, `http://${shown(site)}/`).replace(/Host: [^\r]*/, () => `Host: ${shown(site)}`),
        ),
      ],
    },
    {
      id: `${id}-connect`,
      group,
      sentence: `CONNECT to ${sentence}`,
      source,
      expect: "refused",
      logged,
      send: (site) => [spell(connectTo(shown(site)))],
    },
  ];
}

const anyRefusal = /^(?:guard\.(?:host|parse|port)|default) /;

export const hostCases: readonly AbuseCase[] = [
  ...addresses.flatMap(([text, source = ssrf], index) =>
    both(
      `ip-${index + 1}`,
      "addresses",
      JSON.stringify(text),
      source,
      text,
      /^guard\.(?:host|parse) /,
    ),
  ),
  ...names.flatMap(([sentence, text, source = "RFC 3986 3.2.2"], index) =>
    both(`name-${index + 1}`, "names", sentence, source, text, anyRefusal),
  ),
];

/** Names of the suite's own name server that lead where nobody may go. */
export const inside: Readonly<Record<string, readonly string[]>> = {
  "loopback.allowed.test": ["127.0.0.2"],
  "this-network.allowed.test": ["0.0.0.0"],
  "ten.allowed.test": ["10.1.2.3"],
  "oneseventwo.allowed.test": ["172.31.255.1"],
  "oneninetwo.allowed.test": ["192.168.1.1"],
  "metadata.allowed.test": ["169.254.169.254"],
  "azure.allowed.test": ["168.63.129.16"],
  "cgn.allowed.test": ["100.64.0.1"],
  "ietf.allowed.test": ["192.0.0.8"],
  "bench.allowed.test": ["198.18.0.1"],
  "documentation.allowed.test": ["203.0.113.9"],
  "multicast.allowed.test": ["224.0.0.1"],
  "reserved.allowed.test": ["240.0.0.1"],
  "broadcast.allowed.test": ["255.255.255.255"],
  "v6-loopback.allowed.test": ["::1"],
  "v6-unspecified.allowed.test": ["::"],
  "mapped.allowed.test": ["::ffff:127.0.0.2"],
  "compatible.allowed.test": ["::127.0.0.2"],
  "nat64.allowed.test": ["64:ff9b::7f00:2"],
  "nat64-local.allowed.test": ["64:ff9b:1::7f00:2"],
  "six-to-four.allowed.test": ["2002:7f00:2::1"],
  "teredo.allowed.test": ["2001:0:7f00:2::1"],
  "isatap.allowed.test": ["2400:1::5efe:7f00:2"],
  "link-local.allowed.test": ["fe80::1"],
  "unique-local.allowed.test": ["fd00:ec2::254"],
  "site-local.allowed.test": ["fec0::1"],
  "v6-multicast.allowed.test": ["ff02::1"],
  "rebind.allowed.test": ["127.0.0.1", "127.0.0.2"],
  "rebind-late.allowed.test": ["127.0.0.1", "192.168.1.1", "10.0.0.1"],
  "rebind-v6.allowed.test": ["127.0.0.1", "::ffff:10.0.0.1"],
};

export const resolvedCases: readonly AbuseCase[] = Object.keys(inside).flatMap((host) => {
  const sentence = `a name that leads to ${inside[host]?.join(", ") ?? ""}`;
  const source = host.startsWith("rebind")
    ? "DNS rebinding"
    : "IANA special-purpose registries, RFC 6890";
  return both(
    `dns-${host.split(".")[0] ?? ""}`,
    "resolved",
    sentence,
    source,
    host,
    /^guard\.deny_ip /,
  );
});

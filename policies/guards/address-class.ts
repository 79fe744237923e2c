/**
 * What kind of address a name resolved to, and whether it may be dialled. Pure. Every address that is
 * not plain global unicast is refused: the IANA special-purpose registries (IPv4 and IPv6), every form
 * that hides an IPv4 address inside an IPv6 one, the host's own addresses and the site's ranges.
 * Only `permitIp` opens anything, and it opens the host's own addresses only when it names them alone.
 */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

export type AddressVerdict =
  | { readonly allowed: true; readonly reason: "global" | "permitted" }
  | { readonly allowed: false; readonly reason: string };

export interface AddressTable {
  readonly deny: readonly Range[];
  readonly permit: readonly Range[];
}

/**
 * RFC 6890 and the IANA registries as they follow from it, plus deprecated ranges that some networks
 * still route. 168.63.129.16 is a cloud's metadata service on an otherwise global address.
 */
const specialPurpose: readonly (readonly [reason: string, ...cidrs: string[]])[] = [
  ["this-network", "0.0.0.0/8"],
  ["private-use", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
  ["shared-address-space", "100.64.0.0/10"],
  ["loopback", "127.0.0.0/8", "::1/128"],
  ["link-local", "169.254.0.0/16", "fe80::/10"],
  ["ietf-protocol", "192.0.0.0/24"],
  [
    "documentation",
    "192.0.2.0/24",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "2001:db8::/32",
    "3fff::/20",
  ],
  ["6to4", "192.88.99.0/24", "2002::/16"],
  ["benchmarking", "198.18.0.0/15", "2001:2::/48"],
  ["multicast", "224.0.0.0/4", "ff00::/8"],
  ["reserved", "240.0.0.0/4"],
  ["cloud-metadata", "168.63.129.16/32"],
  ["unspecified", "::/128"],
  ["ipv4-compatible", "::/96"],
  ["ipv4-translated", "::ffff:0:0:0/96"],
  ["nat64", "64:ff9b::/96", "64:ff9b:1::/48"],
  ["discard-only", "100::/64", "100:0:0:1::/64"],
  ["teredo", "2001::/32"],
  ["ietf-protocol", "2001::/23"],
  ["segment-routing", "5f00::/16"],
  ["unique-local", "fc00::/7"],
  ["site-local", "fec0::/10"],
];

const builtin: readonly { readonly reason: string; readonly range: Range }[] =
  specialPurpose.flatMap(([reason, ...cidrs]) =>
    cidrs.map((cidr) => ({ reason, range: ipaddr.parseCIDR(cidr) })),
  );
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/** CIDR text in canonical form (host bits zero), or undefined. A bare address is a range of one. */
export function parseRange(text: string): string | undefined {
  if (!/^[0-9a-fA-F:.]+(?:\/\d{1,3})?$/.test(text)) return undefined;
  const [base = "", bits] = text.split("/");
  if (!isStrictAddress(base)) return undefined;
  const address = parseStrict(base);
  const width = address.kind() === "ipv4" ? 32 : 128;
  const length = bits === undefined ? width : Number(bits);
  if (length > width) return undefined;
  const whole = `${base}/${length}`;
  const network =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.networkAddressFromCIDR(whole)
      : ipaddr.IPv6.networkAddressFromCIDR(whole);
  return `${network.toString()}/${length}`;
}

export function makeAddressTable(guards: {
  readonly denyIp: readonly string[];
  readonly permitIp: readonly string[];
}): AddressTable {
  return {
    deny: guards.denyIp.map((cidr) => ipaddr.parseCIDR(cidr)),
    permit: guards.permitIp.map((cidr) => ipaddr.parseCIDR(cidr)),
  };
}

/** @param own the host's own addresses, as the operating system lists them */
export function classifyAddress(
  text: string,
  table: AddressTable,
  own: ReadonlySet<string>,
): AddressVerdict {
  if (!isStrictAddress(text)) return { allowed: false, reason: "not-an-address" };
  const address = withoutMapping(parseStrict(text));
  const permit = table.permit.filter((range) => within(address, range));
  if (own.has(address.toString()) && !isLoopback(address)) {
    // A permitted test network usually contains the host's own bridge address, which nobody meant.
    const alone = permit.some(([, bits]) => bits === (address.kind() === "ipv4" ? 32 : 128));
    return alone
      ? { allowed: true, reason: "permitted" }
      : { allowed: false, reason: "own-address" };
  }
  if (permit.length > 0) return { allowed: true, reason: "permitted" };
  if (table.deny.some((range) => within(address, range))) {
    return { allowed: false, reason: "site-range" };
  }
  return specialOrGlobal(address);
}

function specialOrGlobal(address: Address): AddressVerdict {
  const special = builtin.find(({ range }) => within(address, range));
  if (special) return { allowed: false, reason: special.reason };
  if (address.kind() === "ipv4") return { allowed: true, reason: "global" };
  if (!within(address, globalUnicast)) return { allowed: false, reason: "not-global" };
  return isIsatap(address as ipaddr.IPv6)
    ? { allowed: false, reason: "isatap" }
    : { allowed: true, reason: "global" };
}

/** ipaddr.js also reads "0177.1" and zone ids; nothing but the two ordinary spellings is wanted here. */
function isStrictAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes("%");
}

/** ipaddr.js takes "::8.8.8.8" for the mapped ::ffff:8.8.8.8; the operating system does not. */
function parseStrict(text: string): Address {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (!dotted) return ipaddr.parse(text);
  const [a = 0, b = 0, c = 0, d = 0] = dotted.slice(2).map(Number);
  return ipaddr.parse(
    `${dotted[1] ?? ""}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`,
  );
}

function withoutMapping(address: Address): Address {
  if (address.kind() === "ipv4") return address;
  const v6 = address as ipaddr.IPv6;
  return v6.isIPv4MappedAddress() ? v6.toIPv4Address() : v6;
}

function within(address: Address, range: Range): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}

function isLoopback(address: Address): boolean {
  return address.range() === "loopback";
}

/** RFC 5214: an interface identifier ::[02]00:5efe:a.b.c.d carries an IPv4 address in any prefix. */
function isIsatap(address: ipaddr.IPv6): boolean {
  const marker = address.parts[4];
  return (marker === 0 || marker === 0x200) && address.parts[5] === 0x5efe;
}

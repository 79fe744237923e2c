import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  classifyAddress,
  makeAddressTable,
  parseRange,
} from "../../../policies/guards/address-class.ts";

const none = makeAddressTable({ denyIp: [], permitIp: [] });
const nobody: ReadonlySet<string> = new Set();

describe("without any configuration", () => {
  const denied: readonly (readonly [address: string, reason: string])[] = [
    ["0.0.0.0", "this-network"],
    ["0.1.2.3", "this-network"],
    ["10.0.0.1", "private-use"],
    ["172.16.0.1", "private-use"],
    ["172.31.255.255", "private-use"],
    ["192.168.0.1", "private-use"],
    ["100.64.0.1", "shared-address-space"],
    ["127.0.0.1", "loopback"],
    ["127.255.255.254", "loopback"],
    ["169.254.169.254", "link-local"],
    ["192.0.0.8", "ietf-protocol"],
    ["192.0.2.1", "documentation"],
    ["198.18.0.1", "benchmarking"],
    ["198.51.100.1", "documentation"],
    ["203.0.113.1", "documentation"],
    ["192.88.99.1", "6to4"],
    ["224.0.0.1", "multicast"],
    ["240.0.0.1", "reserved"],
    ["255.255.255.255", "reserved"],
    ["168.63.129.16", "cloud-metadata"],
    ["::", "unspecified"],
    ["::1", "loopback"],
    ["::10.0.0.1", "ipv4-compatible"],
    ["::8.8.8.8", "ipv4-compatible"],
    ["::ffff:10.0.0.1", "private-use"],
    ["::ffff:7f00:1", "loopback"],
    ["::ffff:0:8.8.8.8", "ipv4-translated"],
    ["64:ff9b::a00:1", "nat64"],
    ["64:ff9b::8.8.8.8", "nat64"],
    ["64:ff9b:1::1", "nat64"],
    ["2002:a00:1::", "6to4"],
    ["2002:808:808::", "6to4"],
    ["2001::1", "teredo"],
    ["2001:2::1", "benchmarking"],
    ["2001:10::1", "ietf-protocol"],
    ["2001:db8::1", "documentation"],
    ["3fff::1", "documentation"],
    ["100::1", "discard-only"],
    ["5f00::1", "segment-routing"],
    ["fc00::1", "unique-local"],
    ["fd00:ec2::254", "unique-local"],
    ["fe80::1", "link-local"],
    ["fec0::1", "site-local"],
    ["ff02::1", "multicast"],
    ["4000::1", "not-global"],
    ["2400:cb00::5efe:a00:1", "isatap"],
    ["2400:cb00::200:5efe:a00:1", "isatap"],
    ["0177.0.0.1", "not-an-address"],
    ["127.1", "not-an-address"],
    ["fe80::1%eth0", "not-an-address"],
    ["example.jp", "not-an-address"],
  ];
  it.each(denied)("%s is refused: %s", (address, reason) => {
    expect(classifyAddress(address, none, nobody)).toEqual({ allowed: false, reason });
  });

  it.each([
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "::ffff:8.8.8.8",
    "2400:cb00::1",
    "2606:4700::1111",
  ])("%s is global", (address) => {
    expect(classifyAddress(address, none, nobody)).toEqual({ allowed: true, reason: "global" });
  });
});

describe("with the site's ranges", () => {
  const table = makeAddressTable({
    denyIp: ["8.8.8.0/24"],
    permitIp: ["203.0.113.0/24", "198.51.100.7/32"],
  });
  it("refuses them", () => {
    expect(classifyAddress("8.8.8.8", table, nobody)).toEqual({
      allowed: false,
      reason: "site-range",
    });
    expect(classifyAddress("::ffff:8.8.8.8", table, nobody)).toEqual({
      allowed: false,
      reason: "site-range",
    });
  });
  it("opens what a test network permits, and only as plain addresses", () => {
    expect(classifyAddress("203.0.113.9", table, nobody)).toEqual({
      allowed: true,
      reason: "permitted",
    });
    expect(classifyAddress("64:ff9b::203.0.113.9", table, nobody)).toEqual({
      allowed: false,
      reason: "nat64",
    });
    expect(classifyAddress("203.0.114.9", table, nobody)).toEqual({
      allowed: true,
      reason: "global",
    });
  });
  it("never opens the host's own address as part of a range", () => {
    const own = new Set(["203.0.113.1", "198.51.100.7", "8.8.4.4"]);
    expect(classifyAddress("203.0.113.1", table, own)).toEqual({
      allowed: false,
      reason: "own-address",
    });
    expect(classifyAddress("::ffff:203.0.113.1", table, own)).toEqual({
      allowed: false,
      reason: "own-address",
    });
    expect(classifyAddress("8.8.4.4", table, own)).toEqual({
      allowed: false,
      reason: "own-address",
    });
    expect(classifyAddress("198.51.100.7", table, own)).toEqual({
      allowed: true,
      reason: "permitted",
    });
  });
});

describe("parseRange", () => {
  it.each([
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["192.0.2.1", "192.0.2.1/32"],
    ["2001:DB8::/32", "2001:db8::/32"],
    ["10.0.0.0/33", undefined],
    ["10.0/8", undefined],
    ["example.jp", undefined],
    ["", undefined],
    ["010.0.0.0/8", undefined],
  ])("%s → %s", (text, range) => {
    expect(parseRange(text)).toBe(range);
  });
});

it("an IPv4 address hidden in IPv6 is never allowed where the plain one is not", () => {
  fc.assert(
    fc.property(fc.ipV4(), (v4) => {
      const plain = classifyAddress(v4, none, nobody);
      expect(classifyAddress(`::ffff:${v4}`, none, nobody)).toEqual(plain);
      for (const prefix of ["64:ff9b::", "::", "::ffff:0:", "2400:cb00::5efe:"]) {
        expect(classifyAddress(`${prefix}${v4}`, none, nobody).allowed).toBe(false);
      }
    }),
  );
});

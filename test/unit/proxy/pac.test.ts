/** The PAC file, run as the script it is. */
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { makePac } from "../../../proxy/terminal/pac.ts";

const settings = {
  proxies: ["proxy1.city.test:3128", "proxy2.city.test:3128"],
  directHosts: ["Portal.city.test", ".lgwan.jp", ".naibu.city.test."],
};
const { text, etag } = makePac(settings);
const both = "PROXY proxy1.city.test:3128; PROXY proxy2.city.test:3128";

/** In a world without Node and without the PAC helpers: it must not need them. */
function ask(host: string, url = `https://${host}/`): unknown {
  return runInNewContext(
    `${text}\nFindProxyForURL(${JSON.stringify(url)}, ${JSON.stringify(host)})`,
  );
}

describe("the PAC file", () => {
  it.each([
    ["an outside name", "www.example.jp", both],
    ["the portal", "portal.city.test", "DIRECT"],
    ["the portal, with the root's dot and capitals", "PORTAL.city.test.", "DIRECT"],
    ["a name below the portal's", "x.portal.city.test", both],
    ["a name that only ends like the portal's", "evilportal.city.test", both],
    ["a name below a direct suffix", "www.asp.lgwan.jp", "DIRECT"],
    ["the direct suffix itself", "lgwan.jp", "DIRECT"],
    ["a name that only ends like the suffix", "evil-lgwan.jp", both],
    ["a suffix in the middle", "lgwan.jp.evil.test", both],
    ["a plain host name", "intranet", "DIRECT"],
    ["localhost", "localhost", "DIRECT"],
    ["a private address", "10.1.2.3", "DIRECT"],
    ["another private address", "172.31.0.1", "DIRECT"],
    ["just outside the private range", "172.32.0.1", both],
    ["a third private range", "192.168.0.1", "DIRECT"],
    ["a public address", "192.0.78.9", both],
    ["a name made to look like a private address", "10.1.2.3.evil.test", both],
    ["a name that begins like one", "10.evil.test", both],
    ["an address with a part too many", "10.1.2.3.4", both],
    ["an address as one number", "2130706433", both],
    ["an address in hexadecimal", "0x7f000001", both],
    ["a public IPv6 address", "[2001:db8::1]", both],
    ["the same without brackets", "2001:db8::1", both],
    ["the IPv6 loopback", "[::1]", "DIRECT"],
    ["a unique local address", "fd00::1", "DIRECT"],
    ["a link-local address", "fe80::1", "DIRECT"],
    ["a short name that begins like a link-local one", "fe80.test", both],
    ["nothing", "", "DIRECT"],
  ])("answers %s (%s)", (_what, host, answer) => expect(ask(host)).toBe(answer));

  it("answers every scheme alike, also when the path is there to mislead", () => {
    for (const scheme of ["http", "https", "ws", "wss", "ftp"]) {
      expect(ask("www.example.jp", `${scheme}://www.example.jp/?portal.city.test`)).toBe(both);
    }
  });

  it("is small, ASCII, asks no name server and never ends in DIRECT", () => {
    expect(text).toMatch(/^[\n\x20-\x7e]+$/);
    expect(text.length).toBeLessThan(2000);
    expect(text).not.toMatch(/dnsResolve|isInNet|myIpAddress|isResolvable|; DIRECT/);
    expect(text).not.toMatch(/\b(?:let|const)\b|=>|`/);
  });

  it("has the same tag for the same text only", () => {
    expect(makePac(settings).etag).toBe(etag);
    expect(makePac({ ...settings, proxies: ["other.test:3128"] }).etag).not.toBe(etag);
  });

  it("refuses settings that would not be ASCII", () => {
    expect(() => makePac({ ...settings, directHosts: ["庁内"] })).toThrow(RangeError);
  });
});

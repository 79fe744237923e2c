/** Links to the portal: what is accepted, and that nothing in them can be changed. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  linkValidMs,
  maxUrlLength,
  signLink,
  verifyLink,
} from "../../../proxy/terminal/address-link.ts";

const key = Buffer.alloc(32, 1);
const terminal = "10.1.2.3";
const now = Date.parse("2026-04-01T00:00:00Z");
const url = "https://www.example.jp/a?b=1&c=%E3%81%82";

function partsOf(path: string | undefined) {
  const query = new URL(path ?? "", "https://portal.test").searchParams;
  const part = (name: string) => query.get(name) ?? "";
  return { url: part("url"), until: part("until"), sig: part("sig") };
}
const link = partsOf(signLink(key, { url, terminal }, now));

describe("a signed link", () => {
  it("gives its address back, as often as asked within its time", () => {
    for (const at of [now, now + 1, now + linkValidMs]) {
      expect(verifyLink(key, link, terminal, at)).toEqual({ ok: true, url });
    }
  });

  it.each([
    ["after its time", link, terminal, now + linkValidMs + 1000, "expired"],
    ["after the clock was set back", link, terminal, now - 1000, "expired"],
    ["for another terminal", link, "10.1.2.4", now, "signature"],
    ["with another address", { ...link, url: "https://evil.test/" }, terminal, now, "signature"],
    [
      "made to last",
      { ...link, until: String(Number(link.until) + 1) },
      terminal,
      now,
      "signature",
    ],
    ["without a signature", { ...link, sig: "" }, terminal, now, "malformed"],
    ["with a date that is none", { ...link, until: "1e9" }, terminal, now, "malformed"],
    ["for a script", { ...link, url: "javascript:alert(1)" }, terminal, now, "malformed"],
  ])("is refused %s", (_what, given, who, at, reason) => {
    expect(verifyLink(key, given, who, at)).toEqual({ ok: false, reason });
  });

  it("is refused under another key", () => {
    expect(verifyLink(Buffer.alloc(32, 2), link, terminal, now)).toMatchObject({ ok: false });
  });

  it("is not made for what is no web address, or too long", () => {
    for (const bad of ["", "file:///etc/passwd", "https://", "http://a b/", "//x.test/"]) {
      expect(signLink(key, { url: bad, terminal }, now), bad).toBeUndefined();
    }
    const long = `https://x.test/${"a".repeat(maxUrlLength)}`;
    expect(signLink(key, { url: long, terminal }, now)).toBeUndefined();
  });

  it("survives its own query encoding, whatever the address", () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: false }), (any) => {
        const path = signLink(key, { url: any, terminal }, now);
        fc.pre(path !== undefined);
        expect(verifyLink(key, partsOf(path), terminal, now)).toEqual({ ok: true, url: any });
      }),
    );
  });
});

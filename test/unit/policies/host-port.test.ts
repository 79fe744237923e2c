import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAuthority, parseHost } from "../../../policies/guards/host-port.ts";

const strict = { ipLiterals: "deny", singleLabel: "deny" } as const;
const open = { ipLiterals: "allow", singleLabel: "allow" } as const;

describe("parseHost", () => {
  const accepted: readonly (readonly [sentence: string, text: string, host: string])[] = [
    ["keeps an ordinary name", "www.example.jp", "www.example.jp"],
    ["lower-cases", "WWW.Example.JP", "www.example.jp"],
    ["strips one trailing dot", "example.jp.", "example.jp"],
    ["takes an A-label", "xn--eckwd4c7c.example.jp", "xn--eckwd4c7c.example.jp"],
    [
      "takes hyphens in the third and fourth place",
      "r3---sn-abc.example.com",
      "r3---sn-abc.example.com",
    ],
    ["takes an underscore below the top", "_dmarc.example.jp", "_dmarc.example.jp"],
    ["takes digits that are not the last label", "1.2.3.example.jp", "1.2.3.example.jp"],
  ];
  it.each(accepted)("%s", (_sentence, text, host) => {
    expect(parseHost(text, strict)).toEqual({ ok: true, kind: "name", host });
  });

  const refused: readonly (readonly [text: string, reason: string])[] = [
    ["", "empty-host"],
    [".", "empty-host"],
    ["example.jp..", "bad-label"],
    [".example.jp", "bad-label"],
    ["a..b.jp", "bad-label"],
    ["-a.example.jp", "bad-label"],
    ["a-.example.jp", "bad-label"],
    [`${"a".repeat(64)}.jp`, "bad-label"],
    [`${"a.".repeat(127)}jp`, "host-too-long"],
    ["intranet", "single-label"],
    ["localhost", "localhost"],
    ["LOCALHOST.", "localhost"],
    ["x.localhost", "localhost"],
    ["127.0.0.1", "ip-literal"],
    ["127.0.0.1.", "ip-literal"],
    ["0177.0.0.1", "ip-encoding"],
    ["2130706433", "ip-encoding"],
    ["127.1", "ip-encoding"],
    ["0x7f.1", "ip-encoding"],
    ["0x7f000001", "ip-encoding"],
    ["0x", "ip-encoding"],
    ["0", "ip-encoding"],
    ["1.2.3.4.5", "ip-encoding"],
    ["256.1.1.1", "ip-encoding"],
    ["01.2.3.4", "ip-encoding"],
    ["example.123", "ip-encoding"],
    ["[::1]", "ip-literal"],
    ["::1", "bad-brackets"],
    ["[example.jp]", "bad-brackets"],
    ["[::1", "bad-brackets"],
    ["[fe80::1%eth0]", "percent-encoding"],
    ["[1.2.3.4]", "bad-brackets"],
    ["exa%6dple.com", "percent-encoding"],
    ["user@example.jp", "userinfo"],
    ["日本語.jp", "non-ascii"],
    ["example。com", "non-ascii"],
    ["ⓔⓧⓐⓜⓟⓛⓔ.com", "non-ascii"],
    ["ex\u00adample.com", "non-ascii"],
    ["exam ple.com", "bad-character"],
    ["example.com\r\nX: y", "bad-brackets"],
    ["example.com\0", "bad-character"],
    ["example.com#x", "bad-character"],
    ["example.com\\x", "bad-character"],
    ["*.example.com", "bad-character"],
    ["xn--a.example.jp", "punycode-invalid"],
    ["a.xn--99999999.jp", "punycode-invalid"],
  ];
  it.each(refused)("refuses %j: %s", (text, reason) => {
    expect(parseHost(text, strict)).toEqual({ ok: false, reason });
  });

  it("takes addresses and single labels only where the guards say so", () => {
    expect(parseHost("192.0.2.1", open)).toMatchObject({
      ok: true,
      kind: "ipv4",
      host: "192.0.2.1",
    });
    expect(parseHost("[2001:DB8:0::1]", open)).toMatchObject({
      ok: true,
      kind: "ipv6",
      host: "2001:db8::1",
    });
    expect(parseHost("intranet", open)).toMatchObject({ ok: true, kind: "name" });
    expect(parseHost("127.1", open)).toEqual({ ok: false, reason: "ip-encoding" });
  });

  it("whatever comes out is canonical: it parses to itself, in plain characters", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.domain(),
          fc.ipV4(),
          fc.string({
            unit: fc.constantFrom("a", "1", ".", "-", "_", "[", "]", ":", "%", "@", "x", "n", "0"),
          }),
        ),
        (text) => {
          const once = parseHost(text, open);
          if (!once.ok || once.kind === "ipv6") return;
          expect(once.host).toMatch(/^[a-z0-9._-]{1,253}$/);
          expect(parseHost(once.host, open)).toEqual(once);
        },
      ),
    );
  });
});

describe("parseAuthority", () => {
  const table: readonly (readonly [text: string, fallback: number | undefined, result: object])[] =
    [
      ["example.jp:443", undefined, { ok: true, host: "example.jp", port: 443 }],
      ["example.jp", 80, { ok: true, port: 80 }],
      ["example.jp", undefined, { ok: false, reason: "port-missing" }],
      ["example.jp:", 80, { ok: false, reason: "port-invalid" }],
      ["example.jp:0", undefined, { ok: false, reason: "port-invalid" }],
      ["example.jp:0443", undefined, { ok: false, reason: "port-invalid" }],
      ["example.jp:65536", undefined, { ok: false, reason: "port-invalid" }],
      ["example.jp:+443", undefined, { ok: false, reason: "port-invalid" }],
      ["example.jp:443:443", undefined, { ok: false, reason: "bad-brackets" }],
      ["good.jp@evil.jp:443", undefined, { ok: false, reason: "userinfo" }],
      ["[::1]:443", undefined, { ok: false, reason: "ip-literal" }],
      ["[::1]443", undefined, { ok: false, reason: "bad-brackets" }],
    ];
  it.each(table)("%j", (text, fallback, result) => {
    expect(parseAuthority(text, strict, fallback)).toMatchObject(result);
  });
});

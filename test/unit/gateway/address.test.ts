import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { resolveAddress } from "../../../orchestrator/gateway/address.ts";

const search = "http://kunren.hanare.internal/search?q=%s";
const found = (words: string) => search.replace("%s", encodeURIComponent(words));

const table: readonly [what: string, typed: string, url: string][] = [
  ["a whole URL", "https://www.example.jp/a?b=1#c", "https://www.example.jp/a?b=1#c"],
  ["a whole URL with spaces around it", "  http://example.jp/ ", "http://example.jp/"],
  ["a host name gets https", "www.example.jp", "https://www.example.jp/"],
  ["a host name with path and port", "www.example.jp:8443/x", "https://www.example.jp:8443/x"],
  [
    "Hanare's own names have no TLS",
    "kunren.hanare.internal/forms",
    "http://kunren.hanare.internal/forms",
  ],
  ["an IPv4 address has no TLS", "192.168.0.1/x", "http://192.168.0.1/x"],
  ["localhost goes to the proxy to be refused there", "localhost:8080", "http://localhost:8080/"],
  ["Japanese words are searched for", "住民票 手続き", found("住民票 手続き")],
  ["one word is searched for", "広報", found("広報")],
  [
    "a sentence with a dot is searched for",
    "what is v1.2 good for",
    found("what is v1.2 good for"),
  ],
  ["javascript: is words", "javascript:alert(1)", found("javascript:alert(1)")],
  ["file: is words", "file:///etc/passwd", found("file:///etc/passwd")],
  ["chrome: is words", "chrome://settings", found("chrome://settings")],
  ["user info is words, not an address", "admin@example.jp", found("admin@example.jp")],
];

describe("the address bar", () => {
  for (const [what, typed, url] of table) {
    it(what, () => expect(resolveAddress(typed, search)).toBe(url));
  }

  it("a Japanese host name becomes its A-label", () => {
    expect(resolveAddress("総務省.jp", search)).toMatch(/^https:\/\/xn--[a-z0-9-]+\.jp\/$/);
  });

  it("only ever gives http or https, whatever is typed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (typed) => {
        expect(new URL(resolveAddress(typed, search)).protocol).toMatch(/^https?:$/);
      }),
    );
  });
});

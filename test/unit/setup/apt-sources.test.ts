import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  chooseMirrors,
  defaultMirrors,
  parseSources,
} from "../../../setup/packages/apt-sources.ts";

describe("the machine's package sources", () => {
  it.each([
    [
      "one line each",
      "sources.list",
      "deb http://m.example/debian bookworm main\n# deb http://no.example/debian x main\n",
      ["http://m.example/debian"],
    ],
    [
      "options in brackets",
      "a.list",
      "deb [arch=amd64 signed-by=/k] https://m.example/debian bookworm main",
      ["https://m.example/debian"],
    ],
    [
      "source packages are not asked for",
      "a.list",
      "deb-src http://m.example/debian bookworm main",
      [],
    ],
    [
      "stanzas",
      "debian.sources",
      "Types: deb\nURIs: http://a.example/debian http://b.example/debian\nSuites: trixie\n\nTypes: deb\nURIs: http://c.example/debian-security\n",
      ["http://a.example/debian", "http://b.example/debian", "http://c.example/debian-security"],
    ],
    [
      "a stanza that is switched off",
      "debian.sources",
      "Enabled: no\nURIs: http://a.example/debian\n",
      [],
    ],
  ])("%s", (_, name, text, uris) => {
    expect(parseSources(name, text)).toEqual(uris);
  });

  it.each([
    [
      "both kinds from the own mirror",
      ["http://m.example/debian/", "http://m.example/debian-security/"],
      { main: "http://m.example/debian", security: "http://m.example/debian-security" },
    ],
    [
      "other vendors' sources are passed over",
      ["https://deb.vendor.example/node_20.x", "http://m.example/debian"],
      { main: "http://m.example/debian", security: defaultMirrors.security },
    ],
    ["no Debian mirror: Debian's own", ["http://archive.ubuntu.example/ubuntu"], defaultMirrors],
    [
      "only what mmdebstrap can fetch inside an image",
      ["cdrom:[Debian]/debian", "file:/srv/debian"],
      defaultMirrors,
    ],
  ])("%s", (_, uris, mirrors) => {
    expect(chooseMirrors(uris)).toEqual(mirrors);
  });

  it("takes any text without failing", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom("a.list", "a.sources"), (text, name) => {
        expect(Array.isArray(parseSources(name, text))).toBe(true);
      }),
    );
  });
});

import { describe, expect, test } from "vitest";
import { judgeOrigin, type OriginFacts } from "../../../orchestrator/http/origin.ts";

const own: OriginFacts = {
  method: "POST",
  upgrade: false,
  host: "hanare.city.lg.jp:8443",
  origin: "https://hanare.city.lg.jp:8443",
  secFetchSite: "same-origin",
};

describe("a request passes", () => {
  test.each<[string, Partial<OriginFacts>]>([
    ["from our own page", {}],
    ["from a browser without fetch metadata", { secFetchSite: undefined }],
    ["typed by the person", { secFetchSite: "none" }],
    [
      "when it only reads, wherever it comes from",
      { method: "GET", origin: "https://evil.example" },
    ],
    ["when it only reads and names no origin", { method: "GET", origin: undefined }],
    ["on the default port", { host: "h.example", origin: "https://h.example" }],
    ["with the default port written out", { host: "h.example:443", origin: "https://h.example" }],
    ["with a host in capitals", { host: "H.example", origin: "https://h.example" }],
    ["by address", { host: "192.0.2.1:8443", origin: "https://192.0.2.1:8443" }],
    ["by IPv6 address", { host: "[2001:db8::1]:8443", origin: "https://[2001:db8::1]:8443" }],
    ["as upgrade of our own page", { method: "GET", upgrade: true }],
  ])("%s", (_sentence, change) => {
    expect(judgeOrigin({ ...own, ...change })).toEqual({ outcome: "accepted" });
  });
});

describe("a request is refused", () => {
  test.each<[string, Partial<OriginFacts>, string]>([
    ["from another site", { origin: "https://evil.example" }, "origin-differs"],
    ["from our name over http", { origin: "http://hanare.city.lg.jp:8443" }, "origin-differs"],
    ["from our name on another port", { origin: "https://hanare.city.lg.jp" }, "origin-differs"],
    [
      "from a name that begins like ours",
      { origin: "https://hanare.city.lg.jp:8443.evil.example" },
      "origin-differs",
    ],
    ["from a sandboxed frame", { origin: "null" }, "origin-differs"],
    [
      "with two origins",
      { origin: "https://hanare.city.lg.jp:8443, https://evil.example" },
      "origin-differs",
    ],
    ["without origin", { origin: undefined }, "origin-missing"],
    ["with an empty origin", { origin: "" }, "origin-differs"],
    ["without host", { host: undefined }, "host-invalid"],
    [
      "with a host that is an address with a user",
      { host: "a@hanare.city.lg.jp:8443" },
      "host-invalid",
    ],
    ["with a host that carries a path", { host: "hanare.city.lg.jp:8443/x" }, "host-invalid"],
    ["when the browser says another site sent it", { secFetchSite: "cross-site" }, "fetch-site"],
    ["when the browser says a sibling sent it", { secFetchSite: "same-site" }, "fetch-site"],
    [
      "as DELETE of another site",
      { method: "DELETE", origin: "https://evil.example" },
      "origin-differs",
    ],
    ["with a method nobody knows", { method: "BREW", origin: undefined }, "origin-missing"],
    [
      "as upgrade of another site",
      { method: "GET", upgrade: true, origin: "https://evil.example" },
      "origin-differs",
    ],
    [
      "as upgrade without origin",
      { method: "GET", upgrade: true, origin: undefined },
      "origin-missing",
    ],
  ])("%s", (_sentence, change, reason) => {
    expect(judgeOrigin({ ...own, ...change })).toEqual({ outcome: "refused", reason });
  });
});

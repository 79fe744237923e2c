/**
 * Doors for addresses from outside: the proxy's signed links, and the page that starts a session. Neither
 * opens anything for a site that merely leads there.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linkValidMs, maxUrlLength, signLink } from "../../../proxy/terminal/address-link.ts";
import { linkKey, type Portal, type SignedIn, startPortal } from "./portal.ts";

let portal: Portal;
let hanako: SignedIn;
beforeAll(async () => {
  portal = await startPortal();
  hanako = await portal.person("hanako", ["user"]);
});
afterAll(() => portal[Symbol.asyncDispose]());

const terminal = "127.0.0.1";
const outside = "https://www.example.test/a?b=1";

interface Link {
  readonly url: string;
  readonly until: string;
  readonly sig: string;
}

/** A link as the proxy makes it. */
function linkTo(url: string, of = terminal, at = Date.now(), key = linkKey): Link {
  const path = signLink(key, { url, terminal: of }, at);
  const query = new URL(path ?? "", "https://portal.test").searchParams;
  const part = (name: string) => query.get(name) ?? "";
  return { url: part("url"), until: part("until"), sig: part("sig") };
}

const ask = (link: object, headers: Record<string, string> = {}) =>
  portal.send("POST", "/api/go", { body: link, headers });

describe("a signed link", () => {
  it.each([
    ["an ordinary address", outside],
    ["an address of more than 2,000 characters", `https://www.example.test/${"a".repeat(2500)}`],
    ["one of the longest", `https://x.test/${"a".repeat(maxUrlLength - "https://x.test/".length)}`],
    ["a Japanese name", "https://xn--wgv71a119e.test/%E6%A1%88%E5%86%85"],
    ["bytes of Shift_JIS", "http://www.example.test/?q=%93%FA%96%7B%8C%EA"],
    ["characters that end queries", "https://www.example.test/?a=1&b=%26%23+%2B&c=%25"],
  ])("gives %s back, byte for byte", async (_what, url) => {
    const answer = await ask(linkTo(url));
    expect([answer.status, answer.json()]).toEqual([200, { url }]);
  });

  it("may be used again within its time, by whoever sits at that terminal", async () => {
    const link = linkTo(outside);
    for (const cookie of [undefined, hanako.cookie]) {
      const answer = await portal.send("POST", "/api/go", {
        body: link,
        ...(cookie !== undefined && { cookie }),
      });
      expect(answer.json()).toEqual({ url: outside });
    }
  });

  const good = () => linkTo(outside);
  it.each<[string, () => Link]>([
    ["has expired", () => linkTo(outside, terminal, Date.now() - linkValidMs - 1000)],
    ["was made for another terminal", () => linkTo(outside, "10.1.2.3")],
    ["was signed with another key", () => linkTo(outside, terminal, Date.now(), Buffer.alloc(32))],
    ["has another address", () => ({ ...good(), url: "https://evil.test/" })],
    ["has a longer life", () => ({ ...good(), until: String(Number(good().until) + 600) })],
    ["has part of its signature", () => ({ ...good(), sig: good().sig.slice(0, 42) })],
    ["has no signature", () => ({ ...good(), sig: "" })],
    ["leads to a script", () => ({ ...good(), url: "javascript:alert(1)" })],
    ["leads to data", () => ({ ...good(), url: "data:text/html,<script>alert(1)</script>" })],
    ["leads to a file", () => ({ ...good(), url: "file:///etc/passwd" })],
    ["leads to nowhere", () => ({ ...good(), url: "" })],
    [
      "has a name that is not in its ASCII spelling",
      () => ({ ...good(), url: "https://日本.test/" }),
    ],
  ])("is refused when it %s", async (_what, link) => {
    const answer = await ask(link());
    expect([answer.status, answer.json()["code"]]).toEqual([410, "LINK_NOT_VALID"]);
  });

  it("is never made for what is no web address", () => {
    for (const url of [
      "javascript:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "//x.test/",
    ])
      expect(signLink(linkKey, { url, terminal }, Date.now()), url).toBeUndefined();
  });

  it.each([
    ["an address that is too long", { ...linkTo(outside), url: `https://${"a".repeat(5000)}` }],
    ["a field too many", { ...linkTo(outside), user: "taro" }],
    ["a field of another kind", { ...linkTo(outside), until: 1 }],
  ])("with %s is a bad request", async (_what, link) => {
    expect((await ask(link)).status).toBe(400);
  });

  it("is not looked at for another site's page", async () => {
    const answer = await ask(linkTo(outside), { origin: "https://evil.test" });
    expect(answer.json()["code"]).toBe("CROSS_ORIGIN");
  });

  it("opens nothing by itself", async () => {
    const answer = await portal.send("GET", "/api/session", { cookie: hanako.cookie });
    expect(answer.json()).toEqual({ session: null });
  });
});

describe("the page that starts a session", () => {
  const url = "/view/new?url=https%3A%2F%2Fwww.example.test%2F%3Fa%3D1%26b%3D%25E3";
  const from = (site: string | undefined, path = url) =>
    portal.send("GET", path, { headers: { "sec-fetch-site": site } });

  it.each(["same-origin", "none"])(
    "is there for our own pages and for people (%s)",
    async (site) => {
      const answer = await from(site);
      expect([answer.status, answer.headers["cache-control"]]).toEqual([
        200,
        "private, max-age=60",
      ]);
      // Or what was kept for our own pages would be shown to another site's navigation.
      expect(answer.headers.vary).toBe("sec-fetch-site");
    },
  );

  it.each(["cross-site", "same-site", "Same-Origin", undefined])(
    "asks the person first when another site led there (%s)",
    async (site) => {
      const answer = await from(site);
      expect([answer.status, answer.headers.location]).toEqual([
        303,
        "/go?url=https%3A%2F%2Fwww.example.test%2F%3Fa%3D1%26b%3D%25E3",
      ]);
      expect(answer.headers["cache-control"]).toBe("no-store");
      for (const path of ["/view/new", "/view/new?url=words", "/view/new?url=javascript:alert(1)"])
        expect((await from(site, path)).headers.location, path).toBe("/");
    },
  );
});

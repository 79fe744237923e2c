/** One look at a feed, from a real server on loopback: taken, held, refused; what is to be kept is told. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Feed, type FetchThrough, lookAtFeed } from "../../../policies/feeds/refresh.ts";
import { compileText, problemsOf } from "./parts.ts";

let server: Server;
let answer: { status: number; body: string | Buffer; etag?: string };
let asked: (string | undefined)[];
let url: string;
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.headers["if-none-match"]);
    const isKnown = answer.etag !== undefined && request.headers["if-none-match"] === answer.etag;
    response.writeHead(
      isKnown ? 304 : answer.status,
      answer.etag === undefined ? {} : { ETag: answer.etag },
    );
    response.end(isKnown ? undefined : answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.txt`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const direct: FetchThrough = async (from, { etag }, signal) => {
  const headers = etag === undefined ? {} : { "If-None-Match": etag };
  const { status, body, headers: sent } = await fetch(from, { signal, headers });
  return {
    status,
    etag: sent.get("etag") ?? undefined,
    body: body ?? new ReadableStream<Uint8Array>(),
  };
};
const list = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `n${from + index}.example\n`).join("");

async function look(before: string | undefined, change: Partial<Feed> = {}, etag?: string) {
  const feed: Feed = {
    ...{ name: "f", url, formats: ["domains"], maxBytes: 100_000, maxChangePercent: 30 },
    ...change,
  };
  const found = await lookAtFeed(feed, before, { etag }, direct, AbortSignal.timeout(5_000));
  expect(found.ja).toMatch(/[ぁ-ん]/);
  return found;
}
const entriesIn = (text: string | undefined) =>
  (text ?? "").split("\n").filter((line) => line.includes(".example")).length;

it("takes the first copy and small changes, and says when nothing changed", async () => {
  answer = { status: 200, body: list(0, 100) };
  const first = await look(undefined);
  expect(first).toMatchObject({ kind: "taken", entries: 100, added: 100, removed: 0 });
  expect(await look(first.text)).toMatchObject({ kind: "unchanged" });
  answer.body = list(10, 120);
  const next = await look(first.text);
  expect(next).toMatchObject({ kind: "taken", entries: 110, added: 20, removed: 10 });
  expect(entriesIn(next.text)).toBe(110);
});

it("asks only whether there is a newer copy, when there is one it knows", async () => {
  answer = { status: 200, body: list(0, 100), etag: '"1"' };
  const first = await look(undefined, {}, '"1"');
  // Without a copy of our own the validator would leave us without a list.
  expect(first.kind).toBe("taken");
  const second = await look(first.text, {}, first.etag);
  expect(second).toMatchObject({ kind: "unchanged", etag: '"1"' });
  expect(asked).toEqual([undefined, '"1"']);
});

it("takes nothing of what is bad, and keeps what is held beside", async () => {
  const before = list(0, 100);
  const table: readonly (readonly [number, string | Buffer, Partial<Feed>, string, number])[] = [
    [200, list(0, 60), {}, "held", 60],
    [200, list(0, 200), {}, "held", 200],
    [200, list(200, 300), {}, "held", 100],
    [200, "<html>メンテナンス中</html>", {}, "refused", 0],
    [200, "", {}, "refused", 0],
    [200, Buffer.from([0xff, 0xfe, 0, 0xfd]), {}, "refused", 0],
    [500, list(0, 100), {}, "unreachable", 0],
    [302, "", {}, "unreachable", 0],
    [200, list(0, 110), { maxBytes: 500 }, "too-large", 0],
    [200, list(0, 110), { url: "http://127.0.0.1:1/" }, "unreachable", 0],
    [200, "{}", { formats: ["m365-json"] }, "refused", 0],
    [200, list(0, 200), { maxChangePercent: 200 }, "taken", 200],
  ];
  for (const [status, body, change, kind, kept] of table) {
    answer = { status, body };
    const found = await look(before, change);
    expect([found.kind, entriesIn(found.text)], `${status} ${kind}`).toEqual([kind, kept]);
  }
});

it("feeds are compiled with their limits; those that no list uses are not", () => {
  const text = (feed: string, list = "{ feed: ads }") => `version: 1
name: p
feeds:
  ads: { ${feed} }
  unused: { url: "https://other.example/l" }
lists:
  l: ${list}
rules: []
`;
  const compiled = compileText(
    text('url: "https://lists.example/a.txt", every: 6h', "{ feed: ads, max_age: 2d }"),
  );
  expect(compiled.ok && compiled.policy.feeds).toEqual([
    {
      ...{ name: "ads", url: "https://lists.example/a.txt", host: "lists.example", port: 443 },
      ...{ formats: ["domains"], everyMs: 6 * 3_600_000, maxAgeMs: 2 * 86_400_000 },
      ...{ maxBytes: 64 * 1024 * 1024, maxChangePercent: 30, lists: ["l"] },
    },
  ]);
  const dropped = compileText(
    text(
      'url: "https://lists.example/a.txt"',
      "{ feed: ads, effect: allow, max_age: 2d, on_stale: drop }",
    ),
  );
  expect(dropped.ok && dropped.policy.feeds?.[0]).toMatchObject({ dropWhenOld: true });
  const m365 = compileText(`version: 1
name: p
lists:
  a: { feed: m365-endpoints }
  b: { feed: m365-endpoints, categories: [Default] }
rules: []
`);
  expect(m365.ok && m365.policy.feeds?.map(({ name, categories }) => [name, categories])).toEqual([
    ["m365-endpoints", ["Optimize", "Allow"]],
    ["m365-endpoints.default", ["Default"]],
  ]);
  const wrong: readonly (readonly [string, string, string?])[] = [
    ['url: "http://lists.example/a.txt"', "write an https address"],
    ['url: "https://u:p@lists.example/a.txt"', "write an https address"],
    ['url: "https://10.0.0.1/a.txt"', "write an https address"],
    ['url: "https://lists.example:8443/a.txt"', "Port 8443 is closed"],
    ['url: "https://lists.example/a.txt", via: up', 'no parent proxy "up"'],
    ['url: "https://lists.example/a.txt", ca_file: no.pem', "cannot be read"],
    [
      'url: "https://lists.example/a.txt"',
      "max_age: 30d",
      "{ feed: ads, effect: allow, on_stale: drop }",
    ],
    [
      'url: "https://lists.example/a.txt"',
      "what it blocks would open",
      "{ feed: ads, max_age: 2d, on_stale: drop }",
    ],
    [
      'url: "https://lists.example/a.txt"',
      "in both or in neither",
      "{ feed: ads, max_age: 2d, effect: allow, on_stale: drop }\n  m: { feed: ads }",
    ],
  ];
  for (const [feed, en, list] of wrong)
    expect(problemsOf(text(feed, list))[0]?.en, feed).toContain(en);
});

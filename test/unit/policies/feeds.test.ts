/** Feeds from a real server on loopback: taken, held, refused; the last good copy always stays. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import {
  ageOfFeed,
  type Feed,
  type FetchThrough,
  refreshFeed,
} from "../../../policies/feeds/refresh.ts";

let folder: string;
let server: Server;
let answer: { status: number; body: string | Buffer };
let url: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  server = createServer((_, response) => {
    response.writeHead(answer.status);
    response.end(answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list.txt`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const direct: FetchThrough = async (from, signal) => {
  const { status, body } = await fetch(from, { signal });
  return { status, body: body ?? new ReadableStream<Uint8Array>() };
};
const list = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `n${from + index}.example\n`).join("");

async function refresh(change: Partial<Feed> = {}) {
  const feed: Feed = {
    ...{ id: "f", url, formats: ["domains"], maxBytes: 100_000, maxChangePercent: 30 },
    file: join(folder, "feeds/f.txt"),
    ...change,
  };
  const { kind, entries, ja } = await refreshFeed(feed, direct, AbortSignal.timeout(5_000));
  expect(ja).toMatch(/[ぁ-ん]/);
  const copy = await readFile(feed.file, "utf8").catch(() => "");
  return [kind, entries, copy.split("\n").filter((line) => line.includes(".example")).length];
}

it("takes the first copy and small changes, and says when nothing changed", async () => {
  answer = { status: 200, body: list(0, 100) };
  expect(await refresh()).toEqual(["taken", 100, 100]);
  expect(await refresh()).toEqual(["unchanged", 100, 100]);
  answer.body = list(10, 120);
  expect(await refresh()).toEqual(["taken", 110, 110]);
  expect(await ageOfFeed(join(folder, "feeds/f.txt"), Date.now())).toBeLessThan(10_000);
});

it("takes nothing while the last good copy is there and cannot be read", async () => {
  answer = { status: 200, body: list(0, 100) };
  const file = join(folder, "feeds");
  await mkdir(file);
  await expect(refresh({ file })).rejects.toThrow("EISDIR");
});

it("keeps the last good copy whatever comes afterwards", async () => {
  answer = { status: 200, body: list(0, 100) };
  await refresh();
  const table: readonly (readonly [number, string | Buffer, Partial<Feed>, string])[] = [
    [200, list(0, 60), {}, "held"],
    [200, list(0, 200), {}, "held"],
    [200, list(200, 300), {}, "held"],
    [200, "<html>メンテナンス中</html>", {}, "refused"],
    [200, "", {}, "refused"],
    [200, Buffer.from([0xff, 0xfe, 0, 0xfd]), {}, "refused"],
    [500, list(0, 100), {}, "unreachable"],
    [200, list(0, 110), { maxBytes: 500 }, "too-large"],
    [200, list(0, 110), { url: "http://127.0.0.1:1/" }, "unreachable"],
    [200, "{}", { formats: ["m365-json"] }, "refused"],
  ];
  for (const [status, body, change, kind] of table) {
    answer = { status, body };
    expect(await refresh(change)).toEqual([kind, 100, 100]);
  }
  answer = { status: 200, body: list(0, 200) };
  expect(await refresh({ maxChangePercent: 200 })).toEqual(["taken", 200, 200]);
});

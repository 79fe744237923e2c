/** A finished download whose host is away: it is kept for a while, handed over when the host is back, or dropped. */
import { once } from "node:events";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { handOver } from "../../../images/browser/agent/downloads.ts";
import { FrameReader } from "../../../images/wire/frame.ts";

const bytes = Buffer.from("決裁済みの文書".repeat(1000));
const download = { name: "文書.txt", url: "http://www.example.test/a" };

let folder: string;
let file: string;
let socketPath: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-agent-"));
  file = join(folder, "0a1b");
  socketPath = join(folder, "control.sock");
  await writeFile(file, bytes);
});
afterEach(() => rm(folder, { recursive: true }));

const isThere = () =>
  access(file).then(
    () => true,
    () => false,
  );

it("reaches a host that comes back within the wait, whole, and is gone here then", async () => {
  const handing = handOver(file, download, { socketPath, patienceMs: 10_000 });
  // It has dialled in vain by now.
  await new Promise((resolve) => setTimeout(resolve, 250));
  expect(await isThere()).toBe(true);
  const host = createServer().listen(socketPath);
  const [socket] = (await once(host, "connection")) as [Socket];
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  await handing;
  const all = Buffer.concat(chunks);
  const frames = new FrameReader(64 * 1024).push(all.subarray(0, all.length - bytes.length));
  expect(JSON.parse([...frames][0]?.payload.toString("utf8") ?? "{}")).toMatchObject({
    kind: "download",
    ...download,
    size: bytes.length,
  });
  expect(all.subarray(-bytes.length)).toEqual(bytes);
  expect(await isThere()).toBe(false);
  host.close();
});

it("is dropped, and said to be, when the host stays away for the whole wait", async () => {
  const begun = performance.now();
  const handing = handOver(file, download, { socketPath, patienceMs: 400 });
  await expect(handing).rejects.toMatchObject({ code: "ENOENT" });
  expect(performance.now() - begun).toBeGreaterThan(400);
  expect(await isThere()).toBe(false);
});

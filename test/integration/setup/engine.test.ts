/** The set-up's own calls to a real engine, with an image of a few bytes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEngineApi } from "../../../setup/engine/api.ts";
import { engineSocket } from "../../../orchestrator/config/engine-socket.ts";
import { findEngine } from "../../../setup/engine/find-engine.ts";
import { buildImage } from "../../../setup/images/build-image.ts";
import { tarStream } from "../../../setup/images/tar-stream.ts";
import { SetupError } from "../../../setup/problems.ts";

const signal = AbortSignal.timeout(60_000);
const engine = createEngineApi(engineSocket());
const base = `hanare/base:test-${process.pid}`;
const tag = `hanare/clamd:test-${process.pid}`;
let dir: string;
const broken: string[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hanare-engine-"));
  mkdirSync(join(dir, "log"));
});
afterEach(async () => {
  for (const ref of [tag, base, ...broken.splice(0)]) await engine.removeImage(ref, signal);
  rmSync(dir, { recursive: true });
});

const file = (to: string, text: string) => {
  writeFileSync(join(dir, to), text);
  return { from: join(dir, to), to, size: Buffer.byteLength(text), executable: false };
};
const build = (dockerfile: string) =>
  buildImage(
    {
      name: "clamd",
      tag,
      base,
      inputs: "0123",
      files: [file("Dockerfile", dockerfile), file("hello", "hello")],
      engine,
      logFile: join(dir, "log", "setup.log"),
      onProgress: () => undefined,
      onBroken: (layer) => Promise.resolve(void broken.push(layer)),
    },
    signal,
  );

describe("images on a real engine", () => {
  it("imports a base, builds on it, names the result and removes it again", async () => {
    await engine.importImage(base, tarStream([file("etc-hostname", "x")]), signal);
    expect(await engine.findImage(base, signal)).toEqual([base]);
    await build("ARG BASE\nFROM ${BASE}\nCOPY hello /hello\n");
    expect(await engine.findImage(tag, signal)).toEqual([tag]);
    expect(await engine.removeImage(tag, signal)).toBe(true);
    expect(await engine.findImage(tag, signal)).toBeUndefined();
    expect(await engine.removeImage(tag, signal)).toBe(true);
  });

  it("gives no name to a base whose stream broke off", async () => {
    const half = Readable.from(
      (async function* () {
        yield Buffer.alloc(4096);
        await Promise.resolve();
        throw new Error("mmdebstrap failed");
      })(),
    );
    await expect(engine.importImage(base, half, signal)).rejects.toThrow("mmdebstrap failed");
    expect(await engine.findImage(base, signal)).toBeUndefined();
  });

  it("gives no name to a build that broke off, and says which layer is left", async () => {
    await engine.importImage(base, tarStream([file("etc-hostname", "x")]), signal);
    const error = await build(
      "ARG BASE\nFROM ${BASE}\nCOPY hello /hello\nCOPY absent /absent\n",
    ).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SetupError);
    expect((error as SetupError).code).toBe("BUILD_FAILED");
    expect(await engine.findImage(tag, signal)).toBeUndefined();
    expect(broken).toHaveLength(1);
    expect(await engine.findImage(broken[0] ?? "", signal)).toEqual([]);
  });

  it("tells an engine that is not there from one that refuses", async () => {
    expect(await findEngine(join(dir, "nothing.sock"), signal)).toBeUndefined();
    writeFileSync(join(dir, "file.sock"), "");
    expect(await findEngine(join(dir, "file.sock"), signal)).toBeUndefined();
    expect(await findEngine(engineSocket(), signal)).toBeDefined();
  });

  it("refuses an engine that is too old", async () => {
    const { createServer } = await import("node:http");
    const old = createServer((_, response) =>
      response.end('{"Version":"18.09.1","ApiVersion":"1.39"}'),
    );
    const socket = join(dir, "old.sock");
    await new Promise<void>((resolve) => old.listen(socket, resolve));
    await expect(findEngine(socket, signal)).rejects.toMatchObject({
      code: "ENGINE_TOO_OLD",
      facts: { found: "1.39", need: "1.41" },
    });
    old.close();
  });
});

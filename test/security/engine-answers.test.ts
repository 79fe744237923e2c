/** An engine that answers nonsense: each call says so instead of guessing, and a torrent is broken off. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newInstallationId } from "../../orchestrator/base/ids.ts";
import { createEngineClient, type EngineClient } from "../../orchestrator/engine/client.ts";

let directory: string;
let server: Server;
let engine: EngineClient;
let answer: unknown;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "hanare-test-"));
  const path = join(directory, "engine.sock");
  server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer));
  });
  await once(server.listen(path), "listening");
  engine = createEngineClient(newInstallationId(), path);
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

const long = "x".repeat(5000);

describe("an answer that is none", () => {
  it.each<[string, unknown, (client: EngineClient) => Promise<unknown>]>([
    ["to version", { Version: 1 }, (client) => client.ping()],
    ["to version, too long", { Version: long, ApiVersion: "1" }, (client) => client.ping()],
    ["to info", { Runtimes: [] }, (client) => client.runtimes()],
    ["to wait", { StatusCode: "0" }, (client) => client.wait("c")],
    ["to list", [{ Id: "a", Names: "b", State: "running" }], (client) => client.list()],
    [
      "to list, a label too long",
      [{ Id: "a", State: "x", Labels: { a: long } }],
      (client) => client.list(),
    ],
    ["to inspect", { State: {} }, (client) => client.inspect("c")],
    ["about memory", { State: { OOMKilled: "yes" } }, (client) => client.ranOutOfMemory("c")],
    ["about memory, nothing", {}, (client) => client.ranOutOfMemory("c")],
  ])("%s is ENGINE_FAILED", async (_, said, call) => {
    answer = said;
    await expect(call(engine)).rejects.toMatchObject({ code: "ENGINE_FAILED" });
  });

  it("in the right form is read", async () => {
    answer = { State: { OOMKilled: true } };
    expect(await engine.ranOutOfMemory("c")).toBe(true);
    answer = [{ Id: "a", State: "running", Names: ["/n"], Labels: null }];
    expect(await engine.list()).toMatchObject([{ id: "a", name: "n", running: true }]);
  });
});

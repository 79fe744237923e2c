import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createLog } from "../../orchestrator/base/log.ts";
import { newInstallationId, type SessionId } from "../../orchestrator/base/ids.ts";
import { createEngineClient } from "../../orchestrator/engine/client.ts";
import { sessionLabel } from "../../orchestrator/engine/labels.ts";
import type { SessionView } from "../../orchestrator/sessions/types.ts";
import { type Mourners, watchEngine } from "../../orchestrator/sessions/watch-engine.ts";

const died = (session: string) =>
  `${JSON.stringify({ Actor: { Attributes: { name: session, [sessionLabel]: session } } })}\n`;

it("an engine that talks nonsense and restarts ends nothing but its stream, and is heard again", async () => {
  const directory = await mkdtemp(join(tmpdir(), "hanare-test-engine-"));
  const path = join(directory, "engine.sock");
  const streams: ServerResponse[] = [];
  const engine = createServer((_request, response) => {
    response.writeHead(200).flushHeaders();
    streams.push(response);
    engine.emit("subscribed");
  });
  await once(engine.listen(path), "listening");

  const ended: string[] = [];
  const sessions: Mourners = {
    link: () => undefined,
    find: (id) => {
      if (id === "s0") throw new Error("database is locked");
      return { state: "active" } as SessionView;
    },
    end: (id: SessionId) => {
      ended.push(id);
      engine.emit("ended");
      return Promise.resolve();
    },
  };
  const watch = await watchEngine(
    createEngineClient(newInstallationId(), path),
    sessions,
    () => Promise.resolve({ orphans: 0, lost: 0 }),
    createLog("silent"),
  );
  const first = once(engine, "ended");
  streams[0]?.write(`no json\n\nnull\n{"Actor":1}\n{"Actor":{"Attributes":{"name":3}}}\n`);
  streams[0]?.write(died("s0"));
  streams[0]?.write(died("s1").slice(0, 20));
  streams[0]?.write(died("s1").slice(20));
  await first;

  const again = once(engine, "subscribed");
  streams[0]?.socket?.destroy();
  await again;
  const second = once(engine, "ended");
  streams[1]?.write(died("s2"));
  await second;
  expect(ended).toEqual(["s1", "s2"]);

  await watch[Symbol.asyncDispose]();
  engine.closeAllConnections();
  engine.close();
  await rm(directory, { recursive: true });
});

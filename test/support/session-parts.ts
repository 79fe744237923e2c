/**
 * A session service on the real engine for integration tests: real image, real containers, the real
 * link. The egress door listens but refuses all, and the file desk keeps nothing: tests of sessions do
 * not need more, and the end-to-end tests use the real ones.
 */
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "../../orchestrator/base/log.ts";
import { newInstallationId, type SessionId } from "../../orchestrator/base/ids.ts";
import { configSchema } from "../../orchestrator/config/schema.ts";
import type { EgressDoor } from "../../orchestrator/egress/door.ts";
import { createEngineClient, type EngineClient } from "../../orchestrator/engine/client.ts";
import { Sessions, type SessionsOptions } from "../../orchestrator/sessions/service.ts";
import { SessionStore } from "../../orchestrator/sessions/store.ts";
import type { AuditEvent } from "../../orchestrator/audit/events.ts";
import { openDatabase } from "../../orchestrator/store/database.ts";
import { testImages } from "./images.ts";

export interface SessionScene extends AsyncDisposable {
  readonly parts: SessionsOptions;
  readonly sessions: Sessions;
  readonly engine: EngineClient;
  readonly root: string;
  readonly audited: AuditEvent[];
}

export async function sessionScene(
  limits: object = {},
  chromiumPolicy = "{}",
  rightsOf: SessionsOptions["rightsOf"] = () => ({ rule: "none", session: true }),
  /** Another engine than the machine's. */
  engineSocket?: string,
  page = "refused",
): Promise<SessionScene> {
  const installation = newInstallationId();
  const run = join("/run/hanare", installation);
  const root = join(run, "s");
  await mkdir(root, { recursive: true });
  for (const path of ["/run/hanare", run, root]) await chmod(path, 0o711);
  const scratch = await mkdtemp(join(tmpdir(), "hanare-test-"));
  const database = openDatabase(join(scratch, "hanare.db"));
  const engine = createEngineClient(installation, engineSocket);
  const audited: AuditEvent[] = [];
  const parts: SessionsOptions = {
    installation,
    engine,
    door: refusingDoor(page),
    files: { endSession: () => Promise.resolve() },
    limits: configSchema.parse({
      sessions: { pool: { min: 0, max: 0 }, ...limits },
    }).sessions,
    image: testImages().browser,
    root,
    proxyUid: 64_901,
    chromiumPolicy,
    links: new Map(),
    log: createLog("silent"),
    store: new SessionStore(database),
    audit: { write: (event) => void audited.push(event) },
    homepage: () => "about:blank",
    resolveAddress: (typed) => typed,
    rightsOf,
  };
  const sessions = new Sessions(parts);
  return {
    parts,
    sessions,
    engine,
    root,
    audited,
    async [Symbol.asyncDispose]() {
      await sessions[Symbol.asyncDispose]();
      database.close();
      await rm(scratch, { recursive: true });
      await rm(run, { recursive: true });
    },
  };
}

/** Listens where the proxy would and answers every request with 403 and this page. */
function refusingDoor(page: string): EgressDoor {
  const servers = new Map<SessionId, Server>();
  return {
    async open(id, socketPath) {
      const server = createServer((_, response) =>
        response.writeHead(403, { "content-type": "text/html; charset=utf-8" }).end(page),
      );
      server.on("connect", (_, socket) => {
        // A container that is killed meanwhile resets the connection.
        socket.on("error", () => undefined);
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      });
      server.listen(socketPath);
      await once(server, "listening");
      await chmod(socketPath, 0o660);
      servers.set(id, server);
    },
    claim: () => Promise.resolve(),
    async close(id) {
      const server = servers.get(id);
      servers.delete(id);
      if (!server) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
    onDecision: () => () => undefined,
  };
}

/**
 * `hanare sessions list|close ID|reap`. Talks to the running orchestrator; when none runs, `list` shows
 * and `reap` removes what the engine still has under this installation's label.
 * Exit codes: 0 done, 1 failed, 2 wrong usage, 4 no such session.
 */
import { z } from "zod";
import { isAppError } from "../base/errors.ts";
import { loadInstallationId } from "../config/installation.ts";
import { engineSocket } from "../config/engine-socket.ts";
import { dataDirOf, loadConfig } from "../config/load.ts";
import { makePaths } from "../config/paths.ts";
import { createEngineClient, type EngineClient } from "../engine/client.ts";
import { session, type Session } from "../http/contract.ts";
import { adminCall } from "./admin-client.ts";
import { commonOptions, exitCodes, runCommand, UsageError } from "./command.ts";

const help = `hanare sessions list [--json] [--data DIR]      セッションの一覧 / list sessions
hanare sessions close ID [--message TEXT]       セッションを終了 / end one session
hanare sessions reap [--json]                   持ち主のないコンテナを片付ける / remove orphans
終了コード / exit codes: 0 done, 1 failed, 2 usage, 4 not found
`;

interface Context {
  readonly socket: string;
  readonly engine: EngineClient;
  readonly json: boolean;
  readonly message: string | undefined;
}

const spec = {
  help,
  options: {
    ...commonOptions,
    json: { type: "boolean", default: false },
    message: { type: "string" },
  },
} as const;

export function sessions(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values, positionals }) => {
    const [act, id, ...more] = positionals;
    const isKnown = act === "list" || act === "reap" || (act === "close" && id !== undefined);
    if (!isKnown || more.length > 0) throw new UsageError("list | close ID | reap");
    const dataDir = dataDirOf(values.data);
    const installation = await loadInstallationId(dataDir);
    const config = await loadConfig(dataDir);
    const context: Context = {
      socket: makePaths(dataDir, installation).adminSocket,
      engine: createEngineClient(installation, engineSocket(config.engine.socket)),
      json: values.json,
      message: values.message,
    };
    if (act === "list") return list(context);
    return act === "reap" ? reap(context) : close(context, id ?? "");
  });
}

async function list({ socket, engine, json }: Context): Promise<number> {
  const answer = await adminCall(socket, "GET", "/api/admin/sessions");
  if (answer === undefined) return listLeftovers(engine, json);
  const found = z.object({ sessions: z.array(session) }).parse(answer).sessions;
  process.stdout.write(
    json ? `${JSON.stringify({ running: true, sessions: found })}\n` : table(found),
  );
  return 0;
}

async function listLeftovers(engine: EngineClient, json: boolean): Promise<number> {
  const containers = await engine.list("session");
  if (json)
    process.stdout.write(`${JSON.stringify({ running: false, sessions: [], containers })}\n`);
  else {
    process.stdout.write("Hanare は動いていません。 / Hanare is not running.\n");
    process.stdout.write(
      containers.map((each) => `${each.name}\n`).join("") ||
        "残っているコンテナはありません。 / No containers are left.\n",
    );
  }
  return 0;
}

const notFound = 4;

async function close({ socket, message }: Context, id: string): Promise<number> {
  const path = `/api/admin/sessions/${encodeURIComponent(id)}`;
  try {
    const answer = await adminCall(
      socket,
      "DELETE",
      path,
      message === undefined ? {} : { message },
    );
    if (answer !== undefined) return exitCodes.done;
  } catch (error) {
    if (!isAppError(error, "NOT_FOUND")) throw error;
    process.stderr.write(`そのセッションはありません。 / There is no such session: ${id}\n`);
    return notFound;
  }
  process.stderr.write(
    "Hanare は動いていません。片付けるには / Hanare is not running; to clean up: npx hanare sessions reap\n",
  );
  return 1;
}

async function reap({ socket, engine, json }: Context): Promise<number> {
  const answer = await adminCall(socket, "POST", "/api/admin/reconcile");
  const report =
    answer === undefined
      ? await reapAll(engine)
      : z.object({ orphans: z.int(), lost: z.int() }).parse(answer);
  process.stdout.write(
    json
      ? `${JSON.stringify(report)}\n`
      : `片付けた数 / removed: ${report.orphans + report.lost}\n`,
  );
  return 0;
}

/** Without an orchestrator every container of this installation is an orphan. */
async function reapAll(engine: EngineClient): Promise<{ orphans: number; lost: number }> {
  const containers = await engine.list();
  for (const { name } of containers) await engine.remove(name);
  return { orphans: containers.length, lost: 0 };
}

function table(found: readonly Session[]): string {
  if (found.length === 0) return "セッションはありません。 / No sessions.\n";
  const rows = found.map(({ id, state, ownerName, terminal, claimedAt }) =>
    [
      id,
      state.padEnd(8),
      (ownerName ?? "-").padEnd(16),
      (terminal ?? "-").padEnd(16),
      claimedAt ?? "-",
    ].join("  "),
  );
  return `${["ID".padEnd(21), "STATE   ", "USER".padEnd(16), "TERMINAL".padEnd(16), "SINCE"].join("  ")}\n${rows.join("\n")}\n`;
}

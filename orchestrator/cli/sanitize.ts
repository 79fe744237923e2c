/**
 * `hanare sanitize IN OUT [--password P …] [--json]`: the real pipeline on one file, with a scanner and a
 * sandbox of its own, beside a running server or without one.
 * Exit codes: 0 released, 1 failed, 2 wrong usage, 3 held or blocked, 4 infected.
 */
import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import type { AuditLog } from "../audit/events.ts";
import { AppError, describeError } from "../base/errors.ts";
import { newSessionId, type UserId } from "../base/ids.ts";
import { createLog } from "../base/log.ts";
import { loadInstallation } from "../config/installation.ts";
import { engineSocket } from "../config/engine-socket.ts";
import { dataDirOf, loadConfig } from "../config/load.ts";
import { makePaths } from "../config/paths.ts";
import type { RunningFileDesk } from "../downloads/desk/desk.ts";
import { createFileDesk } from "../downloads/file-desk.ts";
import type { DownloadView, Verdict } from "../downloads/types.ts";
import { createEngineClient } from "../engine/client.ts";
import { SignatureStore } from "../signatures/signature-store.ts";
import { openDatabase } from "../store/database.ts";

const usage = `hanare sanitize IN OUT [--password P …] [--json] [--data DIR]

  IN を検査・無害化して OUT に書き出します。/ Inspects and sanitizes IN and writes the result to OUT.
  OUT は渡せるファイルのときだけ作られます。/ OUT is made only when the file is released.

終了コード / exit codes: 0 released, 1 failed, 2 usage, 3 held or blocked, 4 infected
`;

interface Wish {
  readonly input: string;
  readonly output: string;
  readonly passwords: readonly string[];
  readonly json: boolean;
  readonly dataDir: string;
}

function parse(args: string[]): Wish | number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      password: { type: "string", multiple: true },
      json: { type: "boolean" },
      help: { type: "boolean", short: "h" },
      data: { type: "string" },
    },
  });
  const [input, output, ...more] = positionals;
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  if (input === undefined || output === undefined || more.length > 0) {
    process.stderr.write(usage);
    return 2;
  }
  return {
    input,
    output,
    passwords: values.password ?? [],
    json: values.json === true,
    dataDir: dataDirOf(values.data),
  };
}

/** The server's log is the record of what people received; an administrator's own run is not one. */
const noAudit: AuditLog = { write: () => undefined };

function exitCode(verdict: Verdict | undefined): number {
  switch (verdict) {
    case "released_as_is":
    case "sanitized":
    case "converted":
    case "partially_sanitized":
      return 0;
    case "blocked":
    case "needs_approval":
    case "needs_password":
      return 3;
    case "infected":
      return 4;
    case "failed":
    case undefined:
      return 1;
  }
}

function show(view: DownloadView, wish: Wish): void {
  const {
    verdict,
    reason,
    contentType,
    removed,
    name,
    sizeBytes,
    releasedBytes,
    messageJa,
    messageEn,
  } = view;
  const facts = {
    verdict,
    reason,
    contentType,
    removed,
    name,
    sizeBytes,
    releasedBytes,
    messageJa,
    messageEn,
  };
  if (wish.json) process.stdout.write(`${JSON.stringify(facts)}\n`);
  else
    process.stdout.write(`${verdict ?? "failed"} (${reason ?? ""})\n${messageJa}\n${messageEn}\n`);
}

async function work(desk: RunningFileDesk, wish: Wish): Promise<number> {
  const { size } = await stat(wish.input);
  const stop = new AbortController();
  const interrupt = () => stop.abort(new AppError("SANDBOX_FAILED", { detail: "interrupted" }));
  process.once("SIGINT", interrupt);
  const view = await desk.receiveWithPasswords(
    {
      sessionId: newSessionId(),
      ownerId: "cli" as UserId,
      ownerName: "cli",
      untrustedName: basename(wish.input),
      untrustedUrl: "",
      sizeBytes: size,
    },
    createReadStream(wish.input),
    wish.passwords,
    stop.signal,
  );
  process.removeListener("SIGINT", interrupt);
  if (view.releasable) {
    const file = await desk.release(view.id, { terminal: "local" });
    await pipeline(file.bytes, createWriteStream(wish.output, { mode: 0o600 }));
  }
  show(view, wish);
  return exitCode(view.verdict);
}

async function withDesk(wish: Wish): Promise<number> {
  const { id, images } = await loadInstallation(wish.dataDir);
  const { engine, files } = await loadConfig(wish.dataDir);
  const paths = makePaths(wish.dataDir, id);
  await using undo = new AsyncDisposableStack();
  // A scanner door of its own: the server's may be open at the same time.
  const scanSocketDir = join(paths.run, `scan-${randomBytes(4).toString("hex")}`);
  undo.defer(() => rm(scanSocketDir, { recursive: true, force: true }));
  await mkdir(scanSocketDir, { recursive: true });
  const signatures = new SignatureStore(paths.signatures);
  await signatures.prepare();
  const desk = undo.use(
    await createFileDesk({
      signatures,
      engine: createEngineClient(id, engineSocket(engine.socket)),
      installation: id,
      paths: { quarantine: paths.quarantine, scanSocketDir },
      config: { ...files, warmSandboxes: 0 },
      imageRefs: images,
      audit: noAudit,
      // Nobody else waits for this file.
      database: openDatabase(":memory:"),
      log: createLog("error"),
    }),
  );
  return await work(desk, wish);
}

export async function sanitize(args: string[]): Promise<number> {
  try {
    const wish = parse(args);
    return typeof wish === "number" ? wish : await withDesk(wish);
  } catch (error) {
    const wrongUsage =
      error instanceof TypeError &&
      "code" in error &&
      String(error.code).startsWith("ERR_PARSE_ARGS");
    process.stderr.write(
      `${describeError(error)}\n${wrongUsage ? usage : "確認するには / to find out why: npx hanare doctor\n"}`,
    );
    return wrongUsage ? 2 : 1;
  }
}

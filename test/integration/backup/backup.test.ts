/**
 * A backup of an installation at work, restored where nothing was: people sign in, collect what was approved for them,
 * and the audit log is whole. The commands are processes of their own, as an administrator runs them.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSigningKey } from "../../../orchestrator/audit/keys.ts";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { newDownloadId } from "../../../orchestrator/base/ids.ts";
import { defaultDataDir } from "../../../orchestrator/config/load.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import { ApprovalDesk } from "../../../orchestrator/downloads/approvals/desk.ts";
import { KeptFiles } from "../../../orchestrator/downloads/quarantine/kept-files.ts";
import { createIdentity } from "../../../orchestrator/identity/identity.ts";
import { loadSealKey } from "../../../orchestrator/identity/seal.ts";
import { startHanare } from "../../../orchestrator/main.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { identitySettings, quickHashing } from "../../support/identity.ts";
import { type PreparedInstallation, prepareInstallation } from "../../support/installation.ts";
import { cookieOf, httpsClient } from "../http/portal-client.ts";
import { heldFiles } from "../http/portal-held.ts";

const main = join(import.meta.dirname, "../../../orchestrator/cli/main.ts");
const password = "離れの合言葉は長いほどよい";

let root: string;
let installation: PreparedInstallation;
let approval: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "hanare-test-backup-"));
  writeFileSync(join(root, "passphrase"), "控えの合言葉は金庫の奥の中\n", { mode: 0o600 });
  installation = await prepareInstallation({ config: { practice: { enabled: false } } });
  approval = await approvedFile(installation.dataDir);
});
afterAll(async () => {
  await installation[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

/** hanako has asked for a file that nothing could clean, and kacho has approved it. */
async function approvedFile(dataDir: string): Promise<string> {
  const database = openDatabase(join(dataDir, "hanare.db"));
  const keys = join(dataDir, "keys");
  const audit = createAuditWriter({ database, now: Date.now, signingKey: loadSigningKey(keys) });
  const identity = createIdentity({
    ...{ database, settings: identitySettings(), sealKey: loadSealKey(keys), now: Date.now },
    hashing: quickHashing,
  });
  const person = async (name: string, roles: ("user" | "approver")[]) => {
    const made = { name, displayName: name, roles, groups: ["zeimu"] };
    const { user, oneTimePassword } = await identity.create(made);
    const changed = await identity.changePassword(user, oneTimePassword, password);
    if (changed.outcome !== "changed") throw new Error(changed.outcome);
    return { ...user, terminal: "192.0.2.1" };
  };
  const [hanako, kacho] = [await person("hanako", ["user"]), await person("kacho", ["approver"])];
  const held = await heldFiles(join(root, "held"), database, newDownloadId);
  const desk = new ApprovalDesk({
    ...{ database, audit, log: pino({ level: "silent" }), files: held.source, now: Date.now },
    kept: await KeptFiles.open(join(dataDir, "kept-files"), keys, database),
    limits: configSchema.parse({}).files.approval,
    accountById: (id) => identity.list().find((account) => account.id === id),
    accountByName: (name) => identity.list().find((account) => account.name === name),
  });
  const { id } = await desk.ask(hanako, await held.add(hanako, "第一号"), "照会に要る");
  await desk.decide(kacho, id, { decision: "approve", answer: "確認しました" });
  desk[Symbol.dispose]();
  await held.quarantine[Symbol.asyncDispose]();
  audit[Symbol.dispose]();
  database.close();
  return id;
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
function hanare(...args: string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const argv = ["--disable-warning=ExperimentalWarning", main, ...args];
  execFile(process.execPath, argv, (error, stdout, stderr) => {
    resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
  });
  return promise;
}

const connect = (port: number, dataDir: string) =>
  httpsClient(port, readFileSync(join(dataDir, "keys", "site-ca.crt"), "utf8"));
type Client = ReturnType<typeof connect>;
const signIn = (client: Client) =>
  client.send("POST", "/api/sign-in", { body: { name: "hanako", password } });
const collect = async (client: Client, cookie: string) =>
  (await client.save(`/api/approvals/${approval}`, cookie)).body.toString();

test("taken under load, restored elsewhere, it is the same installation", async () => {
  const file = join(root, "hanare.backup");
  const secret = ["--passphrase-file", join(root, "passphrase")];
  const { dataDir } = installation;
  let cookie: string;
  let session: unknown;
  let sha256: string;
  {
    await using running = await startHanare({ dataDir });
    const client = connect(running.port, dataDir);
    cookie = cookieOf(await signIn(client));
    session = (await client.send("POST", "/api/sessions", { cookie, body: {} })).json()["id"];
    const load = { over: false, turns: 0 };
    const busy = (async () => {
      for (; !load.over; load.turns += 1) {
        expect((await signIn(client)).status).toBe(200);
        expect(await collect(client, cookie)).toBe("第一号");
      }
    })();
    const taken = await hanare("backup", file, "--data", dataDir, "--json", ...secret);
    load.over = true;
    await busy;
    client.agent.destroy();
    expect(taken).toMatchObject({ code: 0, stderr: expect.stringContaining("100 %") as string });
    expect(load.turns).toBeGreaterThan(1);
    const recorded = queryAudit(openStore(dataDir), { action: "backup" }).records;
    sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
    expect(recorded).toMatchObject([{ outcome: "success", target: file, details: { sha256 } }]);
    expect(JSON.parse(taken.stdout)).toMatchObject({ sha256 });
    expect(await hanare("restore", file, "--data", dataDir, "--yes", ...secret)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("ALREADY_RUNNING") as string,
    });
  }

  const fresh = join(root, "fresh");
  const into = ["restore", file, "--data", fresh, "--json", ...secret];
  expect(await hanare(...into, "--sha256", sha256.replace(/^./, "x"))).toMatchObject({ code: 2 });
  expect(await hanare(...into, "--sha256", sha256.split("").toReversed().join(""))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("BACKUP_DAMAGED") as string,
  });
  expect(existsSync(fresh)).toBe(false);
  const restored = await hanare(...into, "--sha256", sha256);
  expect(restored.code).toBe(0);
  const { auditUpTo } = JSON.parse(restored.stdout) as { auditUpTo: number };
  for (const each of ["images.json", "web"])
    cpSync(join(defaultDataDir(), each), join(fresh, each), { recursive: true });
  await using running = await startHanare({ dataDir: fresh });
  const client = connect(running.port, fresh);
  expect((await client.send("GET", "/api/me", { cookie })).status).toBe(401);
  expect(await collect(client, cookieOf(await signIn(client)))).toBe("第一号");
  client.agent.destroy();
  const database = openStore(fresh);
  expect(queryAudit(database, { q: String(session), action: "session-end" }).records).toMatchObject(
    [{ reason: "unknown" }],
  );
  const [mark] = queryAudit(database, { action: "backup-restore" }).records;
  expect(mark).toMatchObject({ seq: auditUpTo + 1, details: { auditUpTo } });
  database.close();
  expect(await hanare("audit", "verify", "--data", fresh)).toMatchObject({ code: 0 });
});

function openStore(dataDir: string) {
  return openDatabase(join(dataDir, "hanare.db"));
}

/**
 * The soak: several people open, use and end sessions while everything is killed at random moments. Counts
 * what must not be: things that nobody owns, and audit records that are missing.
 */
import { access, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { auditPublicKeyPath, loadPublicKey } from "../../../orchestrator/audit/keys.ts";
import { verifyAudit } from "../../../orchestrator/audit/verify.ts";
import { isProcessAlive } from "../../../orchestrator/base/process-token.ts";
import { createEngineClient, type EngineClient } from "../../../orchestrator/engine/client.ts";
import { createIdentity } from "../../../orchestrator/identity/identity.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { identitySettings, sealKey } from "../identity.ts";
import { type PreparedInstallation, prepareInstallation } from "../installation.ts";
import { freePort } from "../free-port.ts";
import { ServedHanare } from "../served.ts";
import { Chaos, type Victim } from "./chaos.ts";
import { Person } from "./person.ts";
import { Random } from "./random.ts";

export interface SoakOptions {
  readonly sessions: number;
  readonly people: number;
  readonly seed: number;
  readonly pauseMs: readonly [number, number];
  readonly onProgress: (line: string) => void;
}

export interface SoakReport {
  /** Opened, as the server acknowledged, and ended. */
  readonly sessions: number;
  /** Containers, directories, processes and quarantine folders that nobody owned, each by name. */
  readonly orphans: readonly string[];
  /** What the audit log lacks, in words. */
  readonly auditLost: readonly string[];
  /** Sessions that ended as if their browser had died although nobody touched it. */
  readonly diedUntouched: readonly string[];
  readonly kills: Readonly<Record<Victim, number>>;
  readonly outagesMs: readonly number[];
  readonly seconds: number;
}

const graceSeconds = 5;

export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const startedAt = performance.now();
  await using stack = new AsyncDisposableStack();
  const port = await freePort();
  const installation = stack.use(
    await prepareInstallation({
      config: {
        listen: { port },
        sessions: {
          pool: { min: 1, max: 1 },
          maxTotal: options.people + 4,
          graceSeconds,
          closedTabGraceSeconds: 1,
        },
      },
    }),
  );
  const { dataDir } = installation;
  const engine = createEngineClient(installation.id);
  const accounts = await makeAccounts(dataDir, options.people);
  const random = new Random(options.seed);
  const chaos = new Chaos(
    { dataDir, engine, random: new Random(options.seed + 1), pauseMs: options.pauseMs },
    await ServedHanare.start(dataDir),
  );
  stack.defer(() => chaos.hanare[Symbol.asyncDispose]());
  const ca = await readFile(join(dataDir, "keys", "site-ca.crt"), "utf8");
  const people = accounts.map((account) =>
    stack.use(new Person({ ...account, port, ca, random: new Random(random.next() * 2 ** 32) })),
  );
  for (const person of people) await person.firstSignIn();

  const opened = new Set<string>();
  const stop = new AbortController();
  const killing = chaos.run(stop.signal);
  // A kill that fails (the orchestrator does not come back) ends the run at once.
  const failed = killing.then(() => new Promise<never>(() => undefined));
  const work = Promise.all(people.map((person) => useUp(person, opened, options)));
  try {
    await Promise.race([work, failed]);
  } finally {
    stop.abort();
    await killing;
  }
  const orphansBefore = await strayThings(installation, engine);
  await chaos.noteChildren();
  if ((await chaos.hanare.stop()) !== 0)
    orphansBefore.push(`stopped unclean: ${chaos.hanare.said}`);
  const orphans = [...orphansBefore, ...(await leftOvers(installation, engine, chaos))];
  return {
    sessions: opened.size,
    orphans,
    ...readAudit(dataDir, opened, chaos),
    kills: chaos.kills,
    outagesMs: chaos.outagesMs,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

async function useUp(person: Person, opened: Set<string>, options: SoakOptions): Promise<void> {
  while (opened.size < options.sessions) {
    await person.session((id) => opened.add(id));
    options.onProgress(`${opened.size}/${options.sessions}`);
  }
}

async function makeAccounts(
  dataDir: string,
  count: number,
): Promise<{ name: string; oneTimePassword: string }[]> {
  const database = openDatabase(join(dataDir, "hanare.db"));
  try {
    const identity = createIdentity({
      database,
      settings: identitySettings({ pauseSeconds: 1 }),
      sealKey,
      now: Date.now,
      hashing: { memoryKib: 1024, passes: 1, lanes: 1 },
    });
    const made: { name: string; oneTimePassword: string }[] = [];
    for (let n = 1; n <= count; n += 1) {
      const name = `soak${n}`;
      const { oneTimePassword } = await identity.create({
        name,
        displayName: name,
        roles: ["user"],
        groups: [],
      });
      made.push({ name, oneTimePassword });
    }
    return made;
  } finally {
    database.close();
  }
}

/** While it still runs and nobody uses it: what belongs to no record, and records of what is over. */
async function strayThings(
  { id, dataDir }: PreparedInstallation,
  engine: EngineClient,
): Promise<string[]> {
  const containers = await engine.list("session");
  const directories = await readdir(join("/run/hanare", id, "s"));
  const live = rows(dataDir, "SELECT id, state FROM sessions WHERE state <> 'deleted'");
  const known = new Set(live.map((each) => String(each["id"])));
  return [
    ...live
      .filter(({ state }) => state !== "ready" && state !== "creating")
      .map((each) => `record ${String(each["id"])} ${String(each["state"])}`),
    ...containers
      .filter(({ session }) => session === undefined || !known.has(session))
      .map(({ name }) => `container ${name}`),
    ...directories.filter((name) => !known.has(name)).map((name) => `directory ${name}`),
  ];
}

/** After it was stopped as it should be: nothing at all. */
async function leftOvers(
  { id, dataDir }: PreparedInstallation,
  engine: EngineClient,
  chaos: Chaos,
): Promise<string[]> {
  const run = join("/run/hanare", id);
  const stillThere = await access(run).then(
    () => [`run directory ${run}`],
    () => [],
  );
  return [
    ...(await engine.list()).map(({ name }) => `container ${name}`),
    ...stillThere,
    ...[...chaos.children].filter(isProcessAlive).map((token) => `process ${token}`),
    ...(await readdir(join(dataDir, "quarantine"))).map((name) => `quarantine ${name}`),
    ...rows(dataDir, "SELECT id FROM sessions WHERE state <> 'deleted'").map(
      (each) => `record ${String(each["id"])}`,
    ),
  ];
}

function rows(dataDir: string, query: string): Record<string, unknown>[] {
  const database = new DatabaseSync(join(dataDir, "hanare.db"), { readOnly: true });
  try {
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}

function readAudit(
  dataDir: string,
  opened: ReadonlySet<string>,
  chaos: Chaos,
): Pick<SoakReport, "auditLost" | "diedUntouched"> {
  const auditLost: string[] = [];
  const records = rows(
    dataDir,
    "SELECT action, reason, session_id, json_extract(details, '$.download') AS download FROM audit_records",
  );
  const having = (action: string, field: string) =>
    new Set(records.filter((each) => each["action"] === action).map((each) => String(each[field])));
  const started = having("session-start", "session_id");
  const ended = having("session-end", "session_id");
  for (const id of opened) {
    if (!started.has(id)) auditLost.push(`${id} has no session-start`);
    if (!ended.has(id)) auditLost.push(`${id} has no session-end`);
  }
  for (const id of started) if (!ended.has(id)) auditLost.push(`${id} has no session-end`);
  const judged = having("verdict", "download");
  for (const id of having("download", "download"))
    if (!judged.has(id)) auditLost.push(`download ${id} has no verdict`);
  const starts = records.filter((each) => each["action"] === "system-start").length;
  if (starts !== chaos.kills.orchestrator + 1) auditLost.push(`${starts} system-start records`);
  const database = new DatabaseSync(join(dataDir, "hanare.db"), { readOnly: true });
  const verdict = verifyAudit(database, loadPublicKey(auditPublicKeyPath(join(dataDir, "keys"))));
  database.close();
  if (verdict.outcome === "broken") auditLost.push(`record ${verdict.seq}: ${verdict.reason}`);
  const diedUntouched = records
    .filter((each) => each["action"] === "session-end" && each["reason"] === "container-died")
    .map((each) => String(each["session_id"]))
    .filter((id) => !chaos.struck.has(id));
  return { auditLost, diedUntouched };
}

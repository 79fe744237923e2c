/**
 * The breakout suite: a hostile agent inside a real session container, a hostile page in its browser,
 * and a hostile speaker on its control socket try to get out, each attempt against the real proxy,
 * gateway, engine and kernel. Each must end as expected.ts says; the run prints all of them as a table.
 *
 * With HANARE_BREAKOUT=runsc the same attempts are made in sessions that a rule of the policy puts under
 * gVisor, which takes minutes: run it after a change of either.
 */
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import type { InstallationId, SessionId, UserId } from "../../../orchestrator/base/ids.ts";
import { createEngineClient, type EngineClient } from "../../../orchestrator/engine/client.ts";
import { sessionContainerName } from "../../../orchestrator/sessions/spec.ts";
import type { SessionView } from "../../../orchestrator/sessions/types.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { registerGvisor, whyNoGvisor } from "../../support/gvisor.ts";
import { testImages } from "../../support/images.ts";
import { type Installation, startInstallation, testPolicy } from "../../support/installation.ts";
import { originAddress, startInternet } from "../../support/internet.ts";
import { OwnEngine } from "../../support/own-engine.ts";
import { type Attempt, attemptsUnder } from "./expected.ts";
import { hostState } from "./host-state.ts";

const runtime = process.env["HANARE_BREAKOUT"] === "runsc" ? "runsc" : "runc";
const why = runtime === "runsc" ? whyNoGvisor() : undefined;
if (why !== undefined) throw new Error(`gVisor cannot be tested here: ${why}`);
const attempts = attemptsUnder(runtime);
/** Whoever is in this group has gVisor, whatever the installation's own runtime is. */
const group = "outsiders";
const rights = `groups: { ${group}: {} }
rights:
  - { id: K100, groups: [${group}], session: true, runtime: ${runtime} }
`;

const stack = new AsyncDisposableStack();
const line = z.object({ id: z.string(), got: z.string() });

let own: OwnEngine | undefined;
let installation: Installation;
let engine: EngineClient;
let id: InstallationId;
const got = new Map<string, string>();
let hostBefore: ReturnType<typeof hostState>;
let logged: { readonly reason: string; readonly target: string }[] = [];

async function open(name: string, url?: string): Promise<SessionView> {
  return installation.hanare.sessions.open(
    { id: `u${name}` as UserId, name, groups: [group] },
    { terminal: "192.0.2.1", ...(url === undefined ? {} : { url }) },
    AbortSignal.timeout(60_000),
  );
}

/** Runs a program of this folder inside, under the container's own Node, as the session's user. */
async function run(session: SessionId, program: string, ...args: string[]): Promise<string> {
  const container = sessionContainerName(id, session);
  const { Config } = await engine.inspect(container);
  const source = readFileSync(new URL(program, import.meta.url), "utf8");
  const node = ["node", "--disable-warning=ExperimentalWarning", "--input-type=module-typescript"];
  const { stdout, stderr } = await engine.exec(
    container,
    [...node, "-e", source, "--", ...args],
    Config.User,
  );
  for (const each of stdout.split("\n").filter((text) => text.startsWith("{"))) {
    const { id: attempt, got: outcome } = line.parse(JSON.parse(each));
    got.set(attempt, outcome);
  }
  return stderr;
}

/** The page reports to its own origin, which answers this machine as well. */
async function pageReport(): Promise<void> {
  const answer = await fetch(`http://${originAddress}/report`);
  const [text] = z.array(z.string()).parse(await answer.json());
  for (const each of z.array(line).parse(JSON.parse(text ?? "[]"))) got.set(each.id, each.got);
}

/** Resolves when a tab of the session bears the title. */
function titleShown(session: SessionId, title: string): Promise<void> {
  const link = installation.hanare.sessions.link(session);
  return new Promise((resolve, reject) => {
    if (!link) return reject(new Error("no link"));
    link.on("message", () => {
      if (link.tabs.tabs.some((each) => each.title === title)) resolve();
    });
  });
}

function readRefusals(session: SessionId): void {
  const database = openDatabase(join(installation.dataDir, "hanare.db"));
  try {
    logged = queryAudit(database, { action: "proxy-refusal", session, limit: 500 }).records.map(
      ({ reason, target }) => ({ reason: reason ?? "", target: target ?? "" }),
    );
  } finally {
    database.close();
  }
}

/** In a session of its own; where the witness dies with it, the session's end tells. */
async function exhaust(...names: string[]): Promise<void> {
  const { sessions } = installation.hanare;
  const session = await open(names.join("-"));
  const ended = once(sessions, "ended");
  const witness = run(session.id, "./hostile-exhaustion.ts", ...names);
  await Promise.race([ended, witness.catch(() => undefined)]);
  if (names.every((name) => got.has(name))) return sessions.end(session.id, "user");
  await ended;
  for (const name of names) got.set(name, `ended ${sessions.find(session.id)?.endReason ?? "?"}`);
}

const setUpMs = runtime === "runsc" ? 600_000 : 180_000;

beforeAll(async () => {
  const internet = stack.use(await startInternet());
  if (runtime === "runsc") {
    own = stack.use(await OwnEngine.start({ images: [testImages().browser] }));
    await registerGvisor(own);
  }
  installation = stack.use(
    await startInstallation({
      caFile: internet.caFile,
      policy: testPolicy() + rights,
      config: {
        // Nobody watches these sessions; they must outlive the attempts.
        sessions: { graceSeconds: 3600, startSeconds: 60 },
        ...(own && { engine: { socket: own.socket }, files: { warmSandboxes: 0 } }),
      },
    }),
  );
  const file: unknown = JSON.parse(
    await readFile(join(installation.dataDir, "installation.json"), "utf8"),
  );
  id = z.object({ id: z.string() }).parse(file).id as InstallationId;
  engine = createEngineClient(id, own?.socket);
  const { sessions, paths } = installation.hanare;
  hostBefore = hostState();

  const [victim, taken] = [await open("taro", "about:blank"), await open("hanako")];
  const pageDone = titleShown(victim.id, "hostile page: done");
  sessions.link(victim.id)?.send({
    type: "navigate",
    url: "https://www.allowed.test/hostile/page.html",
  });
  await run(victim.id, "./hostile-agent.ts", join(paths.sessionsRun, taken.id));
  await pageDone;
  await pageReport();
  readRefusals(victim.id);

  const ended = once(sessions, "ended");
  await run(taken.id, "./hostile-wire.ts").catch(() => undefined);
  await ended;
  got.set("wire-flood", `ended ${sessions.find(taken.id)?.endReason ?? "?"}`);

  await exhaust("fill-tmp", "fill-shm", "fill-descriptors");
  for (const bomb of ["fork-bomb", "memory-bomb"]) await exhaust(bomb);
}, setUpMs);

afterAll(async () => {
  print();
  await stack.disposeAsync();
});

const isLogged = ({ logged: rule, target: named = "" }: Attempt): boolean =>
  rule === undefined ||
  logged.some(({ reason, target }) => reason === rule && target.includes(named));

function print(): void {
  const rows = attempts.map((attempt) => {
    const outcome = got.get(attempt.id) ?? "(never ran)";
    const well = attempt.got.test(outcome) && isLogged(attempt);
    const wanted = `${attempt.got.source}${attempt.logged === undefined ? "" : ` logged ${attempt.logged}`}`;
    return `${well ? "✓" : "✗"} ${attempt.by.padEnd(6)} ${attempt.id.padEnd(26)} ${outcome.slice(0, 48).padEnd(50)} ${wanted.slice(0, 60)}`;
  });
  process.stdout.write(
    `${rows.join("\n")}\n${attempts.length} attempts, ${rows.filter((row) => row.startsWith("✓")).length} refused as expected\n`,
  );
}

describe("nobody gets out", () => {
  it.each(attempts)("$by: $id", (attempt) => {
    expect(got.get(attempt.id)).toMatch(attempt.got);
    if (!isLogged(attempt)) expect(logged).toContainEqual({ attempt: attempt.id });
  });

  it("every attempt made is in the table, and there are at least 60", () => {
    const known = new Set(attempts.map((each) => each.id));
    expect([...got.keys()].filter((each) => !known.has(each))).toEqual([]);
    expect(known.size).toBe(attempts.length);
    expect(known.size).toBeGreaterThanOrEqual(60);
  });
});

it("was tried under the runtime that the policy's rule names", async () => {
  const runtimes = await Promise.all(
    (await engine.list("session")).map(async ({ name }) => (await engine.inspect(name)).HostConfig),
  );
  expect(new Set(runtimes.map(({ Runtime }) => Runtime))).toEqual(new Set([runtime]));
});

it("the host's kernel is as it was: settings, mounts, links, modules, queues", () => {
  expect(hostState()).toEqual(hostBefore);
});

describe("everybody else is served as before", () => {
  it("the session in which it was tried still listens, and a new one opens", async () => {
    const { sessions } = installation.hanare;
    const after = await open("saburo");
    expect(sessions.link(after.id)?.connected).toBe(true);
    await sessions.end(after.id, "user");
  });

  it("no hostile page left a name behind that the name server was asked for", () => {
    const asked = logged.filter(({ target }) => /leak-by|beacon/.test(target));
    expect(asked.map(({ target }) => target)).toContain("https://beacon.test:443");
    expect(asked.every(({ reason }) => reason === "default")).toBe(true);
  });
});

/** Work that nobody waits for: when it fails, a line in the log is all that happens. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { watchPolicy } from "../../orchestrator/egress/policy-watch.ts";
import { Sessions } from "../../orchestrator/sessions/service.ts";
import { SessionStore } from "../../orchestrator/sessions/store.ts";
import { openDatabase } from "../../orchestrator/store/database.ts";
import { sessionScene } from "../support/session-parts.ts";

let folder: string;
let logged: string;
const log = pino({ level: "warn" }, { write: (line: string) => void (logged += line) });
beforeEach(async () => {
  logged = "";
  folder = await mkdtemp(join(tmpdir(), "hanare-test-survival-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("a policy's problem that cannot be recorded", async () => {
  const file = join(folder, "policy.yaml");
  await writeFile(file, "version: 1\nname: p\nrules: []\n");
  let recordable = true;
  const watch = await watchPolicy({
    file,
    log,
    onPolicy: () => undefined,
    onProblems: () => {
      if (!recordable) throw new Error("disk full");
    },
  });
  recordable = false;
  await writeFile(file, "version: nonsense\n");
  await expect.poll(() => logged).toContain("disk full");
  expect(watch.status().problems).not.toEqual([]);
  await watch[Symbol.asyncDispose]();
});

it("a refill of the pool when the store cannot be read", async () => {
  await using scene = await sessionScene({ pool: { min: 1, max: 1 } });
  const database = openDatabase(join(folder, "hanare.db"));
  const sessions = new Sessions({ ...scene.parts, log, store: new SessionStore(database) });
  database.close();
  sessions.scheduleRefill(0);
  await expect.poll(() => logged).toContain('"event":"pool-refill"');
});

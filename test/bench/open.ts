/**
 * From the click on 「インターネットを開く」 to the first picture of the asked page in a real Chromium as
 * the terminal: warm (from the pool) and cold (no pool), turns interleaved with the bare floor: create and start of the same container plus Chromium's own start,
 * without Hanare around it. The terminal shares the machine. `--runs N` (default 20), `--json`.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLog } from "../../orchestrator/base/log.ts";
import { newInstallationId, newSessionId } from "../../orchestrator/base/ids.ts";
import { configSchema } from "../../orchestrator/config/schema.ts";
import { createEngineClient } from "../../orchestrator/engine/client.ts";
import {
  makeSessionDirectory,
  removeSessionDirectory,
  sessionDirectory,
} from "../../orchestrator/sessions/directory.ts";
import { SessionLink } from "../../orchestrator/sessions/link.ts";
import { sessionContainerName, sessionContainerSpec } from "../../orchestrator/sessions/spec.ts";
import { testImages } from "../support/images.ts";
import { startInstallation } from "../support/installation.ts";
import { burst, openFromAfar, openOnce, type Opened, poolIsFull } from "./opening.ts";
import { printResult, quantile } from "./report.ts";
import { TerminalBrowser } from "./terminal-browser.ts";

const { values } = parseArgs({ options: { json: { type: "boolean" }, runs: { type: "string" } } });
const runs = Number(values.runs ?? "20");
const installation = newInstallationId();
const engine = createEngineClient(installation);
const limits = configSchema.parse({}).sessions;
const floorRoot = join("/run/hanare", installation, "s");

/** Milliseconds from create to "ready" of a container with nothing around it. */
async function floor(): Promise<number> {
  const id = newSessionId();
  const directory = sessionDirectory(floorRoot, id);
  await makeSessionDirectory(directory, { gid: limits.firstUid, proxyUid: 64_901 }, "{}");
  await using link = await SessionLink.listen(directory.controlSocket, createLog("silent"));
  const spec = sessionContainerSpec({
    installation,
    id,
    uid: limits.firstUid,
    image: testImages().browser,
    directory: directory.path,
    limits,
  });
  const startedAt = performance.now();
  await engine.create(spec);
  await engine.start(sessionContainerName(installation, id));
  await link.ready(AbortSignal.timeout(60_000));
  const took = performance.now() - startedAt;
  await engine.remove(sessionContainerName(installation, id));
  await removeSessionDirectory(directory);
  return took;
}

await mkdir(floorRoot, { recursive: true });
await using stack = new AsyncDisposableStack();
stack.defer(() => rm(join("/run/hanare", installation), { recursive: true }));
const warmHouse = stack.use(
  await startInstallation({ config: { sessions: { pool: { min: 1, max: 1 } } } }),
);
const coldHouse = stack.use(
  await startInstallation({ config: { sessions: { pool: { min: 0, max: 0 } } } }),
);
const burstHouse = stack.use(await startInstallation({ config: { sessions: { pool: {} } } }));
// A terminal each: cookies know no ports.
const warmPortal = await stack.use(await TerminalBrowser.start()).firstSignIn(warmHouse);
const coldPortal = await stack.use(await TerminalBrowser.start()).firstSignIn(coldHouse);

const floors: number[] = [];
const warm: Opened[] = [];
const cold: Opened[] = [];
for (let turn = 0; turn <= runs; turn += 1) {
  await poolIsFull(warmHouse);
  const round = {
    floor: await floor(),
    cold: await openOnce(coldHouse, coldPortal),
    warm: await openOnce(warmHouse, warmPortal),
  };
  // The first turn warms caches and is dropped.
  if (turn === 0) continue;
  floors.push(round.floor);
  cold.push(round.cold);
  warm.push(round.warm);
  process.stderr.write(
    `${turn}/${runs}  floor ${Math.round(round.floor)}  cold ${Math.round(round.cold.ms)}  warm ${Math.round(round.warm.ms)} ms\n`,
  );
}

// Once warm containers are up to what the default pool keeps; and once with none at all.
const single: number[] = [];
for (let turn = 0; turn < 5; turn += 1) {
  const alone = await openFromAfar(coldHouse, `single-${turn}`);
  single.push(alone.ms);
  await coldHouse.hanare.sessions.end(alone.id, "user");
}
// What is left of a warm open when the terminal does its part on a machine of its own.
const warmFromAfar: number[] = [];
for (let turn = 0; turn < 8; turn += 1) {
  await poolIsFull(warmHouse);
  const { id, ms } = await openFromAfar(warmHouse, `afar-${turn}`);
  warmFromAfar.push(ms);
  await warmHouse.hanare.sessions.end(id, "user");
}
const burstWithoutPool = await burst(coldHouse, 10);
await poolIsFull(burstHouse);
const burstByDefault = await burst(burstHouse, 10);

const ms = (list: readonly Opened[]) => list.map((each) => each.ms);
const closes = [...cold, ...warm].map((each) => each.closeMs);
printResult(
  {
    bench: "open",
    runs,
    figures: {
      floor_p50_ms: quantile(floors, 0.5),
      floor_p95_ms: quantile(floors, 0.95),
      cold_p50_ms: quantile(ms(cold), 0.5),
      cold_p95_ms: quantile(ms(cold), 0.95),
      single_cold_from_afar_ms: quantile(single, 0.5),
      warm_from_afar_p50_ms: quantile(warmFromAfar, 0.5),
      burst10_ms: burstByDefault,
      burst10_without_pool_ms: burstWithoutPool,
      close_p50_ms: quantile(closes, 0.5),
    },
    bars: [
      { id: "warm_p50_ms", value: quantile(ms(warm), 0.5), bar: 200, cmp: "<=" },
      { id: "warm_p95_ms", value: quantile(ms(warm), 0.95), bar: 400, cmp: "<=" },
      {
        id: "cold_p50_ratio",
        value: quantile(ms(cold), 0.5) / quantile(floors, 0.5),
        bar: 1.25,
        cmp: "<=",
      },
      {
        id: "burst10_ratio",
        value: burstByDefault / quantile(single, 0.5),
        bar: 3,
        cmp: "<=",
      },
      { id: "close_p95_ms", value: quantile(closes, 0.95), bar: 1000, cmp: "<=" },
    ],
  },
  values.json === true,
);

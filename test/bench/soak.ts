/**
 * Many sessions of several people while orchestrator, proxy, agents, browsers and whole containers are
 * killed without warning at random moments. Real processes throughout. `--sessions N` (default 200),
 * `--people N` (default 3), `--seed N` (default: the time; printed, so that a run can be had again),
 * `--json`. Takes about two seconds a session.
 */
import { parseArgs } from "node:util";
import { runSoak } from "../support/soak/soak.ts";
import { printResult, quantile } from "./report.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    sessions: { type: "string", default: "200" },
    people: { type: "string", default: "3" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const sessions = Number(values.sessions);
const seed = Number(values.seed);
process.stderr.write(`seed ${seed}\n`);
const report = await runSoak({
  sessions,
  people: Number(values.people),
  seed,
  pauseMs: [3000, 9000],
  onProgress: (line) => process.stderr.write(`\r${line} `),
});
process.stderr.write("\n");
for (const each of [...report.orphans, ...report.auditLost]) process.stderr.write(`LEFT ${each}\n`);
for (const each of report.diedUntouched) process.stderr.write(`died untouched: ${each}\n`);

printResult(
  {
    bench: "soak",
    runs: report.sessions,
    figures: {
      seed,
      seconds: report.seconds,
      orchestrators_killed: report.kills.orchestrator,
      proxies_killed: report.kills.proxy,
      agents_killed: report.kills.agent,
      browsers_killed: report.kills.browser,
      containers_killed: report.kills.container,
      outage_p50_ms: quantile(report.outagesMs, 0.5),
      outage_p95_ms: quantile(report.outagesMs, 0.95),
      died_untouched: report.diedUntouched.length,
    },
    bars: [
      { id: "sessions", value: report.sessions, bar: sessions, cmp: ">=" },
      { id: "orphans", value: report.orphans.length, bar: 0, cmp: "<=" },
      { id: "audit_lost", value: report.auditLost.length, bar: 0, cmp: "<=" },
    ],
  },
  values.json === true,
);

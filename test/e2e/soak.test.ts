/**
 * The soak in small: two people open, use and end sessions while orchestrator, proxy, agents, browsers and
 * containers are killed without warning. The long one is `npm run -s bench -- soak`.
 */
import { expect, it } from "vitest";
import { runSoak } from "../support/soak/soak.ts";

it("a few sessions under fire leave nothing that nobody owns, and no gap in the audit log", async () => {
  const report = await runSoak({
    sessions: 4,
    people: 2,
    seed: 2026,
    pauseMs: [1500, 3000],
    onProgress: () => undefined,
  });
  const { orchestrator, proxy, agent, browser, container } = report.kills;
  const kills = orchestrator + proxy + agent + browser + container;
  console.log(
    `soak: ${report.sessions} sessions, ${kills} kills (${orchestrator} of the orchestrator), ${report.seconds.toFixed(0)} s`,
  );
  expect(report.orphans).toEqual([]);
  expect(report.auditLost).toEqual([]);
  expect(report.diedUntouched).toEqual([]);
  expect(report.sessions).toBeGreaterThanOrEqual(4);
  // The first victim; who else falls is a matter of time.
  expect(orchestrator).toBeGreaterThan(0);
}, 120_000);

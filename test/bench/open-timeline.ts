/**
 * Where the time of a warm open goes: medians, over `--runs N` opens (default 12), of when each stage was
 * reached after the click, as terminal, orchestrator and container say it themselves. The terminal shares the
 * machine and its clock.
 */
import { parseArgs } from "node:util";
import { startInstallation } from "../support/installation.ts";
import { poolIsFull } from "./opening.ts";
import { quantile } from "./report.ts";
import { type Mark, TerminalBrowser } from "./terminal-browser.ts";

const { values } = parseArgs({ options: { runs: { type: "string" } } });
const runs = Number(values.runs ?? "12");

await using stack = new AsyncDisposableStack();
const house = stack.use(
  await startInstallation({ config: { sessions: { pool: { min: 1, max: 1 } } } }),
);
const { sessions } = house.hanare;
const portal = await stack.use(await TerminalBrowser.start("trace")).firstSignIn(house);

let marks: Mark[] = [];
const mark = (name: string): void => {
  marks.push([name, performance.timeOrigin + performance.now()]);
};
const open = sessions.open.bind(sessions);
sessions.open = (...asked) => {
  mark("host: open asked for");
  return open(...asked).finally(() => mark("host: open answered"));
};
sessions.on("claimed", () => mark("host: claimed, browser told where to go"));
sessions.on("linked", (_id, link) => {
  link.on("message", (message) => {
    if (message.type === "navigated") mark("container: page committed");
    if (message.type === "pong") mark("container: answered");
  });
  const openStills = link.openStills.bind(link);
  link.openStills = async (signal) => {
    mark("host: first pictures asked for");
    const stills = await openStills(signal);
    stills.once("readable", () => mark("container: first picture sent"));
    return stills;
  };
});

const reached = new Map<string, number[]>();
for (let turn = 0; turn <= runs; turn += 1) {
  await poolIsFull(house);
  marks = [];
  const opened = await portal.open();
  await sessions.end(opened.id, "user");
  await opened.close();
  // The first turn warms caches and is dropped.
  if (turn === 0) continue;
  const seen = new Set<string>();
  const all: Mark[] = [
    ...marks,
    ...opened.marks,
    ["terminal: picture of the page seen", opened.clickedAt + opened.ms],
  ];
  for (const [name, at] of all.toSorted(([, a], [, b]) => a - b)) {
    if (seen.has(name)) continue;
    seen.add(name);
    reached.set(name, [...(reached.get(name) ?? []), at - opened.clickedAt]);
  }
}

const rows = [...reached].map(([name, at]) => ({ name, at: quantile(at, 0.5), times: at.length }));
for (const { name, at, times } of rows.toSorted((a, b) => a.at - b.at))
  process.stdout.write(
    `${String(Math.round(at)).padStart(5)} ms  ${name}${times < runs ? `  (${times} of ${runs})` : ""}\n`,
  );

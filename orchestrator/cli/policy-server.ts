/** Publishing for commands: asks the running orchestrator, prints what came of it. */
import { setTimeout } from "node:timers/promises";
import { loadInstallationId } from "../config/installation.ts";
import { dataDirOf } from "../config/load.ts";
import { makePaths } from "../config/paths.ts";
import { errorCodes } from "../base/codes.ts";
import type { CandidateSource, Trial, TrialJob } from "../policy-desk/types.ts";
import type { OutcomeView } from "../http/policy-views.ts";
import { adminCall } from "./admin-client.ts";
import { UsageError } from "./command.ts";
import { complain, print } from "./policy-args.ts";
import { printDiff } from "./policy-diff.ts";

/** What 1, 4 and 5 mean is said in each command's help. */
export const publishExits = { done: 0, failed: 1, refused: 4, conflict: 5 } as const;

export type Ask = <T>(method: "GET" | "POST", path: string, body?: unknown) => Promise<T>;

/** Throws UsageError when Hanare does not run. The answers are our own server's, of this same release. */
export async function connect(data: string | undefined): Promise<Ask> {
  const dir = dataDirOf(data);
  const { adminSocket } = makePaths(dir, await loadInstallationId(dir));
  return async <T>(method: "GET" | "POST", path: string, body?: unknown) => {
    const answer = await adminCall(adminSocket, method, path, body, [409, 422]);
    if (answer === undefined)
      throw new UsageError("Hanare is not running; start it, then try again.");
    return answer as T;
  };
}

export async function currentVersion(ask: Ask): Promise<number> {
  const { current } = await ask<{ current: number | null }>(
    "GET",
    "/api/admin/policy/versions?limit=1",
  );
  if (current === null)
    throw new UsageError("No policy is in force yet. See: npx hanare policy check");
  return current;
}

const pollMs = 300;

/** Tells the progress on stderr while it waits. */
export async function tryOut(
  ask: Ask,
  source: CandidateSource,
  base: number,
  replayHours: number,
): Promise<Trial | undefined> {
  type Started = { readonly id?: string; readonly code?: string };
  const body = { source, base, replayHours };
  const { id } = await ask<Started>("POST", "/api/admin/policy/trials", body);
  if (id === undefined) return undefined;
  for (;;) {
    const job = await ask<TrialJob>("GET", `/api/admin/policy/trials/${id}`);
    if (job.state === "done") return job.trial;
    if (job.state === "failed") {
      complain(sentenceOf(job.error));
      return undefined;
    }
    if (process.stderr.isTTY)
      process.stderr.write(`\r再生 / replay ${Math.round(job.progress * 100)}% `);
    await setTimeout(pollMs);
  }
}

export function printTrial({ problems, tests, lint, diff, replay }: Trial): void {
  for (const { file, line, column, ja, en } of problems)
    print(`${file}:${line}:${column}: ${ja} / ${en}`);
  for (const { line, target, plane, expected, got } of tests.failed)
    print(`FAIL ${line}: ${plane} ${target} → 期待 / expected ${expected}, 結果 / got ${got}`);
  if (problems.length === 0)
    print(`テスト / tests: ${tests.passed} ok, ${tests.failed.length} failed`);
  for (const { file, line, code, ja, en } of lint)
    print(`${file}:${line}: [${code}] ${ja} / ${en}`);
  if (diff) printDiff(diff);
  if (!replay) return;
  const { records, opened, closed, otherwise, beyondRules } = replay;
  print(
    `\n記録の再生 / replay: ${records} 件中 開く ${opened}、閉じる ${closed} / of ${records} decisions ${opened} open, ${closed} close, ${otherwise} change otherwise, ${beyondRules} are beyond rules`,
  );
  for (const { plane, host, groups, from, fromRule, to, toRule, count } of replay.changes.slice(
    0,
    20,
  ))
    print(`  ${count}× ${plane} ${host} [${groups}] ${from} ${fromRule} → ${to} ${toRule}`);
}

export function printOutcome(answer: OutcomeView | { readonly code: string }): number {
  if ("code" in answer) {
    complain(sentenceOf(answer));
    return publishExits.failed;
  }
  switch (answer.outcome) {
    case "published":
      print(
        `版 ${answer.version.number} を公開しました。 / Version ${answer.version.number} is published.`,
      );
      if (!answer.inForce)
        print(
          "出口がまだ受け取っていません。自動で再送します。 / The proxy has not taken it yet; it is offered again.",
        );
      return publishExits.done;
    case "unchanged":
      print("いまの版と同じです。 / The same as the version in force.");
      return publishExits.done;
    case "refused":
      printTrial(answer.trial);
      complain("公開していません。上の誤りを直してください。 / Not published; correct the above.");
      return publishExits.refused;
    case "conflict":
      complain(
        `ほかの変更が先に入りました (いまは版 ${answer.current})。この変更は版 ${answer.kept} として残しました。 / Another change came first (version ${answer.current} is current). Yours is kept as version ${answer.kept}. See: npx hanare policy diff ${answer.current} ${answer.kept}`,
      );
      return publishExits.conflict;
  }
}

function sentenceOf(error: unknown): string {
  const code = (error as { code?: string } | undefined)?.code ?? "INTERNAL";
  const known = Object.entries(errorCodes).find(([name]) => name === code)?.[1];
  const text = known ?? errorCodes.INTERNAL;
  return `${text.ja} ${text.nextJa} / ${text.en} ${text.nextEn}`;
}

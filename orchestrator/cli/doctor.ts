/**
 * `hanare doctor`: looks at everything Hanare needs from this machine and says what to do about what is
 * wrong (doctor/examine.ts). A running orchestrator is asked to make the probe. Exit codes: 0 all well
 * (warnings included), 1 something fails, 2 wrong usage.
 */
import { chooseLanguage, lineFor, linesFor, type Language } from "../../setup/language.ts";
import { mendLines } from "../../setup/problems.ts";
import { loadInstallationId } from "../config/installation.ts";
import { dataDirOf } from "../config/load.ts";
import { makePaths } from "../config/paths.ts";
import { examine } from "../doctor/examine.ts";
import { examinationMs } from "../doctor/health.ts";
import { toCheck } from "../doctor/row.ts";
import type { HealthCheck, Running } from "../doctor/types.ts";
import { isolationReport } from "../http/overview-contract.ts";
import { adminCall, adminText } from "./admin-client.ts";
import { commonOptions, exitCodes, noArguments, printJson, runCommand } from "./command.ts";

const help = `hanare doctor [--json] [--data DIR]
この機械を診断します。何も変更しません。 / Checks this machine; changes nothing.
終了コード / exit codes: 0 well, 1 something fails, 2 wrong usage
`;

/** What runs on this installation, asked over its admin socket; nothing where the set-up has made none. */
async function runningOf(dataDir: string): Promise<Running> {
  const id = await loadInstallationId(dataDir).catch(() => undefined);
  const socket = id && makePaths(dataDir, id).adminSocket;
  const ask = <Answer>(call: (socket: string) => Promise<Answer | undefined>) =>
    socket === undefined ? Promise.resolve(undefined) : call(socket);
  return {
    answers: async () =>
      (await ask((at) => adminCall(at, "GET", "/api/health")).catch(() => undefined)) !== undefined,
    probe: () =>
      ask(async (at) => {
        const answer = await adminCall(at, "POST", "/api/admin/isolation");
        return answer === undefined ? undefined : isolationReport.parse(answer);
      }),
    metrics: () => ask((at) => adminText(at, "/api/admin/metrics")).catch(() => undefined),
  };
}

const marks = { ok: "✓", warn: "!", fail: "✗" } as const;

function print({ id, level, detail, problem }: HealthCheck, language: Language): void {
  process.stdout.write(`  ${marks[level]} ${id.padEnd(16)} ${lineFor(language, detail)}\n`);
  if (problem === undefined) return;
  for (const line of [...linesFor(language, problem), ...mendLines(language, problem)])
    process.stdout.write(`      ${line}\n`);
}

const spec = {
  help,
  options: { ...commonOptions, json: { type: "boolean", default: false } },
} as const;

export function doctor(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values: { data, json }, positionals }) => {
    noArguments(positionals);
    const dataDir = dataDirOf(data);
    const patient = { dataDir, running: await runningOf(dataDir) };
    const until = AbortSignal.timeout(examinationMs);
    const checks = (await examine(patient, () => undefined, until)).map(toCheck);
    const healthy = checks.every(({ level }) => level !== "fail");
    if (json) printJson({ healthy, checks });
    else for (const each of checks) print(each, chooseLanguage());
    return healthy ? exitCodes.done : exitCodes.failed;
  });
}

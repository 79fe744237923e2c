/** `hanare signatures status`: which signatures the scanner is given, and how old the official ones are. */
import { dataDirOf } from "../config/load.ts";
import { loadInstallationId } from "../config/installation.ts";
import { makePaths } from "../config/paths.ts";
import { isOfficial, isTooOld } from "../signatures/database-file.ts";
import { listDatabases, SignatureStore } from "../signatures/signature-store.ts";
import { commonOptions, exitCodes, noArguments, printJson, runCommand } from "./command.ts";

const help = `hanare signatures status [--json] [--data DIR]

取り込んだウイルス定義と、その古さを示します。/ Says which virus signatures were imported and how old they are.
公式の定義（main, daily）がないとき、実際のウイルスはほとんど検出できません。
Without the official ones (main, daily) real viruses are hardly detected.

終了コード / exit codes: 0 official and at most three days old, 1 none or older, 2 usage
`;
const options = { ...commonOptions, json: { type: "boolean", default: false } } as const;

function verdictText(builtAt: Date | undefined, isOld: boolean): string {
  if (builtAt === undefined)
    return "公式のウイルス定義がありません。実際のウイルスはほとんど検出できません。 / No official signatures: real viruses are hardly detected.";
  const when = builtAt.toISOString();
  return isOld
    ? `定義が3日より古くなっています（${when}）。 / Older than three days.`
    : `定義は新しいです（${when}）。 / Not older than three days.`;
}

export function signaturesStatus(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    noArguments(positionals);
    const dataDir = dataDirOf(values.data);
    const paths = makePaths(dataDir, await loadInstallationId(dataDir));
    const current = await new SignatureStore(paths.signatures).current();
    const databases = current === undefined ? [] : await listDatabases(current);
    const official = databases.filter(({ name }) => isOfficial(name));
    const times = official.flatMap(({ header }) => header?.builtAt.getTime() ?? []);
    const builtAt = times.length === 0 ? undefined : new Date(Math.max(...times));
    const isOld = builtAt !== undefined && isTooOld(builtAt, Date.now());
    if (values.json) printJson({ databases, builtAt: builtAt ?? null, isOld });
    else {
      for (const { name, header } of databases)
        process.stdout.write(
          header === undefined
            ? `${name}\n`
            : `${name}  version ${header.version}  ${header.signatures}  ${header.builtAt.toISOString()}\n`,
        );
      process.stdout.write(`${verdictText(builtAt, isOld)}\n`);
    }
    return builtAt === undefined || isOld ? exitCodes.failed : exitCodes.done;
  });
}

/** `hanare restore FILE`: puts a backup in the place of what a data directory holds. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { pipeline } from "node:stream/promises";
import type { Manifest } from "../backup/manifest.ts";
import { finishRestore } from "../backup/put-in-place.ts";
import { restoreBackup } from "../backup/restore.ts";
import { AppError } from "../base/errors.ts";
import { claimInstallation } from "../base/only-one.ts";
import { loadInstallationId } from "../config/installation.ts";
import { dataDirOf } from "../config/load.ts";
import { checkUnpacked, settleUnpacked } from "../start/restored.ts";
import { stores } from "../start/stores.ts";
import {
  commonOptions,
  exitCodes,
  onlyArgument,
  printJson,
  runCommand,
  UsageError,
} from "./command.ts";
import { askPassphrase, givenPassphrase, passphraseHelp } from "./passphrase.ts";
import { showProgress, stopSignal } from "./progress.ts";

const help = `hanare restore FILE [--check | --yes] [--sha256 HEX]

バックアップから復元します。空のフォルダーか、止めてある導入環境にだけ使えます。
Restores a backup into an empty data directory, or in the place of an
installation that does not run. Everything is unpacked and checked beside it
first; what was there before is kept in DIR/replaced-… until you delete it.
Then run "npm start": older data is brought up to date there.

  --check                  only checks the file; changes nothing
  --sha256 HEX             what the audit record of the backup says of the file;
                           another file is refused
  --yes                    does not ask before it replaces an installation
${passphraseHelp}
  --data DIR               data directory to restore into (default: var)
  --json                   {"outcome":"restored","installation":"...",...}

Exit codes: 0 restored (or sound, with --check), 1 failed and nothing changed,
2 wrong usage, 3 left alone because the answer was no.
`;

const spec = {
  help,
  options: {
    ...commonOptions,
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    yes: { type: "boolean", default: false },
    sha256: { type: "string" },
    "passphrase-file": { type: "string" },
  },
} as const;

const leftAlone = 3;

export function restore(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values, positionals }) => {
    const from = resolve(onlyArgument(positionals, "backup file"));
    if (!existsSync(from)) throw new UsageError(`There is no file ${from}.`);
    if (values.sha256 !== undefined) await expectSha256(from, values.sha256);
    const dataDir = dataDirOf(values.data);
    await using claim = new AsyncDisposableStack();
    const isThere = await holdsInstallation(dataDir);
    if (isThere && !values.check) {
      claim.use(await claimInstallation(await loadInstallationId(dataDir)));
      await finishRestore(dataDir);
    }
    const given = givenPassphrase(values["passphrase-file"]);
    using stop = stopSignal();
    const progress = showProgress();
    const result = await restoreBackup(
      {
        ...{ dataDir, from, now: Date.now },
        known: Object.fromEntries(Object.entries(stores).map(([key, { length }]) => [key, length])),
        passphrase: async () => given ?? (await askPassphrase("パスフレーズ / Passphrase: ")),
        onBytes: (done, total) => progress("展開と検査 / unpacking", done / Math.max(total, 1)),
        check: checkUnpacked,
        settle: settleUnpacked,
        confirm: async (manifest) =>
          !values.check && (!isThere || values.yes || (await mayReplace(dataDir, manifest))),
      },
      stop.signal,
    );
    const { installation, madeAt, auditUpTo, entries } = result.manifest;
    const facts = { installation, madeAt, auditUpTo, entries: entries.length };
    const replaced = result.outcome === "restored" ? result.replaced : undefined;
    const outcome = values.check ? "sound" : result.outcome;
    if (values.json) printJson({ outcome, ...facts, ...(replaced !== undefined && { replaced }) });
    else process.stdout.write(`${words[outcome]}\n${describe(result.manifest)}\n`);
    if (replaced !== undefined && !values.json)
      process.stdout.write(
        `前のデータ（不要になったら消してください） / what was there before (delete it when all is well): ${replaced}\n`,
      );
    return outcome === "left-alone" ? leftAlone : exitCodes.done;
  });
}

/** Throws BACKUP_DAMAGED for a file that is not the one of the record. */
async function expectSha256(file: string, expected: string): Promise<void> {
  if (!/^[0-9a-f]{64}$/i.test(expected))
    throw new UsageError("--sha256 takes 64 hexadecimal digits, as in the audit record.");
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  if (hash.digest("hex") !== expected.toLowerCase())
    throw new AppError("BACKUP_DAMAGED", { file, detail: "SHA-256 is not the one given" });
}

const words = {
  restored: "復元しました。次: npm start / Restored. Next: npm start",
  sound: "このバックアップは使えます。 / This backup is sound.",
  "left-alone": "何も変更していません。 / Nothing has been changed.",
} as const;

const describe = ({ installation, madeAt, auditUpTo, program }: Manifest): string =>
  `  ${installation}, ${madeAt}, Hanare ${program}, 監査記録 / audit log up to ${auditUpTo}`;

async function holdsInstallation(dataDir: string): Promise<boolean> {
  if (!existsSync(dataDir)) return false;
  const names = await readdir(dataDir);
  if (names.includes("hanare.db") && !names.includes("installation.json"))
    throw new UsageError(
      `${join(dataDir, "hanare.db")} belongs to no installation. Move it away, or name another --data DIR.`,
    );
  return names.includes("installation.json");
}

async function mayReplace(dataDir: string, manifest: Manifest): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UsageError(`${dataDir} holds an installation. Add --yes to replace it.`);
  const { stdin: input, stderr: output } = process;
  const ask = createInterface({ input, output });
  try {
    output.write(`${describe(manifest)}\n`);
    const answer = await ask.question(
      `${dataDir} の内容を置き換えます。よろしいですか? / Replace what is in ${dataDir}? [y/N] `,
    );
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    ask.close();
  }
}

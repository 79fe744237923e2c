/** `hanare backup FILE`: one file that holds the installation, taken while it runs. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { takeBackup } from "../backup/backup.ts";
import { memberNames } from "../backup/contents.ts";
import { totalBytes } from "../backup/manifest.ts";
import { describeError } from "../base/errors.ts";
import { loadInstallationId } from "../config/installation.ts";
import { dataDirOf, loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import {
  commonOptions,
  exitCodes,
  installationFiles,
  onlyArgument,
  printJson,
  runCommand,
  UsageError,
} from "./command.ts";
import { openLocalIdentity } from "./local-identity.ts";
import { givenPassphrase, newPassphrase, passphraseHelp } from "./passphrase.ts";
import { showProgress, stopSignal } from "./progress.ts";

const help = `hanare backup FILE [--encrypt]

導入環境を一つのファイルに控えます。動かしたままで使えます。
Writes the whole installation into one file, also while it runs: configuration,
policy and its versions, keys and certificates, accounts, audit log, files that
wait for an approval, virus signatures. FILE must not exist; it is made with
mode 0600 and holds keys: keep it as safe as this machine.

  --encrypt                asks for a passphrase, which restoring then needs
${passphraseHelp};
                           implies --encrypt
  --data DIR               data directory of the installation (default: var)
  --json                   {"file":"...","bytes":N,"sha256":"...","auditUpTo":N,...}

Not in it: pages, images and indexes (made again), ordinary logs, recorded
decisions, running sessions, files that are being checked.

Exit codes: 0 written, 1 failed, 2 wrong usage.
`;

const spec = {
  help,
  options: {
    ...commonOptions,
    json: { type: "boolean", default: false },
    encrypt: { type: "boolean", default: false },
    "passphrase-file": { type: "string" },
  },
} as const;

export function backup(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values, positionals }) => {
    const to = resolve(onlyArgument(positionals, "file to write"));
    if (existsSync(to)) throw new UsageError(`${to} exists. Name a file that does not.`);
    if (!existsSync(dirname(to))) throw new UsageError(`There is no folder ${dirname(to)}.`);
    const files = installationFiles(values.data);
    const dataDir = dataDirOf(values.data);
    const passphrase =
      givenPassphrase(values["passphrase-file"]) ??
      (values.encrypt ? await newPassphrase() : undefined);
    const installation = await loadInstallationId(dataDir);
    using local = openLocalIdentity(files);
    const audited = { action: "backup", terminal: "local", target: to.slice(0, 4096) } as const;
    using stop = stopSignal();
    const progress = showProgress();
    const said = { database: "データベース / database", files: "ファイル / files" };
    const made = await takeBackup(
      {
        ...{ dataDir, installation, to, passphrase, now: Date.now, program: programVersion() },
        record: ({ auditUpTo, entries: { length: entries } }, sha256) =>
          local.audit.write({
            ...{ ...audited, outcome: "success", reason: "command-line" },
            details: { encrypted: passphrase !== undefined, auditUpTo, entries, sha256 },
          }),
        onProgress: (phase, part) => progress(said[phase], part),
      },
      stop.signal,
    ).catch((error: unknown) => {
      const details = { error: describeError(error).slice(0, 1000) };
      local.audit.write({ ...audited, outcome: "failure", reason: "command-line", details });
      throw error;
    });
    const outside = namedOutside(dataDir, await loadConfig(dataDir));
    report(values.json, to, made, { encrypted: passphrase !== undefined, outside });
    return exitCodes.done;
  });
}

function report(
  json: boolean,
  file: string,
  { manifest, bytes, sha256 }: Awaited<ReturnType<typeof takeBackup>>,
  more: { readonly encrypted: boolean; readonly outside: readonly string[] },
): void {
  const { installation, madeAt, auditUpTo, entries } = manifest;
  const facts = {
    file,
    bytes,
    sha256,
    contentBytes: totalBytes(manifest),
    entries: entries.length,
  };
  if (json) printJson({ ...facts, installation, madeAt, auditUpTo, ...more });
  else
    process.stdout.write(
      `${file}: ${bytes} bytes, ${entries.length} entries, audit log up to ${auditUpTo}\nSHA-256 ${sha256}\n`,
    );
  if (!more.encrypted)
    process.stderr.write(
      "暗号化していません。鍵が入っているので、厳重に保管してください。\nIt is not encrypted and holds keys: keep it as safe as this machine.\n",
    );
  for (const path of more.outside)
    process.stderr.write(
      `次のファイルはデータの置き場所の外にあり、含まれていません / not in it, because it lies elsewhere: ${path}\n`,
    );
}

/** Files that the configuration names and a backup does not hold. */
export function namedOutside(dataDir: string, config: Config): readonly string[] {
  const { forward } = config.audit;
  const named = [
    config.proxy.policyFile,
    ...config.browser.trustCaFiles,
    ...[forward?.caFile, forward?.certFile, forward?.keyFile],
  ];
  return named
    .filter((each) => each !== undefined)
    .map((each) => resolve(dataDir, each))
    .filter((path) => {
      const below = relative(dataDir, path);
      return isAbsolute(below) || !memberNames.has(below.split("/")[0] ?? "");
    });
}

function programVersion(): string {
  const file = join(import.meta.dirname, "../../package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}

/**
 * `hanare signatures import FILE|DIR|TAR …`: checks signature files with ClamAV's own programs and brings them into
 * force at once. A running Hanare starts its scanner anew with them; meanwhile files wait.
 */
import { dataDirOf } from "../config/load.ts";
import { engineSocket } from "../config/engine-socket.ts";
import { loadInstallation } from "../config/installation.ts";
import { loadConfig } from "../config/load.ts";
import { makePaths } from "../config/paths.ts";
import { createEngineClient } from "../engine/client.ts";
import { checkSet } from "../signatures/check-set.ts";
import { importSignatures } from "../signatures/import-signatures.ts";
import { SignatureStore } from "../signatures/signature-store.ts";
import { commonOptions, exitCodes, printJson, runCommand, UsageError } from "./command.ts";

const help = `hanare signatures import FILE|DIR|TAR … [--older] [--json] [--data DIR]

ウイルス定義（main.cvd、daily.cvd など）を確かめて取り込みます。動いている Hanare は、すぐに使い始めます。
Checks virus signatures (main.cvd, daily.cvd …) and takes them in. A running Hanare uses them at once.

  --older     いまより古い版も取り込む / also take versions older than those in force

終了コード / exit codes: 0 imported, 1 refused (what was in force stays), 2 usage
`;
const options = {
  ...commonOptions,
  json: { type: "boolean", default: false },
  older: { type: "boolean", default: false },
} as const;

export function signaturesImport(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    if (positionals.length === 0) throw new UsageError("Name a file, a folder or a tar archive.");
    const dataDir = dataDirOf(values.data);
    const { id: installation, images } = await loadInstallation(dataDir);
    const config = await loadConfig(dataDir);
    const engine = createEngineClient(installation, engineSocket(config.engine.socket));
    const imported = await importSignatures({
      store: new SignatureStore(makePaths(dataDir, installation).signatures),
      sources: positionals,
      allowOlder: values.older,
      check: (dir) => checkSet({ engine, installation, image: images.clamd }, dir),
    });
    if (values.json) printJson(imported);
    else
      process.stdout.write(
        `取り込みました / imported: ${imported.taken.join(" ")}\n使用中 / in force: ${imported.databases.map(({ name }) => name).join(" ")}\n`,
      );
    return exitCodes.done;
  });
}

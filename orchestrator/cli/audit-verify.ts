/** `hanare audit verify`: is the audit log whole? */
import { auditPublicKeyPath, loadPublicKey } from "../audit/keys.ts";
import { verifyAuditFile } from "../audit/verify-file.ts";
import {
  commonOptions,
  exitCodes,
  installationFiles,
  noArguments,
  printJson,
  runCommand,
} from "./command.ts";

const help = `hanare audit verify

Walks the audit log from its first record and checks every hash and every
signed checkpoint. Only reads; needs the public key, not the signing key.

  --data DIR         data directory of the installation (default: var)
  --public-key FILE  PEM of the public key (default: DIR/keys/audit-ed25519.pub.pem);
                     keep a copy of it away from this machine
  --json             {"outcome":"intact",...} or {"outcome":"broken","seq":N,"reason":"..."}

Exit codes: 0 whole, 1 could not be checked, 2 wrong usage, 3 altered or cut off.
`;

const spec = {
  help,
  options: {
    ...commonOptions,
    json: { type: "boolean", default: false },
    "public-key": { type: "string" },
  },
} as const;

export function auditVerify(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values, positionals }) => {
    noArguments(positionals);
    const files = installationFiles(values.data);
    const publicKey = loadPublicKey(values["public-key"] ?? auditPublicKeyPath(files.keys));
    const verdict = await verifyAuditFile(files.database, publicKey);
    if (values.json) printJson(verdict);
    if (verdict.outcome === "broken") {
      process.stderr.write(
        `The audit log is not whole: record ${verdict.seq}, ${verdict.reason}.\nKeep the file as it is and compare it with your last export or backup.\n`,
      );
      return exitCodes.altered;
    }
    if (values.json) return exitCodes.done;
    for (const { seq, before, rule, keepDays, at } of verdict.deletions)
      process.stdout.write(
        `Deleted: records up to ${seq}, all before ${before}, at ${at} by rule "${rule}" (${keepDays} days), as signed.\n`,
      );
    process.stdout.write(
      `Whole: ${verdict.records} records, ${verdict.checkpoints} checkpoints, newest ${verdict.unsigned} not signed yet.\n`,
    );
    return exitCodes.done;
  });
}

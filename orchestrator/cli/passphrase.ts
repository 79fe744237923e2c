/** Where the commands for backups take the passphrase from: a file, the environment, or the person at the keyboard. */
import { readFileSync, statSync } from "node:fs";
import { leastPassphrase } from "../backup/format.ts";
import { backupPassphrase } from "../config/load.ts";
import { UsageError } from "./command.ts";

const variable = "HANARE_BACKUP_PASSPHRASE";

export const passphraseHelp = `  --passphrase-file FILE   its first line, at least ${leastPassphrase} characters; FILE must be
                           readable by its owner only (or: ${variable})`;

/** Undefined when neither names one. Throws UsageError for one that is too short, or a file others can read. */
export function givenPassphrase(file: string | undefined): string | undefined {
  const given = file === undefined ? backupPassphrase() : firstLine(file);
  return given === undefined ? undefined : longEnough(given);
}

function firstLine(file: string): string {
  if ((statSync(file).mode & 0o077) !== 0)
    throw new UsageError(`Others can read ${file}. Run: chmod 600 ${file}`);
  return readFileSync(file, "utf8").split(/\r?\n/, 1)[0] ?? "";
}

function longEnough(passphrase: string): string {
  if (passphrase.length >= leastPassphrase) return passphrase;
  throw new UsageError(`The passphrase needs at least ${leastPassphrase} characters.`);
}

/** Asks twice. Throws UsageError when nobody sits there, or the two differ. */
export async function newPassphrase(): Promise<string> {
  const first = longEnough(await askPassphrase("パスフレーズ / Passphrase: "));
  const again = await askPassphrase("もう一度 / Again: ");
  if (first !== again) throw new UsageError("The two passphrases differ.");
  return first;
}

/** Shows nothing of what is typed. */
export async function askPassphrase(question: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY)
    throw new UsageError(`No keyboard to ask at: give --passphrase-file FILE or ${variable}.`);
  stderr.write(question);
  stdin.setRawMode(true);
  let typed = "";
  try {
    for await (const piece of stdin.setEncoding("utf8"))
      for (const letter of String(piece)) {
        if (letter === "\r" || letter === "\n") return typed;
        if (letter === "\u0003") throw new UsageError("Stopped.");
        typed = letter === "\u007f" ? Array.from(typed).slice(0, -1).join("") : typed + letter;
      }
    return typed;
  } finally {
    stdin.setRawMode(false);
    stderr.write("\n");
  }
}

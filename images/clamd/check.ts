/**
 * Looks at a set of signature files before it comes into force: the makers' signature of every .cvd, then whether the
 * whole loads. Says one line of JSON and ends. A .cld was pieced together by freshclam and has no signature to check.
 */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const dir = "/var/lib/clamav";
const run = promisify(execFile);

/** Name of what is not accepted; undefined when all is well. */
async function look(): Promise<string | undefined> {
  for (const name of readdirSync(dir).filter((each) => each.endsWith(".cvd"))) {
    const said = await run("sigtool", [`--info=${join(dir, name)}`]).catch(() => undefined);
    if (said === undefined || !/^Verification OK/m.test(said.stdout)) return name;
  }
  const options = [`--database=${dir}`, "--tempdir=/work", "--no-summary"];
  const scanned = await run("clamscan", [...options, "/etc/hostname"]).catch(
    (error: unknown) => error,
  );
  return scanned instanceof Error ? "clamscan" : undefined;
}

const refused = await look();
process.stdout.write(
  `${JSON.stringify({ ok: refused === undefined, what: refused?.slice(0, 64) ?? "" })}\n`,
);

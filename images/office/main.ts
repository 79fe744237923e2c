/**
 * First process of an office box: says it is ready, takes one document from stdin, has LibreOffice write it in a
 * format of today, hands that out and ends. LibreOffice is given one filter to read with and one to write with, a
 * profile that runs no macro and follows no link, and its time.
 */
import { spawn } from "node:child_process";
import { cp, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeJsonFrame } from "../wire/frame.ts";
import { type OfficeJob, officeJob, type OfficeResult, officeTargets } from "../wire/office.ts";
import { sandboxFrame, sandboxWireVersion } from "../wire/sandbox.ts";
import { framesIn, nextBytes, nextJson, sendBytes, sendFrame } from "../wire/stdio.ts";
import { inputFilters, outputFilter } from "./filters.ts";
import { madeProfile, soffice, sofficeOptions } from "./soffice.ts";
import { libreOfficeVersion } from "./version.ts";

const workDir = "/work";
const profileDir = join(workDir, "profile");
const outDir = join(workDir, "out");

interface Made {
  readonly result: OfficeResult;
  readonly bytes: Buffer;
}

const refuse = (refused: Extract<OfficeResult, { refused: unknown }>["refused"]): Made => ({
  result: { refused },
  bytes: Buffer.alloc(0),
});

function run(input: string, { kind, seconds }: OfficeJob): Promise<NodeJS.Signals | null> {
  const { filter } = inputFilters[kind];
  const target = officeTargets[kind];
  const child = spawn(
    soffice,
    [
      ...sofficeOptions(profileDir),
      `--infilter=${filter}`,
      ...["--convert-to", `${target}:${outputFilter(kind)}`, "--outdir", outDir, input],
    ],
    {
      cwd: workDir,
      env: { HOME: workDir, TMPDIR: workDir, LANG: "C.UTF-8", PATH: "/usr/bin:/bin" },
      // What it says goes to stderr, of which the host keeps a little.
      stdio: ["ignore", process.stderr, process.stderr],
      detached: true,
    },
  );
  const { promise, resolve, reject } = Promise.withResolvers<NodeJS.Signals | null>();
  child.once("error", reject);
  child.once("exit", (_code, signal) => resolve(signal));
  const { pid } = child;
  // The wrapper's children, too.
  const kill = () => pid !== undefined && process.kill(-pid, "SIGKILL");
  const timer = setTimeout(kill, seconds * 1000);
  return promise.finally(() => clearTimeout(timer));
}

/** LibreOffice exits with 0 also when it wrote nothing: only the file counts. */
async function convert(job: OfficeJob, bytes: Buffer): Promise<Made> {
  const input = join(workDir, `in.${inputFilters[job.kind].extension}`);
  await writeFile(input, bytes);
  const signal = await run(input, job);
  if (signal === "SIGKILL") return refuse("time-limit");
  const output = join(outDir, `in.${officeTargets[job.kind]}`);
  const size = await stat(output).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
  if (size === 0) return refuse("damaged");
  if (size > job.outputBytes) return refuse("size-limit");
  const made = await readFile(output);
  return { result: { bytes: made.length }, bytes: made };
}

await cp(madeProfile, profileDir, { recursive: true });
const engines = { libreoffice: libreOfficeVersion() };
await sendFrame(encodeJsonFrame(sandboxFrame.ready, { version: sandboxWireVersion, engines }));
const frames = framesIn();
const job = officeJob.parse(await nextJson(frames, sandboxFrame.job));
const { result, bytes } = await convert(job, await nextBytes(frames, job.bytes));
await sendFrame(encodeJsonFrame(sandboxFrame.result, result));
if ("bytes" in result) await sendBytes(bytes);
process.stdout.end(() => process.exit(0));

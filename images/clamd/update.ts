/**
 * Fetches signature files with ClamAV's own freshclam, which checks their makers' signatures, and hands over what is
 * new: one line of JSON, then the files one after the other. The container has no network; the only way out is the
 * door of the egress proxy, which is forwarded here as the HTTP proxy that freshclam knows.
 *
 *   node images/clamd/update.ts SETTINGS
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream";

const before = "/var/lib/clamav";
const door = "/run/hanare/door.sock";
const folder = "/work/db";
const saidLimit = 2000;

/** Lines of freshclam.conf, made by the host. */
const settings = process.argv[2] ?? "";

function forwardProxy(): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (local) => {
    const remote = connect({ path: door, allowHalfOpen: true });
    pipeline(local, remote, () => remote.destroy());
    pipeline(remote, local, () => local.destroy());
  });
  server.unref();
  return new Promise((resolve) => server.listen(3128, "127.0.0.1", resolve));
}

async function freshclam(): Promise<{ exit: number; said: string }> {
  writeFileSync("/work/freshclam.conf", settings);
  const child = spawn(
    "freshclam",
    ["--config-file=/work/freshclam.conf", "--stdout", "--no-warnings"],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: "/usr/bin:/bin",
        HOME: "/work",
        TMPDIR: "/work",
        ...(existsSync("/run/hanare/ca.pem") && { CURL_CA_BUNDLE: "/run/hanare/ca.pem" }),
      },
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("latin1")).slice(-saidLimit);
    });
  const [code] = (await once(child, "close")) as [number | null];
  return { exit: code ?? -1, said };
}

mkdirSync(folder);
// What is in force already: a newer one takes the place of the link.
for (const name of existsSync(before) ? readdirSync(before) : [])
  symlinkSync(join(before, name), join(folder, name));
await forwardProxy();
const outcome = await freshclam();
const files = readdirSync(folder)
  .map((name) => ({ name, found: lstatSync(join(folder, name)) }))
  .filter(({ name, found }) => found.isFile() && name !== "freshclam.dat")
  .map(({ name, found }) => ({ name, sizeBytes: found.size }));
process.stdout.write(`${JSON.stringify({ ...outcome, files })}\n`);
for (const { name } of files)
  for await (const chunk of createReadStream(join(folder, name)) as AsyncIterable<Buffer>)
    if (!process.stdout.write(chunk)) await once(process.stdout, "drain");

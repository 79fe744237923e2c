/**
 * Debian's Samba as a site's file server, on a loopback port, and smbclient as the Explorer of its users. The folder
 * that it serves is bind-mounted where Hanare is told that the share is: a real mount and a real server, without the
 * kernel's cifs client, which not every machine has.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { vi } from "vitest";
import { freePort } from "./free-port.ts";
import { type MountedShare, mountShare } from "./mounted-share.ts";

const run = promisify(execFile);
/** Debian's user "nobody", whom guests are. */
const guest = 65_534;

async function install(): Promise<void> {
  if (existsSync("/usr/sbin/smbd") && existsSync("/usr/bin/smbclient")) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const packages = ["samba", "smbclient"];
  await run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env });
  for (const service of ["smbd", "nmbd"]) {
    await run("systemctl", ["disable", "--now", service]).catch(() => undefined);
    await run("update-rc.d", [service, "disable"]).catch(() => undefined);
  }
}

export interface Samba extends MountedShare {
  readonly shownAs: string;
  /** Makes a folder that users may write to. */
  folder(path: string): Promise<void>;
  /** Commands of smbclient, such as `ls`, as a user who is a guest; what it prints. */
  explorer(commands: string): Promise<string>;
  /** A file as a user gets it. */
  get(path: string): Promise<Buffer>;
}

export async function startSamba(): Promise<Samba> {
  await install();
  await using stack = new AsyncDisposableStack();
  const share = stack.use(await mountShare());
  const { dir, served } = share;
  await mkdir(join(dir, "state"));
  await chown(served, guest, guest);
  const port = await freePort();
  const config = join(dir, "smb.conf");
  await writeFile(config, configuration(dir, served, port));
  const server = spawn(
    "/usr/sbin/smbd",
    ["--foreground", "--no-process-group", "--debug-stdout", `--configfile=${config}`],
    // It ends its whole process group at its end: one of its own, made here.
    { stdio: ["ignore", "ignore", "ignore"], detached: true },
  );
  stack.defer(() => stop(server));
  const explorer = async (commands: string): Promise<string> => {
    const user = ["-N", "-U", "guest%", "-p", String(port), "-s", config];
    const { stdout } = await run("smbclient", ["//127.0.0.1/hanare", ...user, "-c", commands], {
      cwd: dir,
      timeout: 30_000,
    });
    return stdout;
  };
  await vi.waitFor(() => explorer("ls"), { timeout: 60_000, interval: 200 });
  const running = stack.move();
  return {
    ...{ ...share, explorer },
    shownAs: "\\\\fs01\\hanare",
    async folder(path) {
      await mkdir(join(served, path));
      await chown(join(served, path), guest, guest);
    },
    async get(path) {
      await explorer(`get "${path}" fetched`);
      return await readFile(join(dir, "fetched"));
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const configuration = (dir: string, served: string, port: number): string => `[global]
  server role = standalone server
  workgroup = HANARETEST
  smb ports = ${port}
  interfaces = lo
  bind interfaces only = yes
  disable netbios = yes
  load printers = no
  map to guest = Bad User
  guest account = nobody
  unix charset = UTF-8
  private dir = ${dir}/state
  lock directory = ${dir}/state
  state directory = ${dir}/state
  cache directory = ${dir}/state
  pid directory = ${dir}/state
  ncalrpc dir = ${dir}/state/ncalrpc
  log file = ${dir}/state/log
[hanare]
  path = ${served}
  guest ok = yes
  read only = no
`;

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, "exit");
  server.kill("SIGTERM");
  await gone;
}

/**
 * Debian's squid as the peer: one worker, no cache, the same rules as Hanare's policy, one log line per
 * request, keep-alive to origins, names from a hosts file. Installed when it is not there, never left
 * starting by itself.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { access, chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const binary = "/usr/sbin/squid";

export interface Squid extends AsyncDisposable {
  /** The worker, which does the work; its parent only watches. */
  readonly pid: number;
  readonly version: string;
  /** Holds access.log. */
  readonly folder: string;
  readonly process: ChildProcess;
}

export interface SquidOptions {
  readonly port: number;
  readonly hosts: Readonly<Record<string, string>>;
  /** "http_port" unless it is to be spoken to over TLS: then certificate and key, as PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Lines of squid.conf: everything but the port. */
  readonly rules: readonly string[];
  /** Asked at port 53, which is the only one that Squid knows. */
  readonly dnsServer?: string;
}

/** Both of Debian's builds are the same release; the one with OpenSSL also serves as a TLS parent in tests. */
export async function installSquid(): Promise<void> {
  if (
    await access(binary).then(
      () => true,
      () => false,
    )
  )
    return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  await run("apt-get", ["install", "-y", "--no-install-recommends", "squid-openssl"], { env });
  await run("systemctl", ["disable", "--now", "squid"]).catch(() => undefined);
  await run("update-rc.d", ["squid", "disable"]).catch(() => undefined);
}

export async function startSquid(options: SquidOptions): Promise<Squid> {
  await installSquid();
  const folder = await mkdtemp(join(tmpdir(), "hanare-squid-"));
  await chmod(folder, 0o777);
  const hosts = Object.entries(options.hosts).map(([name, address]) => `${address} ${name}\n`);
  await writeFile(join(folder, "hosts"), hosts.join(""));
  // Squid gives up its rights before it reads this one, so it is for everybody on this machine to read.
  if (options.tls)
    await writeFile(join(folder, "tls.pem"), `${options.tls.cert}\n${options.tls.key}\n`);
  const file = join(folder, "squid.conf");
  await writeFile(
    file,
    [
      options.tls
        ? `https_port 127.0.0.1:${options.port} tls-cert=${join(folder, "tls.pem")}`
        : `http_port 127.0.0.1:${options.port}`,
      ...options.rules,
      "cache deny all",
      "cache_mem 0 MB",
      "memory_pools on",
      "workers 1",
      "max_filedescriptors 65536",
      `hosts_file ${join(folder, "hosts")}`,
      `dns_nameservers ${options.dnsServer ?? "127.0.0.1"}`,
      `pid_filename ${join(folder, "squid.pid")}`,
      `access_log stdio:${join(folder, "access.log")}`,
      `cache_log ${join(folder, "cache.log")}`,
      "cache_store_log none",
      `coredump_dir ${folder}`,
      "pinger_enable off",
      "shutdown_lifetime 0 seconds",
      "visible_hostname squid.bench.test",
      "",
    ].join("\n"),
  );
  const child = spawn(binary, ["-N", "-f", file], { stdio: ["ignore", "ignore", "inherit"] });
  await listening(options.port, child);
  const { stdout } = await run(binary, ["-v"]);
  return {
    pid: child.pid ?? 0,
    version: /Version (\S+)/.exec(stdout)?.[1] ?? "unknown",
    folder,
    process: child,
    async [Symbol.asyncDispose]() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await gone;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Squid says nowhere that it is ready; its port does. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + 20_000;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`squid ended with ${child.exitCode}`);
    const answers = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => setTimeout(() => resolve(false), 50));
    });
    if (answers) return;
  }
  throw new Error("squid does not listen");
}

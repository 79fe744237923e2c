/**
 * Debian's exim as a site's mail server: STARTTLS or TLS, a password asked for, every mail kept in its spool. Unpacked
 * beside, never installed: this machine gets no mail server. Its user exists in a mount namespace of its own alone.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, readFileSync } from "node:fs";
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { vi } from "vitest";
import { freePort } from "./free-port.ts";
import { makeTestCertificate } from "./tls.ts";

const run = promisify(execFile);
const unpacked = join(tmpdir(), "hanare-exim-unpacked");
const binary = join(unpacked, "usr/sbin/exim4");
const uid = 64_999;
const patience = { timeout: 30_000, interval: 50 };

async function reach(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
  } finally {
    socket.destroy();
  }
}

async function unpack(): Promise<void> {
  if (existsSync(join(unpacked, "done"))) return;
  const archives = join(unpacked, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const where = ["-o", `Dir::Cache::archives=${archives}/`];
  const what = ["install", "-y", "--download-only", "--no-install-recommends"];
  await run("apt-get", [...where, ...what, "exim4-daemon-light"], { env });
  for (const each of globSync(`${archives}/*.deb`)) await run("dpkg", ["-x", each, unpacked]);
  await writeFile(join(unpacked, "done"), "");
}

export interface Received {
  readonly to: readonly string[];
  /** Who logged in. */
  readonly user: string | undefined;
  readonly cipher: string | undefined;
  readonly headers: string;
  readonly body: string;
}

export class Exim implements AsyncDisposable {
  readonly #folder: string;
  #process: ChildProcess | undefined;
  readonly port: number;
  /** PEM: who signed its certificate. */
  readonly ca: string;

  private constructor(folder: string, port: number, ca: string) {
    this.#folder = folder;
    this.port = port;
    this.ca = ca;
  }

  /** Named "mail.test"; takes user "hanare" with password "secret" and nobody else, over TLS alone. */
  static async start(way: "starttls" | "tls" = "starttls"): Promise<Exim> {
    await unpack();
    const folder = await mkdtemp(join(tmpdir(), "hanare-test-exim-"));
    const { cert, key } = await makeTestCertificate(["mail.test"]);
    const made = new Exim(folder, await freePort(), cert);
    const file = (name: string) => join(folder, name);
    for (const each of ["spool", "log"]) {
      await mkdir(file(each));
      await chown(file(each), uid, uid);
    }
    await writeFile(file("cert.pem"), cert);
    await writeFile(file("key.pem"), key);
    const own = `Debian-exim:x:${uid}:`;
    await writeFile(
      file("passwd"),
      `${readFileSync("/etc/passwd", "utf8")}${own}${uid}::/:/bin/false\n`,
    );
    await writeFile(file("group"), `${readFileSync("/etc/group", "utf8")}${own}\n`);
    await writeFile(file("conf"), configuration(folder, made.port, way));
    // Its own user reads below; nobody else has business there.
    await run("chmod", ["755", folder]);
    await made.startAgain();
    return made;
  }

  async startAgain(): Promise<void> {
    const file = (name: string) => join(this.#folder, name);
    const bind = ["passwd", "group"].map((name) => `mount --bind ${file(name)} /etc/${name}`);
    const script = [...bind, `exec ${binary} -C ${file("conf")} -bdf`].join(" && ");
    const libraries = new Set(globSync(`${unpacked}/usr/lib/*/*.so*`).map(dirname));
    const env = { ...process.env, LD_LIBRARY_PATH: [...libraries].join(":") };
    this.#process = spawn("unshare", ["-m", "sh", "-c", script], {
      ...{ env, stdio: "ignore" },
    });
    await vi.waitFor(() => reach(this.port), patience);
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running?.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill();
    await ended;
    // Those it had for single connections may outlive it, and write their log into a folder made anew.
    await vi.waitFor(() => {
      const left = this.#children();
      for (const pid of left) process.kill(pid, "SIGKILL");
      if (left.length > 0) throw new Error(`still there: ${left.join(" ")}`);
    }, patience);
  }

  /** Whoever was started with this folder's configuration. */
  #children(): readonly number[] {
    return globSync("/proc/[0-9]*/cmdline").flatMap((file) => {
      try {
        return readFileSync(file, "utf8").includes(this.#folder) ? Number(file.split("/")[2]) : [];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
  }

  /** Every mail that it has taken, oldest first. */
  async received(): Promise<readonly Received[]> {
    const input = join(this.#folder, "spool", "input");
    const names = (await readdir(input).catch(() => [])).filter((name) => name.endsWith("-H"));
    return Promise.all(names.sort().map((name) => readMail(input, name.slice(0, -2))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true });
  }
}

async function readMail(input: string, id: string): Promise<Received> {
  const head = await readFile(join(input, `${id}-H`), "utf8");
  const body = await readFile(join(input, `${id}-D`), "utf8");
  const [envelope = "", ...rest] = head.split("\n\n");
  return {
    to: envelope.split("\n").filter((line) => /^[^ <-][^ ]*@[^ ]*$/.test(line)),
    user: /^--?auth_id (.*)$/m.exec(envelope)?.[1],
    cipher: /^--?tls_cipher (.*)$/m.exec(envelope)?.[1],
    // Each begins with its length and a letter.
    headers: rest.join("\n\n").replace(/^\d{3,}[A-Z*\s] /gm, ""),
    body: body.slice(body.indexOf("\n") + 1),
  };
}

const configuration = (folder: string, port: number, way: string) => `exim_path = ${binary}
keep_environment = LD_LIBRARY_PATH
primary_hostname = mail.test
exim_user = Debian-exim
exim_group = Debian-exim
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${port}
${way === "tls" ? `tls_on_connect_ports = ${port}` : ""}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/spool/pid
tls_advertise_hosts = *
tls_certificate = ${folder}/cert.pem
tls_privatekey = ${folder}/key.pem
auth_advertise_hosts = \${if eq{$tls_in_cipher}{}{}{*}}
queue_only = true
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  deny !authenticated = *
  deny message = nobody of that name
    local_parts = nobody
  accept
data:
  accept
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and {{eq{$auth2}{hanare}}{eq{$auth3}{secret}}}}
  server_set_id = $auth2
`;

/** Debian's rsyslog as a SIEM's receiving end: syslog over TLS with GnuTLS, every message as it came, in a file. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { vi } from "vitest";
import { makeTestCertificate, type TestCertificate } from "./tls.ts";

const run = promisify(execFile);
const binary = "/usr/sbin/rsyslogd";
/** Of whatever architecture. */
const drivers = "/usr/lib/*/rsyslog/lmnsd_gtls.so";

async function install(): Promise<void> {
  if (existsSync(binary) && globSync(drivers).length > 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const packages = ["rsyslog", "rsyslog-gnutls"];
  await run("apt-get", ["install", "-y", "--no-install-recommends", ...packages], { env });
  await run("systemctl", ["disable", "--now", "rsyslog"]).catch(() => undefined);
  await run("update-rc.d", ["rsyslog", "disable"]).catch(() => undefined);
}

export class Rsyslog implements AsyncDisposable {
  readonly #folder: string;
  #process: ChildProcess | undefined;
  /** Kept over a restart. */
  port = 0;
  /** PEM: who signed its certificate. */
  readonly ca: string;
  /** What it knows its senders by. */
  readonly client: TestCertificate;
  readonly #knownOnly: boolean;

  private constructor(folder: string, ca: string, client: TestCertificate, knownOnly: boolean) {
    this.#folder = folder;
    this.ca = ca;
    this.client = client;
    this.#knownOnly = knownOnly;
  }

  /** Named "siem.test". `knownOnly`: takes from senders with the certificate `client` alone. */
  static async start({ knownOnly = false } = {}): Promise<Rsyslog> {
    await install();
    const folder = await mkdtemp(join(tmpdir(), "hanare-rsyslog-"));
    const { cert, key } = await makeTestCertificate(["siem.test"]);
    await writeFile(join(folder, "cert.pem"), cert);
    await writeFile(join(folder, "key.pem"), key, { mode: 0o600 });
    const client = await makeTestCertificate(["hanare.test"]);
    await writeFile(join(folder, "trusted.pem"), `${cert}\n${client.cert}\n`);
    const made = new Rsyslog(folder, cert, client, knownOnly);
    await made.startAgain();
    return made;
  }

  async startAgain(): Promise<void> {
    const file = (name: string) => join(this.#folder, name);
    await rm(file("port"), { force: true });
    await writeFile(
      file("rsyslog.conf"),
      `global(workDirectory="${this.#folder}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off"
  defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="${file("trusted.pem")}"
  defaultNetstreamDriverCertFile="${file("cert.pem")}" defaultNetstreamDriverKeyFile="${file("key.pem")}")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="${this.#knownOnly ? "x509/certvalid" : "anon"}")
template(name="raw" type="string" string="%rawmsg%\\n")
input(type="imtcp" port="${this.port}" address="127.0.0.1" listenPortFileName="${file("port")}")
action(type="omfile" file="${file("received.log")}" template="raw")
`,
    );
    const args = ["-n", "-f", file("rsyslog.conf"), "-i", file("pid")];
    this.#process = spawn(binary, args, { stdio: "inherit" });
    // Told in a file only where the system chose it.
    if (this.port === 0) {
      await vi.waitFor(() => expectNumber(readFileSync(file("port"), "utf8")), patience);
      this.port = Number.parseInt(readFileSync(file("port"), "utf8"), 10);
    } else await vi.waitFor(() => reach(this.port), patience);
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running) return;
    const ended = once(running, "exit");
    running.kill("SIGTERM");
    await ended;
  }

  /** Every message so far, as it came. */
  async received(): Promise<readonly string[]> {
    const text = await readFile(join(this.#folder, "received.log"), "utf8").catch(() => "");
    return text.split("\n").filter((line) => line !== "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true });
  }
}

const patience = { timeout: 30_000, interval: 100 };

async function reach(port: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.destroy();
}

/** The file is there before its number is. */
function expectNumber(text: string): void {
  if (!/^\d+/.test(text)) throw new Error("no port yet");
}

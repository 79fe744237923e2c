/**
 * A container engine of the tests' own, beside the machine's: its own dockerd and containerd with their own
 * sockets, state, network and configuration, without a bridge or a firewall rule. dockerd may be killed,
 * restarted and given other runtimes, and nobody else notices; containerd stays, as where systemd runs both.
 * Its images are copied from the machine's engine once and kept in the data directory; everything else is
 * gone when it is disposed of.
 */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { isProcessAlive, processToken } from "../../orchestrator/base/process-token.ts";
import { engineSocket } from "../../orchestrator/config/engine-socket.ts";
import { defaultDataDir } from "../../orchestrator/config/load.ts";
import { createEngineApi, type EngineApi } from "../../setup/engine/api.ts";

const startMs = 30_000;
const lookEveryMs = 50;

export interface OwnEngineOptions {
  /** The engine's configuration file. */
  readonly config?: object;
  /** Tags that the machine's engine has. */
  readonly images: readonly string[];
}

export class OwnEngine implements AsyncDisposable {
  readonly socket: string;
  readonly configFile: string;
  readonly pidFile: string;
  readonly api: EngineApi;
  readonly #dir: string;
  readonly #containerdSocket: string;
  #containerd: ChildProcess | undefined;
  #child: ChildProcess | undefined;

  private constructor(dir: string) {
    this.#dir = dir;
    this.socket = join(dir, "docker.sock");
    this.#containerdSocket = join(dir, "containerd.sock");
    this.configFile = join(dir, "daemon.json");
    this.pidFile = join(dir, "pid");
    this.api = createEngineApi(this.socket);
  }

  static async start({ config = {}, images }: OwnEngineOptions): Promise<OwnEngine> {
    await endLeftOver();
    const engine = new OwnEngine(await mkdtemp(join(tmpdir(), "hanare-test-engine-")));
    try {
      await writeFile(engine.configFile, JSON.stringify(config));
      await engine.#startContainerd();
      await engine.up();
      await engine.#removeContainers();
      await engine.#keepOnly(images);
      return engine;
    } catch (error) {
      await engine[Symbol.asyncDispose]();
      throw error;
    }
  }

  get #isUp(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async #startContainerd(): Promise<void> {
    const config = join(this.#dir, "containerd.toml");
    await writeFile(
      config,
      [
        "version = 2",
        `root = "${join(home(), "containerd")}"`,
        `state = "${join(this.#dir, "containerd")}"`,
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
        "[grpc]",
        `address = "${this.#containerdSocket}"`,
        "",
      ].join("\n"),
    );
    const log = openSync(join(this.#dir, "containerd.log"), "a");
    this.#containerd = spawn("containerd", ["--config", config], { stdio: ["ignore", log, log] });
    closeSync(log);
    await writeFile(tokenFile("containerd"), processToken(this.#containerd.pid));
  }

  /** Resolves when it answers. */
  async up(): Promise<void> {
    const data = dataRoot();
    await mkdir(data, { recursive: true });
    const log = openSync(join(this.#dir, "log"), "a");
    // In a network of its own: an engine without a bridge takes the machine's docker0 away when it starts.
    const child = spawn(
      "unshare",
      [
        ...["--net", "--", "dockerd"],
        ...["--host", `unix://${this.socket}`, "--config-file", this.configFile],
        ...["--data-root", data, "--exec-root", join(this.#dir, "exec")],
        ...["--pidfile", this.pidFile, "--containerd", this.#containerdSocket],
        ...["--bridge=none", "--iptables=false", "--ip6tables=false"],
      ],
      { stdio: ["ignore", log, log] },
    );
    closeSync(log);
    this.#child = child;
    await writeFile(tokenFile("dockerd"), processToken(child.pid));
    const until = performance.now() + startMs;
    for (;;) {
      const answer = await this.api.version(AbortSignal.timeout(startMs)).catch(() => undefined);
      if (answer) return;
      if (child.exitCode !== null || performance.now() > until)
        throw new Error(`the tests' engine did not start: ${await this.log()}`);
      await wait(lookEveryMs);
    }
  }

  /** As `systemctl stop`, or without warning. Resolves when the process is gone. */
  async down(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (!child || !this.#isUp) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  /** Makes it read its configuration file again. */
  reload(): void {
    this.#child?.kill("SIGHUP");
  }

  /** Its last lines. */
  async log(): Promise<string> {
    const text = await readFile(join(this.#dir, "log"), "utf8").catch(() => "");
    return text.split("\n").slice(-15).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What runs outlives a dockerd that is down; only a living one can take it along.
    if (!this.#isUp) await this.up();
    await this.#removeContainers();
    await this.down("SIGTERM");
    if (this.#containerd && this.#containerd.exitCode === null) {
      const exited = once(this.#containerd, "exit");
      this.#containerd.kill("SIGTERM");
      await exited;
    }
    await unmountData();
    for (const name of processes) await rm(tokenFile(name), { force: true });
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #docker(...args: readonly string[]): Promise<string[]> {
    const { stdout } = await promisify(execFile)("docker", [
      "-H",
      `unix://${this.socket}`,
      ...args,
    ]);
    return stdout.split("\n").filter((line) => line !== "");
  }

  async #removeContainers(): Promise<void> {
    const ids = await this.#docker("ps", "-aq");
    if (ids.length > 0) await this.#docker("rm", "-fv", ...ids);
  }

  /** Images of former trees go, what is missing comes from the machine's engine. */
  async #keepOnly(images: readonly string[]): Promise<void> {
    const kept = await this.#docker("images", "--format", "{{.Repository}}:{{.Tag}}");
    const repositories = images.map((each) => each.split(":")[0]);
    const former = kept.filter(
      (each) => repositories.includes(each.split(":")[0]) && !images.includes(each),
    );
    if (former.length > 0) await this.#docker("rmi", ...former);
    const missing = images.filter((image) => !kept.includes(image));
    for (const image of missing) await copyImage(image, this.socket);
    // What was written must not be on its way to the disk while the tests wait for something else.
    if (missing.length > 0) await promisify(execFile)("sync", []);
  }
}

function home(): string {
  return join(defaultDataDir(), "test-engine");
}

const dataRoot = (): string => join(home(), "data");
/** In the order in which they are stopped. */
const processes = ["dockerd", "containerd"] as const;
const tokenFile = (name: (typeof processes)[number]): string => join(home(), `${name}.running`);

/** dockerd mounts its data directory over itself, and a killed one leaves that to the next. */
async function unmountData(): Promise<void> {
  const mounts = await readFile("/proc/self/mounts", "utf8");
  for (const line of mounts.split("\n"))
    if (line.split(" ")[1] === dataRoot()) await promisify(execFile)("umount", [dataRoot()]);
}

/** One that a killed test run left would hold the data directory. */
async function endLeftOver(): Promise<void> {
  await mkdir(home(), { recursive: true });
  for (const name of processes) {
    const token = await readFile(tokenFile(name), "utf8").catch(() => "");
    if (token === "" || !isProcessAlive(token)) continue;
    process.kill(Number(token.split("x")[0]), "SIGTERM");
    while (isProcessAlive(token)) await wait(lookEveryMs);
  }
}

/** `docker save | docker load` over the two sockets. */
async function copyImage(image: string, socketPath: string): Promise<void> {
  const from = request({
    socketPath: engineSocket(),
    path: `/images/get?names=${encodeURIComponent(image)}`,
    headers: { host: "engine" },
  });
  from.end();
  const [tar] = (await once(from, "response")) as [IncomingMessage];
  if (tar.statusCode !== 200) throw new Error(`${image}: ${tar.statusCode ?? 0}`);
  const to = request({
    socketPath,
    method: "POST",
    path: "/images/load?quiet=1",
    headers: { host: "engine", "content-type": "application/x-tar" },
  });
  tar.pipe(to);
  const [answer] = (await once(to, "response")) as [IncomingMessage];
  let said = "";
  for await (const chunk of answer) said += String(chunk);
  if (answer.statusCode !== 200 || said.includes('"error"'))
    throw new Error(`${image}: ${said.slice(0, 300)}`);
}

/** Why there can be none here; undefined when there can. */
export function whyNoOwnEngine(): string | undefined {
  if (process.getuid?.() !== 0) return "not root";
  try {
    execFileSync("dockerd", ["--version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "dockerd is not on this machine";
  }
}

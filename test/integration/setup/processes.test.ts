/** The set-up and the practice site as the processes they are. */
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockSetup } from "../../../setup/lock-setup.ts";
import { startPractice } from "../../../practice/supervise.ts";

const root = join(import.meta.dirname, "../../..");
const uid = 64_902;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "hanare-process-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly output: string;
}

function run(program: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { cwd: root, env: { ...process.env, HANARE_LANG: "both", HANARE_DATA: dir, ...env } },
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
      },
    );
  });
}

const setup = (command: string, env: Record<string, string> = {}) =>
  run(process.execPath, ["setup/main.ts", command], env);

describe("the set-up says what is wrong, how to mend it, and leaves nothing", () => {
  it("not root", async () => {
    const { code, output } = await run("setpriv", [
      "--reuid=65534",
      "--regid=65534",
      "--clear-groups",
      process.execPath,
      "setup/bootstrap.mjs",
      "start",
    ]);
    expect(code).toBe(1);
    expect(output).toContain("管理者 (root) で実行してください。");
    expect(output).toContain("→ sudo npm start");
  });

  it("no engine and no apt", async () => {
    const { code, output } = await setup("setup", {
      DOCKER_HOST: `unix://${dir}/none.sock`,
      PATH: dir,
    });
    expect(code).toBe(1);
    expect(output).toContain("without apt it cannot be installed automatically");
    expect(existsSync(join(dir, "images.json"))).toBe(false);
  });

  it("port taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { writeFileSync } = await import("node:fs");
    writeFileSync(join(dir, "hanare.yaml"), `listen:\n  host: 127.0.0.1\n  port: ${port}\n`);
    const { code, output } = await setup("start");
    server.close();
    expect(code).toBe(1);
    expect(output).toContain(`ポート ${port} は別のプログラムが使用中です`);
    expect(output).toContain(`pid ${process.pid}`);
  });

  it("disk nearly full", async () => {
    const small = join(dir, "small");
    execFileSync("mkdir", [small]);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=50m", "tmpfs", small]);
    try {
      const { code, output } = await setup("setup", { HANARE_DATA: small });
      expect(code).toBe(1);
      expect(output).toContain("50 MB free, 2.0 GB needed");
      expect(execFileSync("ls", ["-A", small]).toString()).toBe("");
    } finally {
      execFileSync("umount", [small]);
    }
  });

  it("no user namespaces", async () => {
    const zero = join(dir, "zero");
    execFileSync("sh", ["-c", `echo 0 > ${zero}`]);
    const { code, output } = await run("unshare", [
      "-m",
      "sh",
      "-c",
      `mount --bind ${zero} /proc/sys/user/max_user_namespaces && exec "$0" setup/main.ts setup`,
      process.execPath,
    ]);
    expect(code).toBe(1);
    expect(output).toContain("ユーザー名前空間が無効です");
    expect(output).toContain("sysctl -w user.max_user_namespaces");
  });

  it("a mistake in the configuration", async () => {
    const { writeFileSync } = await import("node:fs");
    writeFileSync(join(dir, "hanare.yaml"), "listen:\n  prot: 1\n");
    const { code, output } = await setup("setup");
    expect(code).toBe(1);
    expect(output).toContain(
      `${dir}/hanare.yaml:2:3  listen.prot: unknown setting "prot"  → host | port | names`,
    );
  });

  it("an unknown command", async () => {
    expect((await run(process.execPath, ["orchestrator/cli/main.ts", "nope"])).code).toBe(2);
  });
});

describe("two set-ups at once", () => {
  it("the second waits for the first, and for no one that has died", async () => {
    const script = `import { lockSetup } from "${root}/setup/lock-setup.ts";
await lockSetup(${JSON.stringify(dir)}, () => {}, new AbortController().signal);
process.stdout.write("held"); setInterval(() => {}, 1000);`;
    const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    const waiting = Promise.withResolvers<undefined>();
    const second = lockSetup(dir, () => waiting.resolve(undefined), AbortSignal.timeout(20_000));
    await waiting.promise;
    holder.kill("SIGKILL");
    (await second)[Symbol.dispose]();
  });

  it("a wait can be stopped", async () => {
    const first = await lockSetup(dir, () => undefined, AbortSignal.timeout(5000));
    const stop = new AbortController();
    await expect(lockSetup(dir, () => stop.abort(), stop.signal)).rejects.toThrow();
    first[Symbol.dispose]();
  });
});

describe("the practice site's process", () => {
  const fetchStatus = (socketPath: string): Promise<number> =>
    new Promise((resolve, reject) => {
      request({ socketPath, path: "/", agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .once("error", reject)
        .end();
    });
  const pidOf = (socketPath: string): number =>
    Number(
      execFileSync("pgrep", ["-f", `practice/main.ts --socket ${socketPath}`])
        .toString()
        .trim(),
    );

  it("runs without root, comes back when it is killed, and is gone when it is disposed of", async () => {
    chownSync(dir, uid, uid);
    const socketPath = join(dir, "http.sock");
    const lines = new PassThrough();
    const log = pino(lines);
    let pid: number;
    {
      await using site = await startPractice({
        socketPath,
        host: "kunren.hanare.internal",
        uid,
        log,
      });
      expect(site).toBeDefined();
      expect(await fetchStatus(socketPath)).toBe(200);
      pid = pidOf(socketPath);
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      expect(status).toMatch(new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, "m"));
      expect(status).toMatch(new RegExp(`^Groups:\\s+${uid}\\s*$`, "m"));
      expect(status).toMatch(/^CapEff:\s+0+$/m);
      expect(statSync(socketPath).mode & 0o777).toBe(0o660);

      const restarted = (async () => {
        for await (const [chunk] of on(lines)) if (chunk.includes("restarted")) return;
      })();
      process.kill(pid, "SIGKILL");
      await restarted;
      expect(await fetchStatus(socketPath)).toBe(200);
      expect(pidOf(socketPath)).not.toBe(pid);
      pid = pidOf(socketPath);
    }
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(socketPath)).toBe(false);
  });

  it("says so when it cannot start", async () => {
    const log = pino({ level: "silent" });
    await expect(
      startPractice({ socketPath: join(dir, "absent", "http.sock"), host: "x", uid, log }),
    ).rejects.toMatchObject({ code: "INTERNAL" });
  });
});

/** Chunks of a stream as they come. */
async function* on(stream: PassThrough): AsyncGenerator<[string]> {
  for (;;) {
    const [chunk] = (await once(stream, "data")) as [Buffer];
    yield [chunk.toString("utf8")];
  }
}

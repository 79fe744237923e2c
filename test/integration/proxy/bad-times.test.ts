/**
 * What happens when things around the session plane break: a full disk, dead name servers, a configuration
 * that cannot be had, a head of a megabyte, ten thousand connections from one session. Nothing that is
 * refused in good times passes in these, and what is broken is told.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import fc from "fast-check";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSessionId } from "../../../orchestrator/base/ids.ts";
import { createLog } from "../../../orchestrator/base/log.ts";
import { DecisionLog } from "../../../orchestrator/policy-desk/decision-log.ts";
import { readDecisions } from "../../../orchestrator/policy-desk/read-decisions.ts";
import type { RecordedDecision } from "../../../policies/replay.ts";
import { defaultLimits } from "../../../proxy/limits.ts";
import { clientHello } from "../../support/client-hello.ts";
import { residentMb } from "../../bench/proxy/processes.ts";
import { type Harness, readAll, signal, startHarness } from "./harness.ts";

const run = promisify(execFile);
const site = "www.allowed.test";
let to: Harness;

beforeAll(async () => {
  to = await startHarness();
});
afterAll(() => to[Symbol.asyncDispose]());

const request = (harness: Harness, host = site, more = "") => {
  const authority = `${host}:${harness.origins.httpPort}`;
  return `GET http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\n${more}Connection: close\r\n\r\n`;
};

describe("a full disk", () => {
  it("stops no verdict; decisions that were lost are counted and told; with room again they are kept", async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "hanare-full-"));
    stack.defer(() => rm(folder, { recursive: true }));
    const small = join(folder, "small");
    await mkdir(small);
    await run("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", small]);
    stack.defer(async () => {
      await run("umount", [small]);
    });
    const lines: { event?: string; lost?: number; reason?: string }[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as object) });
    const decisions = new DecisionLog({
      folder: join(small, "decisions"),
      retentionDays: 7,
      maxBytes: 1e9,
      log,
      now: Date.now,
      groupsOf: () => [],
    });
    stack.use(decisions);
    stack.defer(to.egress.onDecision((decision) => decisions.add(decision)));
    const fill = join(small, "fill");
    await writeFile(fill, Buffer.alloc(1024 * 1024)).catch(() => undefined);

    const before = to.decisions.length;
    expect(await to.raw(request(to))).toContain("hello GET /");
    expect(await to.raw(request(to, "www.other.test"))).toMatch(/^HTTP\/1\.1 403 /);
    expect(await to.newest(before + 1)).toMatchObject({ verdict: "block", rule: "default" });
    await decisions.flush();
    expect(lines).toContainEqual(
      expect.objectContaining({
        event: "decision-log",
        lost: 2,
        reason: expect.stringContaining("ENOSPC") as string,
      }),
    );

    await rm(fill);
    const known = to.decisions.length;
    expect(await to.raw(request(to, "bad.allowed.test"))).toMatch(/^HTTP\/1\.1 403 /);
    await to.newest(known);
    await decisions.flush();
    const kept: RecordedDecision[] = [];
    await readDecisions(join(small, "decisions"), 0, {
      record: (record) => kept.push(record),
      unreadable: () => undefined,
      progress: () => undefined,
    });
    expect(kept.map(({ host, rule }) => `${host} ${rule}`)).toEqual(["bad.allowed.test R010"]);
  });

  it("under the log ends nothing: lines wait in memory, bounded, and are written when there is room", async () => {
    await using stack = new AsyncDisposableStack();
    const small = await mkdtemp(join(tmpdir(), "hanare-full-"));
    stack.defer(() => rm(small, { recursive: true }));
    await run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", small]);
    // The log keeps its file open for the life of the process.
    stack.defer(async () => {
      await run("umount", ["--lazy", small]);
    });
    const fill = join(small, "fill");
    const file = join(small, "hanare.log");
    const log = createLog("info", file);
    await writeFile(fill, Buffer.alloc(1024 * 1024)).catch(() => undefined);
    for (let index = 0; index < 20; index++) log.info({ event: "while-full", index });
    expect(await readFile(file, "utf8")).toBe("");
    await rm(fill);
    log.info({ event: "after" });
    const written = await readFile(file, "utf8");
    expect(written.match(/while-full/g)).toHaveLength(20);
    expect(written).toContain('"event":"after"');
  });
});

describe("name servers that are dead", () => {
  it("refuse what they would have to be asked, and say so; what they said holds as long as it may", async () => {
    await using own = await startHarness({ names: { "second.allowed.test": ["127.0.0.1"] } });
    expect(await own.raw(request(own))).toContain("hello GET /");
    await own.dns[Symbol.asyncDispose]();
    const before = own.decisions.length;
    expect(await own.raw(request(own, "second.allowed.test"))).toMatch(/^HTTP\/1\.1 50[24] /);
    const record = await own.newest(before);
    expect(record).toMatchObject({ verdict: "block", rule: "guard.dns" });
    expect(record.reason).toMatch(/^dns-(?:server-failed|timeout)$/);
    // Its answer held for a second.
    await expect.poll(() => own.raw(request(own))).toMatch(/^HTTP\/1\.1 50[24] /);
  });
});

describe("a configuration that cannot be had", () => {
  it("is an error for whoever sent it, and the former one decides on", async () => {
    const { policy } = { policy: await to.policy("  []") };
    const missing = { sha256: "0".repeat(64), entries: 5 };
    const list = { id: "big", entries: [], lines: [], index: missing };
    await expect(
      to.egress.configure({ ...policy, lists: [...policy.lists, list], version: "f".repeat(64) }),
    ).rejects.toThrow();
    expect(to.egress.status()).toBe("up");
    expect(await to.raw(request(to))).toContain("hello GET /");
  });
});

describe("a client without measure", () => {
  it("a head of a megabyte is refused at sixteen kilobytes", async () => {
    const before = to.decisions.length;
    const seen = to.origins.seen.length;
    const socket = to.connect();
    const head = request(to, site, `X-Big: ${"a".repeat(1024 * 1024)}\r\n`);
    socket.write(head.slice(0, 20_000));
    const [first] = (await once(socket, "data")) as [Buffer];
    const answer = first.toString("latin1");
    // What is left of it is nobody's any more.
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(head.slice(20_000));
    socket.resume();
    await closed;
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    // What came before may be told a moment later.
    await expect
      .poll(() => to.decisions.slice(before).map(({ rule, reason }) => `${rule} ${reason}`))
      .toContain("guard.limit header-bytes");
    expect(to.origins.seen.length).toBe(seen);
  });

  it("two thousand connections of noise end nobody and leave no memory behind", async () => {
    const pid = to.egress.pid() ?? 0;
    const authority = `${site}:${to.origins.httpPort}`;
    const whole = [
      Buffer.from(request(to)),
      Buffer.from(
        `POST http://${authority}/ HTTP/1.1\r\nHost: ${authority}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
      ),
      Buffer.concat([
        Buffer.from(
          `CONNECT ${site}:${to.origins.httpsPort} HTTP/1.1\r\nHost: ${site}:${to.origins.httpsPort}\r\n\r\n`,
        ),
        clientHello(site, { padding: 3_000, recordBytes: 500 }),
      ]),
    ];
    const flip = fc.tuple(fc.nat(4_000), fc.nat(255));
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 3_000 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(...whole), fc.array(flip, { minLength: 1, maxLength: 6 }))
        .map(([bytes, flips]) => {
          const changed = Buffer.from(bytes);
          for (const [at, value] of flips) changed[at % changed.length] = value;
          return changed;
        }),
    );
    const round = async (seed: number) => {
      for (let batch = 0; batch < 20; batch++) {
        const samples = fc.sample(noise, { numRuns: 50, seed: seed + batch });
        await Promise.all(
          samples.map((bytes) => {
            const socket = to.connect();
            const closed = new Promise((resolve) => socket.once("close", resolve));
            socket.resume();
            socket.write(bytes, () => setTimeout(() => socket.destroy(), 20));
            return closed;
          }),
        );
      }
    };
    await round(1);
    const before = residentMb(pid);
    await round(1_000);
    expect(residentMb(pid) - before).toBeLessThan(60);
    expect(to.egress.pid()).toBe(pid);
    await expect.poll(() => to.raw(request(to))).toContain("hello GET /");
  }, 60_000);

  it("ten thousand connections: one session gets its share, another is served at once, the records stay few", async () => {
    const other = join(to.folder, "s", "other.sock");
    const id = newSessionId();
    await to.egress.open(id, other, signal());
    await to.egress.claim(id, { user: "hanako", groups: ["staff"] }, signal());
    const before = to.decisions.length;
    const sockets: Socket[] = [];
    for (let index = 0; index < 10_000; index++) {
      sockets.push(to.connect());
      if (index % 250 === 249) await new Promise((resolve) => setImmediate(resolve));
    }
    await to.decision((each) => each.reason === "connections" && each.sessionId === to.sessionId);
    const startedAt = performance.now();
    const socket = connect(other);
    socket.write(request(to));
    expect(await readAll(socket)).toContain("hello GET /");
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await expect
      .poll(() => sockets.filter((each) => !each.destroyed && !each.connecting).length)
      .toBeLessThanOrEqual(defaultLimits.connections);
    expect(to.decisions.length - before).toBeLessThan(60);
    const closed = sockets.filter((each) => !each.destroyed).map((each) => once(each, "close"));
    for (const each of sockets) each.destroy();
    await Promise.all(closed);
    await expect.poll(() => to.raw(request(to))).toContain("hello GET /");
  });
});

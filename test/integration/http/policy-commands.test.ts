/**
 * The `hanare policy` commands as people and CI run them: each a process of its own. First in a bare
 * folder, without an installation, an engine or a server; then beside a running server.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newInstallationId } from "../../../orchestrator/base/ids.ts";
import { FeedStates, newFeedState } from "../../../orchestrator/egress/feeds/feed-state.ts";
import { encodeCp932 } from "../../../policies/exchange/decode.ts";
import { compileText } from "../../unit/policies/parts.ts";
import { type Portal, startPortal } from "./portal.ts";

const cli = join(import.meta.dirname, "../../../orchestrator/cli/main.ts");

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-test-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** From the folder, as in a checkout of a policy repository: nothing of Hanare's stands around it. */
function hanare(args: readonly string[], input?: string | Buffer): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<Result>();
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const options = { cwd: folder, env: { PATH, NODE_COMPILE_CACHE, HANARE_DATA: folder } };
  const argv = ["--disable-warning=ExperimentalWarning", cli, ...args];
  const child = execFile(process.execPath, argv, options, (error, stdout, stderr) =>
    resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
  );
  child.stdin?.end(input);
  return promise;
}
const json = (result: Result): unknown => JSON.parse(result.stdout);
const write = (name: string, text: string | Buffer) => {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
};

const policy = (rules: string, expected = "allow") => `version: 1
name: 例
lists: { allow: { file: lists/allow.txt } }
rules:
${rules}
tests:
  - { plane: isolated, url: "https://a.example.jp/", expect: ${expected} }
`;
const opens = "  - { id: R1, plane: [isolated], to: { lists: [allow] }, action: allow }";

describe("in a bare folder", () => {
  beforeEach(() => {
    write("policy.yaml", policy(opens));
    write("lists/allow.txt", "a.example.jp # なぜ\n");
  });

  it("check says good, and every mistake with its place", async () => {
    write("lists/allow.txt", "a.example.jp # なぜ\nold.example # @expires=2020-01-31\n");
    const good = await hanare(["policy", "check", "."]);
    expect(good).toMatchObject({ code: 0, stderr: "" });
    expect(good.stdout).toContain("expired and without effect: entries allow (1)");
    write("lists/allow.txt", "a.example.jp\nhttps://b.example.jp/\n");
    const wrong = await hanare(["policy", "check", "."]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(
      /^lists\/allow\.txt:2:1: .*「b\.example\.jp」.* \/ .*"b\.example\.jp"/,
    );
    expect(json(await hanare(["policy", "check", ".", "--json"]))).toMatchObject({
      ok: false,
      problems: [{ line: 2, column: 1 }],
    });
  });

  it("test runs a policy repository alone: 0 passed, 1 failed, 3 mistakes, 2 wrong usage", async () => {
    expect(await hanare(["policy", "test", "."])).toMatchObject({ code: 0, stderr: "" });
    write("policy.yaml", policy(opens, "block"));
    const failed = await hanare(["policy", "test"].concat("policy.yaml"));
    expect(failed).toMatchObject({ code: 1, stderr: "" });
    expect(failed.stdout).toContain("FAIL policy.yaml:7 isolated https://a.example.jp/");
    expect(json(await hanare(["policy", "test", ".", "--json"]))).toMatchObject({
      ok: false,
      results: [{ passed: false, got: { verdict: "allow", rule: "R1" } }],
    });
    write("policy.yaml", policy(opens.replace("action", "acton")));
    expect(await hanare(["policy", "test", "."])).toMatchObject({ code: 3, stdout: "" });
    const usage = [hanare(["policy", "test", "a", "b"]), hanare(["policy", "test", "--colour"])];
    expect((await Promise.all(usage)).map(({ code }) => code)).toEqual([2, 2]);
  });

  it("explain and lint tell the place of list entries", async () => {
    const told = await hanare(["policy", "explain", "https://a.example.jp/", "."]);
    expect(told.code).toBe(0);
    expect(told.stdout).toContain("lists/allow.txt:1");
    expect(json(await hanare(["policy", "explain", "x.example", ".", "--json"]))).toMatchObject({
      verdict: "block",
    });
    const asked = ["--plane", "isolated", "--group", "staff", "--url", "https://x.example/", "."];
    const passed = await hanare([
      "policy",
      "explain",
      ...asked,
      "--at",
      "2026-04-01T09:00:00+09:00",
    ]);
    expect(passed.code).toBe(0);
    expect(passed.stdout).toMatch(/R1 /);
    expect((await hanare(["policy", "lint", "."])).code).toBe(0);
    write("lists/allow.txt", "a.example.jp\na.example.jp\n");
    const lint = await hanare(["policy", "lint", "."]);
    expect(lint.code).toBe(1);
    expect(lint.stdout).toMatch(/lists\/allow\.txt:2: \[duplicate\]/);
  });

  it("diff says what opens: 0 the same, 1 different, 3 mistakes", async () => {
    write("other/policy.yaml", policy(opens));
    write("other/lists/allow.txt", "a.example.jp\n.b.example.jp\n");
    const same = await hanare(["policy", "diff", "policy.yaml", "policy.yaml"]);
    expect(same.code).toBe(0);
    const differ = await hanare(["policy", "diff", "policy.yaml", "other/policy.yaml"]);
    expect(differ.code).toBe(1);
    expect(differ.stdout).toContain(".b.example.jp");
    expect(
      json(await hanare(["policy", "diff", "policy.yaml", "other/policy.yaml", "--json"])),
    ).toMatchObject({
      same: false,
      effects: [{ kind: "opens" }],
    });
    write("other/policy.yaml", "version: 2");
    expect((await hanare(["policy", "diff", "policy.yaml", "other/policy.yaml"])).code).toBe(3);
    expect((await hanare(["policy", "diff", "policy.yaml"])).code).toBe(2);
  });

  it("import takes lists of other programs, and names what it skips", async () => {
    write("hosts.txt", "127.0.0.1 localhost\n0.0.0.0 Ads.Example # 広告\n");
    const taken = await hanare(["policy", "import", "hosts.txt", "--format", "hosts"]);
    expect(taken).toMatchObject({ code: 4, stdout: "ads.example # 広告\n" });
    expect(taken.stderr).toContain("hosts.txt:1:");
    const csv = encodeCp932("ホスト,理由,有効期限\r\nwww.a.example,出張,2027/3/1\r\n").bytes;
    expect(await hanare(["policy", "import", "-", "--format", "csv"], csv)).toMatchObject({
      code: 0,
      stdout: "www.a.example # 出張 @expires=2027-03-01\n",
    });
    write("list.csv", csv);
    const made = await hanare(["policy", "import", "list.csv", "--out", "lists/new.txt", "--json"]);
    expect([made.code, json(made)]).toEqual([
      0,
      { ok: true, encoding: "cp932", entries: 1, skipped: [], out: "lists/new.txt" },
    ]);
    write("bad.txt", Buffer.from([0xff, 0xfe, 0xff]));
    const bad = [
      ["list.csv", "--out", "lists/new.txt"],
      ["bad.txt"],
      ["none.txt"],
      ["bad.txt", "--format", "word"],
    ].map((args) => hanare(["policy", "import", ...args]));
    expect((await Promise.all(bad)).map(({ code }) => code)).toEqual([2, 1, 2, 2]);
  });

  it("export and import bring back the same list; what a format cannot say is named", async () => {
    const list = ".a.example # 理由 @owner=総務課 @expires=2027-03-31\nb.example\n!c.a.example\n";
    write("lists/allow.txt", list);
    const roundTrip = async (encoding: string) => {
      const out = `${encoding}.csv`;
      const args = ["--format", "csv", "--encoding", encoding, "--out", out];
      const { code } = await hanare(["policy", "export", "lists/allow.txt", ...args]);
      return [code, (await hanare(["policy", "import", out])).stdout];
    };
    const both = await Promise.all(["utf-8", "cp932"].map(roundTrip));
    expect(both).toEqual([
      [0, list],
      [0, list],
    ]);
    const squid = await hanare(["policy", "export", "lists/allow.txt", "--format", "squid"]);
    expect(squid).toMatchObject({ code: 4, stdout: ".a.example # 理由\nb.example\n" });
    expect(squid.stderr).toContain("!c.a.example");
    expect((await hanare(["policy", "export", "lists/allow.txt"])).code).toBe(2);
    write("lists/allow.txt", "*\n");
    const wrong = await hanare(["policy", "export", "lists/allow.txt", "--format", "csv"]);
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringContaining("lists/allow.txt:1:1:"),
    ]);
  });

  it("--help names the exit codes", async () => {
    const names = ["import", "export", "status", "feed"];
    for (const help of await Promise.all(names.map((name) => hanare(["policy", name, "--help"])))) {
      expect(help).toMatchObject({ code: 0, stderr: "" });
      expect(help.stdout).toContain("Exit codes: 0");
    }
  });
});

// The socket of an installation lies in /run, which only root may write.
describe.runIf(process.getuid?.() === 0)("beside a running server (root only)", () => {
  let portal: Portal;
  let run: string;
  beforeEach(async () => {
    portal = await startPortal();
    const id = newInstallationId();
    writeFileSync(join(portal.data, "installation.json"), JSON.stringify({ id }));
    run = join("/run/hanare", id);
    mkdirSync(run, { recursive: true });
    symlinkSync(portal.adminSocket, join(run, "admin.sock"));
  });
  afterEach(async () => {
    rmSync(run, { recursive: true });
    await portal[Symbol.asyncDispose]();
  });
  const at = (...args: string[]) => hanare(["policy", ...args, "--data", portal.data]);

  it("publish tries, publishes, is refused; history and rollback follow", async () => {
    write("policy.yaml", policy(opens));
    write("lists/allow.txt", "a.example.jp\n");
    const tried = await at("publish", ".", "--hours", "0");
    expect(tried.code, tried.stderr).toBe(0);
    expect(tried.stdout).toContain("a.example.jp");
    expect((await at("history", "--json")).stdout).toContain('"current":1');
    const done = await at("publish", ".", "--hours", "0", "--yes", "--note", "試験", "--json");
    expect([done.code, json(done)]).toMatchObject([0, { outcome: "published" }]);
    const history = await at("history");
    expect(history.stdout).toMatch(/\*\s+2 .* publish .* 試験/);
    expect(readFileSync(join(portal.data, "policy/lists/allow.txt"), "utf8")).toBe(
      "a.example.jp\n",
    );

    write("policy.yaml", policy(opens, "block"));
    const refused = await at("publish", ".", "--hours", "0", "--yes", "--note", "x");
    expect(refused.code).toBe(4);
    expect(refused.stdout).toContain("FAIL 7");
    expect((await at("publish", ".", "--yes")).code).toBe(2);

    expect((await at("diff", "1", "current")).code).toBe(1);
    const back = await at("rollback", "1", "--note", "戻す");
    expect(back.code, back.stderr).toBe(0);
    expect(json(await at("history", "--json"))).toMatchObject({
      current: 3,
      versions: [{ number: 3, source: "rollback", note: "戻す" }, { number: 2 }, { number: 1 }],
    });
    expect((await at("rollback", "99", "--note", "x")).code).toBe(1);
  });

  it("status and feed tell what there is", async () => {
    const status = await at("status", "--json");
    expect([status.code, json(status)]).toMatchObject([0, { problems: [], feeds: [] }]);
    expect((await at("feed", "none")).code).toBe(1);
  });

  it("status names what is wrong, what is past its day and how each feed is", async () => {
    const now = Date.parse("2026-04-01T00:00:00Z");
    const url = "https://lists.example/ads.txt";
    new FeedStates(portal.database).put("ads", {
      ...newFeedState(url),
      ...{ outcome: "unreachable", ja: "取得できません", en: "It cannot be fetched" },
      ...{ failures: 3, goodAtMs: now - 3 * 86_400_000, nextAtMs: now + 3_600_000 },
      ...{ held: { entries: 10, added: 0, removed: 90 } },
    });
    const compiled = compileText(`version: 1
name: p
feeds: { ads: { url: "${url}" } }
lists: { ads: { feed: ads, max_age: 2d } }
rules: []
`);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    portal.feeds.configure(compiled.policy);
    writeFileSync(
      join(portal.policyFolder, "lists/allow.txt"),
      "a.example # @expires=2026-01-31\n",
    );
    const status = () => at("status");
    await expect.poll(async () => (await status()).stdout).toContain("EXPIRED entries allow");
    writeFileSync(join(portal.policyFolder, "policy.yaml"), "version: 2\n");
    await expect.poll(async () => (await status()).stdout).toContain("policy.yaml:1:10");
    const told = await status();
    expect(told.code).toBe(1);
    for (const part of [
      "feed ads [unreachable] 古い / OLD → ads",
      url,
      "取得できません / It cannot be fetched",
      "last confirmed 2026-03-29T00:00:00.000Z",
      "next 2026-04-01T01:00:00.000Z",
      "10 件 (+0 −90) → hanare policy feed ads --accept",
    ])
      expect(told.stdout).toContain(part);
  });
});

it("without a server the commands that need one say so", async () => {
  writeFileSync(join(folder, "installation.json"), JSON.stringify({ id: newInstallationId() }));
  const result = await hanare(["policy", "status"]);
  expect([result.code, result.stderr]).toEqual([2, expect.stringContaining("not running")]);
});

/** The commands on an installation's files, each as a process of its own beside an open database. */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createIdentity, type Identity } from "../../../orchestrator/identity/identity.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { identitySettings, sealKey } from "../../support/identity.ts";

const cli = join(import.meta.dirname, "../../../orchestrator/cli");
const commands = {
  "user add": ["user-add.ts", "userAdd"],
  "user list": ["user-list.ts", "userList"],
  "user reset": ["user-reset.ts", "userReset"],
  "token list": ["token.ts", "tokenList"],
  "token add": ["token.ts", "tokenAdd"],
  "token revoke": ["token.ts", "tokenRevoke"],
  "audit verify": ["audit-verify.ts", "auditVerify"],
  "audit export": ["audit-export.ts", "auditExport"],
} as const;

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let data: string;
let database: DatabaseSync;
let identity: Identity;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "hanare-test-cli-"));
  database = openDatabase(join(data, "hanare.db"));
  identity = createIdentity({ database, settings: identitySettings(), sealKey, now: Date.now });
});
afterEach(() => {
  database.close();
  rmSync(data, { recursive: true });
});

function run(command: keyof typeof commands, ...args: string[]): Promise<Result> {
  const [file, name] = commands[command];
  const code = `import { ${name} as command } from ${JSON.stringify(join(cli, file))};
    process.exitCode = await command(process.argv.slice(1));`;
  // The last --data counts: one among the arguments comes after the test's own.
  const argv = ["--input-type=module", "-e", code, "--", "--data", data, ...args];
  const { promise, resolve } = Promise.withResolvers<Result>();
  execFile(process.execPath, argv, (error, stdout, stderr) => {
    resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
  });
  return promise;
}

describe("hanare token", () => {
  test("add makes one that opens what was asked until it is revoked, all on record", async () => {
    const made = await run("token add", "mail", "--scope", "sanitize", "--days", "30", "--json");
    const { token, secret } = JSON.parse(made.stdout) as { token: { id: string }; secret: string };
    expect(identity.tokens.authenticate(secret, "192.0.2.1")).toMatchObject({
      name: "mail",
      scopes: ["sanitize"],
    });
    expect((await run("token list")).stdout).toContain(`${token.id}  mail  active  [sanitize]`);
    expect((await run("token revoke", token.id)).code).toBe(0);
    expect(identity.tokens.authenticate(secret, "192.0.2.1")).toBeUndefined();
    expect((await run("token revoke", token.id)).code).toBe(1);
    const audited = database.prepare("SELECT action FROM audit_records ORDER BY seq").all();
    expect(audited.map(({ action }) => action)).toEqual(["token-create", "token-revoke"]);
  });

  test.each([[["mail"]], [["mail", "--scope", "everything"]], [["Mail!", "--scope", "sanitize"]]])(
    "add refuses %j and says what to write",
    async (args) => {
      const { code, stderr } = await run("token add", ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining("See --help.")]);
    },
  );
});

describe("hanare user", () => {
  test("add makes an account that can sign in with what was printed, and lists it", async () => {
    const made = await run(
      "user add",
      "Hanako",
      "--display-name",
      "花子",
      "--role",
      "auditor",
      "--role",
      "user",
      "--json",
    );
    expect(made).toMatchObject({ code: 0, stderr: "" });
    const { user, oneTimePassword } = JSON.parse(made.stdout) as {
      user: { name: string };
      oneTimePassword: string;
    };
    expect(user).toMatchObject({ name: "hanako", displayName: "花子", roles: ["auditor", "user"] });
    expect(await identity.signIn("hanako", oneTimePassword, { terminal: "t" })).toMatchObject({
      outcome: "signed-in",
    });
    const listed = await run("user list");
    expect(listed.stdout).toMatch(/^hanako {2}花子 {2}\[auditor user\].*not changed yet/);
  });

  test("add refuses a taken name with 1 and wrong usage with 2, and says what to do", async () => {
    await run("user add", "hanako");
    expect(await run("user add", "hanako")).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("Choose another user name") as string,
    });
    expect(await run("user add", "taro", "--role", "king")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Roles are: user") as string,
    });
    expect(await run("user add", "taro", "--colour", "red")).toMatchObject({ code: 2 });
    expect(await run("user add")).toMatchObject({ code: 2 });
  });

  test("reset ends what a running server knows of the person", async () => {
    const { oneTimePassword } = await identity.create({
      name: "taro",
      displayName: "太郎",
      roles: ["user"],
      groups: [],
    });
    const signedIn = await identity.signIn("taro", oneTimePassword, { terminal: "t" });
    if (signedIn.outcome !== "signed-in") throw new Error(signedIn.outcome);
    expect(await run("user reset", "TARO")).toMatchObject({ code: 0 });
    expect(identity.authenticate(`__Host-hanare=${signedIn.token}`)).toBeUndefined();
    expect(await run("user reset", "nobody")).toMatchObject({ code: 1 });
  });

  test("without an installation says so and makes none", async () => {
    const nowhere = join(data, "nowhere");
    expect(await run("user list", "--data", nowhere)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("npm start") as string,
    });
    expect(existsSync(nowhere)).toBe(false);
  });

  test.each(Object.keys(commands) as (keyof typeof commands)[])(
    "%s --help names its exit codes",
    async (command) => {
      const help = await run(command, "--help");
      expect(help).toMatchObject({ code: 0, stderr: "" });
      expect(help.stdout).toContain("Exit codes: 0");
    },
  );
});

describe("hanare audit", () => {
  beforeEach(async () => {
    await run("user add", "hanako");
    await run("user add", "taro");
  });

  test("verify says whole, in words and as JSON, and needs only the public key", async () => {
    rmSync(join(data, "keys", "audit-ed25519.pem"));
    expect(await run("audit verify")).toMatchObject({
      code: 0,
      stdout: "Whole: 2 records, 2 checkpoints, newest 0 not signed yet.\n",
    });
    expect(JSON.parse((await run("audit verify", "--json")).stdout)).toMatchObject({
      outcome: "intact",
    });
  });

  test("verify names the record that was altered, with 3", async () => {
    database.exec("DROP TRIGGER audit_records_no_update");
    database.exec("UPDATE audit_records SET record = replace(record, 'taro', 'jiro')");
    const result = await run("audit verify", "--json");
    expect(result).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("record 2") as string,
    });
    expect(JSON.parse(result.stdout)).toMatchObject({ seq: 2, reason: "record-altered" });
  });

  test("verify notices an end that was cut off, with 3", async () => {
    database.exec("DROP TRIGGER audit_records_no_delete; DELETE FROM audit_records WHERE seq = 2");
    const result = await run("audit verify");
    expect(result).toMatchObject({
      code: 3,
      stderr: expect.stringContaining("truncated") as string,
    });
  });

  test("verify without a key is 1, never whole", async () => {
    rmSync(join(data, "keys"), { recursive: true });
    expect(await run("audit verify")).toMatchObject({ code: 1, stdout: "" });
  });

  test("export writes CSV or JSON lines, to a file for its owner only", async () => {
    const csv = await run("audit export", "--q", "hanako");
    expect(csv.stdout).toMatch(
      /^\uFEFF番号,.*\r\n1,.*,user-create,success,,,,local,,hanako,command-line,/,
    );
    const lines = (await run("audit export", "--json")).stdout.trim().split("\n");
    // The first export is on record as well.
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([3, 2, 1]);
    const out = join(data, "audit.csv");
    expect(await run("audit export", "--out", out, "--lang", "en")).toMatchObject({
      code: 0,
      stdout: "",
    });
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readFileSync(out, "utf8")).toContain("Number,Time (UTC)");
    expect(await run("audit export", "--action", "everything")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--action") as string,
    });
    expect(await run("audit export", "--from", "yesterday")).toMatchObject({ code: 1 });
  });

  test("refuses to sign with a key that others can read", async () => {
    chmodSync(join(data, "keys", "audit-ed25519.pem"), 0o644);
    expect(await run("user add", "ichiro")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("chmod 600") as string,
    });
    expect(identity.list().map(({ name }) => name)).toEqual(["hanako", "taro"]);
  });
});

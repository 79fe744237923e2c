/** A whole way back: what a backup of a data directory brings, what it refuses, and all or nothing. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { takeBackup } from "../../../orchestrator/backup/backup.ts";
import { memberNames } from "../../../orchestrator/backup/contents.ts";
import { finishRestore } from "../../../orchestrator/backup/put-in-place.ts";
import { type RestoreOptions, restoreBackup } from "../../../orchestrator/backup/restore.ts";
import type { InstallationId } from "../../../orchestrator/base/ids.ts";
import { checkUnpacked, settleUnpacked } from "../../../orchestrator/start/restored.ts";
import { stores } from "../../../orchestrator/start/stores.ts";
import { smallInstallation } from "../../support/small-installation.ts";

const never = new AbortController().signal;
const now = () => Date.parse("2026-04-01T00:00:00Z");
const known = Object.fromEntries(
  Object.entries(stores).map(([name, { length }]) => [name, length]),
);

let root: string;
let data: string;
let target: string;
let file: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hanare-backup-"));
  [data, target, file] = [join(root, "data"), join(root, "target"), join(root, "one.backup")];
  mkdirSync(data);
  smallInstallation(data);
});
afterEach(() => rmSync(root, { recursive: true }));

const take = (record = () => undefined as unknown) =>
  takeBackup(
    {
      ...{ dataDir: data, installation: "iabcdefgh" as InstallationId, to: file, now, record },
      ...{ passphrase: undefined, program: "0.1.0" },
    },
    never,
  );
const restore = (options: Partial<RestoreOptions> = {}) =>
  restoreBackup(
    {
      ...{ dataDir: target, from: file, known, now, check: checkUnpacked },
      passphrase: () => Promise.resolve(undefined),
      confirm: () => Promise.resolve(true),
      settle: settleUnpacked,
      ...options,
    },
    never,
  );
/** Every file below, with its content, but for the database's own working files. */
function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(folder, name)).isFile() && !name.startsWith("hanare.db"))
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  );
}
const members = (all: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(all).filter(([name]) => memberNames.has(name.split("/")[0] ?? "")),
  );
const rows = (folder: string, sql: string) => {
  using database = new DatabaseSync(join(folder, "hanare.db"), { readOnly: true });
  return database.prepare(sql).all();
};

describe("a backup", () => {
  test("comes back into an empty folder with all that belongs to it, and nothing else", async () => {
    await take();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await restore()).toMatchObject({ outcome: "restored", replaced: undefined });
    expect(contentOf(target)).toEqual(members(contentOf(data)));
    expect(readlinkSync(join(target, "signatures/current"))).toBe("set-1");
    expect(statSync(join(target, "policy/policy.yaml")).mode & 0o777).toBe(0o644);
    await checkUnpacked(target);
    const actions = rows(target, "SELECT action FROM audit_records ORDER BY seq DESC LIMIT 1");
    expect(actions).toMatchObject([{ action: "backup-restore" }]);
    expect(readdirSync(data).filter((name) => name.startsWith("backup-"))).toEqual([]);
  });

  test("whose record cannot be kept does not exist", async () => {
    const full = () => {
      throw new Error("audit full");
    };
    await expect(take(full)).rejects.toThrow("audit full");
    expect(readdirSync(root).sort()).toEqual(["data"]);
  });

  test("whoever was signed in is not, and what ran is over with an unknown end", async () => {
    using database = new DatabaseSync(join(data, "hanare.db"));
    database.exec(
      `INSERT INTO sessions (id, state, uid, warm, created_at) VALUES ('s1', 'active', 1, 0, '')`,
    );
    database.exec("INSERT INTO notice_outbox (notice, created_ms, next_ms) VALUES ('{}', 0, 0)");
    database.exec(
      `INSERT INTO tickets (id, user_id, created_ms, expires_ms) VALUES ('t', 'u', 0, 9)`,
    );
    await take();
    await restore();
    expect(rows(target, "SELECT state, end_reason FROM sessions")).toMatchObject([
      { state: "closing", end_reason: "unknown" },
    ]);
    expect(rows(target, "SELECT * FROM tickets")).toEqual([]);
    expect(rows(target, "SELECT * FROM notice_outbox")).toEqual([]);
  });
});

describe("nothing changes when", () => {
  let before: Record<string, string>;
  beforeEach(async () => {
    await take();
    mkdirSync(target);
    smallInstallation(target, 1);
    before = contentOf(target);
  });
  afterEach(() => {
    expect(contentOf(target)).toEqual(before);
    expect(readdirSync(target).filter((name) => /^(restore|replaced)-/.test(name))).toEqual([]);
  });
  const codeOf = (act: Promise<unknown>) =>
    act.then(
      () => "taken",
      (error: unknown) => (error as { code?: string }).code,
    );

  test("the answer is no", async () => {
    const result = await restore({ confirm: () => Promise.resolve(false) });
    expect(result).toMatchObject({ outcome: "left-alone", manifest: { auditUpTo: 3 } });
  });

  test("a feature's tables are newer than the program", async () => {
    expect(await codeOf(restore({ known: { ...known, audit: 1 } }))).toBe("BACKUP_NEWER");
    const { audit: _, ...without } = known;
    expect(await codeOf(restore({ known: without }))).toBe("BACKUP_NEWER");
  });

  test("its audit log was altered before it was taken", async () => {
    using database = new DatabaseSync(join(data, "hanare.db"));
    database.exec("DROP TRIGGER audit_records_no_update");
    database.exec(
      "UPDATE audit_records SET record = replace(record, 'start', 'stop!') WHERE seq = 2",
    );
    rmSync(file);
    await take();
    expect(await codeOf(restore())).toBe("BACKUP_REFUSED");
  });

  test("its configuration is none that this program reads", async () => {
    writeFileSync(join(data, "hanare.yaml"), "listen: { prot: 1 }\n");
    rmSync(file);
    await take();
    expect(await codeOf(restore())).toBe("CONFIG_INVALID");
  });

  test("the disk fails at the last step before", async () => {
    const settle = () => {
      throw new Error("disk");
    };
    await expect(restore({ settle })).rejects.toThrow("disk");
  });
});

describe("in the place of another installation", () => {
  beforeEach(async () => {
    await take();
    mkdirSync(target);
    smallInstallation(target, 1);
    writeFileSync(join(target, "hanare.yaml"), "listen: { port: 1 }\n");
    writeFileSync(join(target, "hanare.db-wal"), "of the database that goes");
  });

  test("what was there is kept aside, with what belongs to its database alone", async () => {
    const before = members(contentOf(target));
    const result = await restore();
    const aside = result.outcome === "restored" ? (result.replaced ?? "") : "";
    expect(members(contentOf(aside))).toEqual(before);
    expect(existsSync(join(aside, "hanare.db-wal"))).toBe(true);
    expect(existsSync(join(target, "hanare.db-wal"))).toBe(false);
    expect(existsSync(join(target, "web/index.html"))).toBe(true);
    expect(members(contentOf(target))).toEqual(members(contentOf(data)));
  });

  test("a restore that a power cut interrupts anywhere is finished by whoever comes next", async () => {
    const unpacked = join(root, "unpacked");
    await restore({ dataDir: unpacked });
    const expected = members(contentOf(unpacked));
    const stamp = "20260401T000000Z";
    const names = readdirSync(unpacked).filter((name) => memberNames.has(name));
    for (let cut = 0; cut <= names.length; cut += 1) {
      const dir = join(root, `cut-${cut}`);
      cpSync(target, dir, { recursive: true, verbatimSymlinks: true });
      const from = join(dir, `restore-${cut === 0 ? "ready" : "moving"}-${stamp}`);
      cpSync(unpacked, from, { recursive: true, verbatimSymlinks: true });
      if (cut > 0) {
        mkdirSync(join(dir, `replaced-${stamp}`));
        for (const name of [...names, "hanare.db-wal"])
          renameSync(join(dir, name), join(dir, `replaced-${stamp}`, name));
        for (const name of names.slice(0, cut)) renameSync(join(from, name), join(dir, name));
      }
      expect(await finishRestore(dir)).toBe(join(dir, `replaced-${stamp}`));
      expect(members(contentOf(dir))).toEqual(expected);
      expect(readdirSync(dir).filter((name) => name.startsWith("restore-"))).toEqual([]);
      expect(await finishRestore(dir)).toBeUndefined();
    }
  });
});

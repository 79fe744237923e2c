/** What the proxy's, the practice site's or a container's uid may plant under the run directory. */
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeTree } from "../../orchestrator/base/remove-tree.ts";
import {
  makeSessionDirectory,
  removeSessionDirectory,
  sessionDirectory,
} from "../../orchestrator/sessions/directory.ts";
import { openDatabase } from "../../orchestrator/store/database.ts";

const proxyUid = 64_901;
let root: string;
let victim: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "hanare-test-planted-"));
  victim = join(root, "victim");
  await mkdir(victim);
  await writeFile(join(victim, "precious"), "kept");
});
afterEach(() => rm(root, { recursive: true }));

async function session() {
  const directory = sessionDirectory(root, "s");
  await makeSessionDirectory(directory, { gid: 700_000, proxyUid }, "{}");
  return { directory, egress: join(directory.path, "egress") };
}

describe("root removes a session's directory", () => {
  it("with links in the proxy's folder: the links go, what they point at stays", async () => {
    const { directory, egress } = await session();
    await symlink(victim, join(egress, "a"));
    await symlink(join(victim, "precious"), join(egress, "proxy.sock"));
    await mkdir(join(egress, "empty"));
    await removeSessionDirectory(directory);
    await expect(stat(directory.path)).rejects.toMatchObject({ code: "ENOENT" });
    expect(await readFile(join(victim, "precious"), "utf8")).toBe("kept");
  });

  it("but never enters a folder that the proxy made: it could be a link a moment later", async () => {
    const { directory, egress } = await session();
    await mkdir(join(egress, "deep"));
    await writeFile(join(egress, "deep", "file"), "");
    await chown(join(egress, "deep"), proxyUid, proxyUid);
    await expect(removeSessionDirectory(directory)).rejects.toMatchObject({ code: "ENOTEMPTY" });
    await stat(join(egress, "deep", "file"));
  });

  it("twice, or without its having been made", async () => {
    const { directory } = await session();
    await removeSessionDirectory(directory);
    await removeSessionDirectory(directory);
  });
});

it("root's own folder that others may write is emptied, not walked through", async () => {
  const open = join(root, "open");
  await mkdir(join(open, "deep"), { recursive: true });
  await writeFile(join(open, "deep", "file"), "");
  await chmod(open, 0o777);
  await expect(removeTree(open)).rejects.toMatchObject({ code: "ENOTEMPTY" });
});

it("the database and what SQLite puts beside it are for their owner alone", async () => {
  const path = join(root, "hanare.db");
  await writeFile(path, "", { mode: 0o644 });
  const database = openDatabase(path);
  database.exec("CREATE TABLE t (a)");
  for (const each of [path, `${path}-wal`, `${path}-shm`])
    expect((await stat(each)).mode & 0o777).toBe(0o600);
  database.close();
});

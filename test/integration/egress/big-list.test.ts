/** A big list reaches the processes that decide, under their own uids; a damaged one never does. */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEgressSupervisor } from "../../../orchestrator/egress/supervisor.ts";
import type { CompiledPolicy } from "../../../policies/compiled.ts";
import { IndexStore } from "../../../policies/index/store.ts";
import { loadPolicy } from "../../../policies/load.ts";

let folder: string;
let lists: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  lists = join(folder, "lists");
  await chmod(folder, 0o711);
  await mkdir(lists);
  await chmod(lists, 0o711);
});
afterEach(() => rm(folder, { recursive: true }));

async function policy(name: string, entries: number): Promise<CompiledPolicy> {
  const file = join(folder, "policy.yaml");
  await writeFile(
    file,
    `version: 1\nname: ${name}\nlists: { big: { file: big.txt } }\nrules: [{ id: R1, plane: [isolated], to: { lists: [big] }, action: block }]\n`,
  );
  const names = Array.from({ length: entries }, (_, index) => `.name${index}.example`);
  await writeFile(join(folder, "big.txt"), names.join("\n"));
  const loaded = await loadPolicy(file, await IndexStore.open(lists));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  expect(loaded.policy.lists[0]?.index?.entries).toBe(entries);
  return loaded.policy;
}

it("is opened by a proxy of another uid; damaged, it is refused and the former policy stays", async () => {
  const good = await policy("good", 20_000);
  await using egress = createEgressSupervisor({
    log: pino({ level: "silent" }),
    uid: 64_901,
    dnsServers: [],
    internalOrigins: [],
    listFolder: lists,
  });
  await egress.configure(good);
  const before = await readdir(lists);
  const next = await policy("next", 20_001);
  const added = (await readdir(lists)).find(
    (each) => each.endsWith(".list") && !before.includes(each),
  );
  const path = join(lists, added ?? "");
  const bytes = await readFile(path);
  await writeFile(path, bytes.subarray(0, bytes.length / 2));
  await expect(egress.configure(next)).rejects.toMatchObject({ code: "INTERNAL" });
  expect(egress.status()).toBe("up");
  await writeFile(path, bytes);
  await egress.configure(next);
});

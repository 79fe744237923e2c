/** A policy of several files at the desk: edits find their file, versions hold all of them, the watch sees each. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { PolicyEdit, PublishRequest } from "../../../orchestrator/policy-desk/types.ts";
import { forget, makeData, startDesk } from "./desk-harness.ts";

const main = `version: 1
name: p
include: [part.yaml]
rules:
  # 最後
  - { id: R9, plane: [isolated], to: { hosts: [z.example] }, action: block }
`;
const part = `# 広報課
lists: { pr: { file: lists/pr.txt } }
rules:
  - { id: R1, plane: [isolated], to: { lists: [pr] }, action: allow }   # 広報
`;

let data: string;
beforeEach(() => {
  data = makeData();
  lay(join(data, "policy"), {
    "policy.yaml": main,
    "part.yaml": part,
    "lists/pr.txt": "a.example\n",
  });
});
afterEach(() => forget(data));

function lay(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const request = (source: PublishRequest["source"], base: number): PublishRequest => ({
  ...{ source, base, note: "試験", author: { id: "u1", name: "hanako" }, as: "edit" },
});
const edits = (...list: PolicyEdit[]): PublishRequest["source"] => ({ kind: "edits", edits: list });

it("an edit of a rule or a list changes the file that it stands in, and nothing else", async () => {
  await using running = await startDesk(data);
  const { service, read, watch } = running;
  expect(service.version(1).tree.files.map(({ path }) => path)).toEqual([
    ...["lists/pr.txt", "part.yaml", "policy.yaml"],
  ]);
  const outcome = await service.publish(
    request(
      edits(
        { kind: "list", list: "pr", edit: { act: "add", entry: "b.example", comment: "c" } },
        { kind: "rule", edit: { act: "set", rule: "R1", key: "name", value: "広報課" } },
        { kind: "rule", edit: { act: "set", rule: "R9", key: "action", value: "allow" } },
      ),
      1,
    ),
  );
  expect(outcome).toMatchObject({ outcome: "published", inForce: true });
  expect(read("lists/pr.txt")).toBe("a.example\nb.example  # c\n");
  expect(read("part.yaml")).toContain("# 広報課\n");
  expect(read("part.yaml")).toMatch(/name: "?広報課"? .*}   # 広報\n$/);
  expect(read("policy.yaml")).toContain("  # 最後\n");
  expect(watch.policy()?.rules.map(({ id, action }) => `${id} ${action}`)).toEqual([
    ...["R1 allow", "R9 allow"],
  ]);
  const back = await service.publish({
    ...request({ kind: "version", number: 1 }, 2),
    as: "rollback",
  });
  expect(back).toMatchObject({ outcome: "published" });
  expect([read("part.yaml"), read("policy.yaml")]).toEqual([part, main]);
  await expect(
    service.publish(request(edits({ kind: "rule", edit: { act: "remove", rule: "R5" } }), 3)),
  ).rejects.toMatchObject({ code: "EDIT_NOT_POSSIBLE" });
});

it("an included file saved by hand is loaded, or told with its own place", async () => {
  await using running = await startDesk(data);
  const { service, watch, write } = running;
  write("part.yaml", part.replace("action: allow", "action: block"));
  await expect.poll(() => watch.policy()?.rules[0]?.action).toBe("block");
  await expect.poll(() => service.history(1).versions[0]?.source).toBe("disk");
  write("part.yaml", part.replace("action", "acton"));
  await expect.poll(() => watch.status().problems[0]?.file).toBe(join(data, "policy/part.yaml"));
  expect(watch.status().problems[0]?.line).toBe(4);
  expect(watch.policy()?.rules[0]?.action).toBe("block");
  write("part.yaml", part);
  await expect.poll(() => watch.status().problems).toEqual([]);
});

it("an edit and an included file saved at once never lose one another", async () => {
  await using running = await startDesk(data);
  const { service, read, write } = running;
  write("part.yaml", `${part}# 手で\n`);
  const outcome = await service.publish(
    request(edits({ kind: "rule", edit: { act: "set", rule: "R1", key: "name", value: "一" } }), 1),
  );
  expect(outcome).toMatchObject({ outcome: "conflict" });
  expect(read("part.yaml")).toBe(`${part}# 手で\n`);
  const [kept] = outcome.outcome === "conflict" ? [outcome.kept] : [0];
  expect(await service.fileText(kept, "part.yaml")).toContain("一");
});

it("a folder is published with everything that it includes", async () => {
  await using running = await startDesk(data);
  const folder = mkdtempSync(join(tmpdir(), "hanare-test-"));
  try {
    lay(folder, {
      "policy.yaml": main.replace("part.yaml", "a/one.yaml"),
      "a/one.yaml": "include: [a/two.yaml]\n",
      "a/two.yaml": part.replace("R1", "R2"),
      "lists/pr.txt": "n.example\n",
    });
    const outcome = await running.service.publish(request({ kind: "folder", folder }, 1));
    expect(outcome).toMatchObject({ outcome: "published", inForce: true });
    expect(running.watch.policy()?.rules.map(({ id }) => id)).toEqual(["R2", "R9"]);
    lay(folder, { "a/two.yaml": "rules: 1\n" });
    const refused = await running.service.publish(request({ kind: "folder", folder }, 2));
    expect(refused).toMatchObject({ outcome: "refused", trial: { problems: [{ line: 1 }] } });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

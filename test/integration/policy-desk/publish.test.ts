/** Publishing, history, hand edits, edits that meet, and the process dying at every step of it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PublishRequest } from "../../../orchestrator/policy-desk/types.ts";
import { loadPolicy } from "../../../policies/load.ts";
import { publication } from "./publication.ts";
import { copyData, forget, makeData, policyText, startDesk } from "./desk-harness.ts";

let data: string;
beforeEach(() => {
  data = makeData();
});
afterEach(() => forget(data));

const add = (entry: string, base: number): PublishRequest => ({
  source: {
    kind: "edits",
    edits: [{ kind: "list", list: "allow", edit: { act: "add", entry, comment: "c" } }],
  },
  base,
  note: `add ${entry}`,
  author: { id: "u1", name: "hanako" },
  as: "edit",
});

describe("the desk", () => {
  it("keeps the start, an edit, and puts an earlier version back in one step", async () => {
    await using running = await startDesk(data);
    const { service, watch, read } = running;
    expect(service.history(10)).toMatchObject({ current: 1, versions: [{ source: "start" }] });
    const published = await service.publish(add("b.example", 1));
    expect(published).toMatchObject({
      outcome: "published",
      inForce: true,
      version: { number: 2, source: "edit", base: 1, author: { name: "hanako" } },
      trial: { tests: { passed: 1, failed: [] } },
    });
    expect(read("lists/allow.txt")).toBe("# 許可\na.example # 一\nb.example  # c\n");
    expect(watch.policy()?.version).toBe(service.version(2).compiled);
    const diff = await service.diff(1, 2);
    expect(diff.effects[0]).toMatchObject({ kind: "opens", entries: ["b.example"] });
    const back = await service.publish({
      source: { kind: "version", number: 1 },
      base: 2,
      note: "戻す",
      author: { id: "u1", name: "hanako" },
      as: "rollback",
    });
    expect(back).toMatchObject({ outcome: "published", version: { number: 3 } });
    expect(service.version(3).tree.id).toBe(service.version(1).tree.id);
    expect(read("lists/allow.txt")).toBe("# 許可\na.example # 一\n");
    expect(running.audited().map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "policy-rollback success",
      "policy-publish success",
      "policy-publish success",
    ]);
    expect(await service.publish(add("b.example", 3))).toMatchObject({ outcome: "published" });
    const leftovers = readdirSync(join(data, "policy/lists")).concat(
      readdirSync(join(data, "policy-history")),
    );
    expect(leftovers).toEqual(["allow.txt", "objects"]);
  });

  it("refuses what does not compile or breaks the policy's own tests, and changes nothing", async () => {
    await using running = await startDesk(data);
    const { service, read } = running;
    const tested = await service.publish(add(".never.example", 1));
    expect(tested).toMatchObject({
      outcome: "refused",
      reason: "tests",
      trial: { tests: { failed: [{ expected: "block", got: "allow R1" }] } },
    });
    const files = [
      { path: "policy.yaml", text: policyText.replace("action: allow", "action: alow") },
    ];
    const problem = await service.publish({ ...add("x", 1), source: { kind: "files", files } });
    expect(problem).toMatchObject({
      outcome: "refused",
      reason: "problems",
      trial: { problems: [{ file: "policy.yaml", line: 6 }] },
    });
    await expect(
      service.publish({
        ...add("x", 1),
        source: { kind: "files", files: [{ path: "../x", text: "" }] },
      }),
    ).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(read("policy.yaml")).toBe(policyText);
    expect(running.audited().filter(({ reason }) => reason === "tests")).toHaveLength(1);
  });

  it("makes a version of what is written by hand, comments included", async () => {
    await using running = await startDesk(data);
    const { service, watch, write, loaded } = running;
    write("lists/allow.txt", "# 許可\na.example # 二\n");
    await watch.reload();
    expect(service.history(1)).toMatchObject({
      current: 2,
      versions: [{ source: "disk", author: { id: null, name: "" }, base: 1 }],
    });
    write("lists/allow.txt", "a.example\nBAD ENTRY\n");
    await watch.reload();
    expect(service.history(1)).toMatchObject({ current: 2 });
    expect(new Set(loaded).size).toBeGreaterThan(0);
    // A comment is a new version of the files and no new policy; a bad file is neither.
    expect(loaded).toHaveLength(1);
  });

  it("a published policy that no longer names a file stays the version that was published", async () => {
    await using running = await startDesk(data);
    const { service, watch } = running;
    const inline = policyText.replace("{ file: lists/allow.txt }", "{ hosts: [a.example] }");
    const files = [
      { path: "policy.yaml", text: inline },
      { path: "notes.txt", text: "named by nothing" },
    ];
    const published = await service.publish({ ...add("x", 1), source: { kind: "files", files } });
    expect(published).toMatchObject({ outcome: "published", version: { number: 2 } });
    await watch.reload();
    expect(service.history(5).versions.map(({ source }) => source)).toEqual(["edit", "start"]);
    expect(service.version(2).tree.files.map(({ path }) => path)).toEqual(["policy.yaml"]);
  });

  it("a folder with a list that is not there is refused with the place that names it", async () => {
    await using running = await startDesk(data);
    const folder = join(data, "repository");
    mkdirSync(folder);
    writeFileSync(join(folder, "policy.yaml"), policyText);
    const source = { kind: "folder", folder } as const;
    const refused = await running.service.publish({ ...add("x", 1), source });
    expect(refused).toMatchObject({
      outcome: "refused",
      reason: "problems",
      trial: { problems: [{ file: "policy.yaml", line: 3 }] },
    });
    const empty = { ...source, folder: data };
    expect(await running.service.publish({ ...add("x", 1), source: empty })).toMatchObject({
      outcome: "refused",
      trial: { problems: [{ file: "policy.yaml", line: 1 }] },
    });
  });

  it("lints what is in force and compares any two versions, files named as people know them", async () => {
    await using running = await startDesk(data);
    const { service, watch, write } = running;
    write("lists/allow.txt", "a.example\n.b.example\nw.b.example\n");
    await watch.reload();
    expect(await service.lint()).toMatchObject([
      { code: "duplicate", file: "lists/allow.txt", line: 3, about: "allow" },
    ]);
    expect((await service.diff(2, 1)).effects).toMatchObject([
      { kind: "closes", entries: [".b.example", "w.b.example"] },
    ]);
    await expect(service.diff(1, 9)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("lints nothing while no policy was ever good", async () => {
    writeFileSync(join(data, "policy/policy.yaml"), "version: 2\n");
    await using running = await startDesk(data);
    await expect(running.service.lint()).rejects.toMatchObject({ code: "POLICY_INVALID" });
  });

  it("two edits of one version: the first wins, the second is told and kept", async () => {
    await using running = await startDesk(data);
    const { service } = running;
    const [one, two] = await Promise.all([
      service.publish(add("b.example", 1)),
      service.publish(add("c.example", 1)),
    ]);
    expect(one).toMatchObject({ outcome: "published", version: { number: 2 } });
    expect(two).toMatchObject({ outcome: "conflict", current: 2, kept: 3 });
    expect(await service.fileText(3, "lists/allow.txt")).toContain("c.example");
    expect(await service.fileText(2, "lists/allow.txt")).toContain("b.example");
    expect(running.read("lists/allow.txt")).not.toContain("c.example");
  });

  it.each(["compare", "write lists/allow.txt", "move lists/allow.txt", "link allow.txt"])(
    "a file saved by hand right at '%s' is never overwritten",
    async (at) => {
      let armed = true;
      await using running = await startDesk(data, (step) => {
        if (step !== at || !armed) return;
        armed = false;
        writeFileSync(join(data, "policy/lists/allow.txt"), "a.example\nhand.example\n");
      });
      const outcome = await running.service.publish(add("b.example", 1));
      expect(outcome).toMatchObject({ outcome: "conflict", path: "lists/allow.txt" });
      expect(running.read("lists/allow.txt")).toBe("a.example\nhand.example\n");
      const kept = outcome.outcome === "conflict" ? outcome.kept : 0;
      expect(await running.service.fileText(kept, "lists/allow.txt")).toContain("b.example");
      await running.watch.reload();
      expect(running.service.history(1).versions[0]?.source).toBe("disk");
      expect(readdirSync(join(data, "policy/lists"))).toEqual(["allow.txt"]);
    },
  );
});

describe("a crash", () => {
  it("at any step of a publication leaves the old version or the new one, never a mix", async () => {
    const old = await compiledOf(data);
    const steps: string[] = [];
    const whole = copyData(data);
    {
      await using running = await startDesk(whole, (step) => void steps.push(step));
      await running.service.publish(publication);
    }
    const fresh = await compiledOf(whole);
    forget(whole);
    expect(steps).toHaveLength(8);
    for (const at of steps) {
      const copy = copyData(data);
      expect(await dieAt(copy, at)).toBe("SIGKILL");
      await using again = await startDesk(copy);
      // From the first written intent on it is the new version that is finished.
      expect(again.watch.policy()?.version, at).toBe(fresh);
      expect(fresh).not.toBe(old);
      expect(await compiledOf(copy), at).toBe(fresh);
      expect(again.desk.versions.unfinished(), at).toBeUndefined();
      expect(again.desk.versions.current()?.compiled, at).toBe(fresh);
      expect(readdirSync(join(copy, "policy/lists")), at).toEqual(["allow.txt"]);
      expect(readdirSync(join(copy, "policy")).sort(), at).toEqual(["lists", "policy.yaml"]);
      forget(copy);
    }
  });

  it("keeps a hand edit that was made before the next start", async () => {
    await dieAt(data, "link policy.yaml");
    writeFileSync(join(data, "policy/policy.yaml"), policyText.replace("name: p", "name: hand"));
    await using again = await startDesk(data);
    expect(again.watch.policy()?.name).toBe("q");
    const aside = again.service.history(5).versions.find(({ source }) => source === "set-aside");
    expect(await again.service.fileText(aside?.number ?? 0, "policy.yaml")).toContain("name: hand");
  });

  it("a failure in the middle, the process living on, leaves the old version", async () => {
    for (const at of ["write policy.yaml", "move policy.yaml", "link policy.yaml", "sync"]) {
      const copy = copyData(data);
      await using running = await startDesk(copy, (step) => {
        if (step === at) throw new Error("no space");
      });
      await expect(running.service.publish(publication), at).rejects.toThrow("no space");
      expect(running.read("policy.yaml"), at).toBe(policyText);
      expect(running.read("lists/allow.txt"), at).toBe("# 許可\na.example # 一\n");
      expect(running.watch.policy()?.name).toBe("p");
      expect(running.service.history(5).versions.map(({ source }) => source)).toEqual([
        "set-aside",
        "start",
      ]);
      forget(copy);
    }
  });
});

async function dieAt(folder: string, at: string): Promise<NodeJS.Signals | null> {
  const script = join(import.meta.dirname, "die-at-step.ts");
  const child = spawn(process.execPath, [script, folder, at], { stdio: "inherit" });
  const [, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return signal;
}

async function compiledOf(folder: string): Promise<string> {
  const loaded = await loadPolicy(join(folder, "policy/policy.yaml"));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.policy.version;
}

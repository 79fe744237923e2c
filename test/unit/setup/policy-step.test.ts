import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import type { SetupContext } from "../../../setup/context.ts";
import { policy } from "../../../setup/steps/policy.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "hanare-test-"));
});
afterEach(() => rm(dataDir, { recursive: true }));

const root = join(import.meta.dirname, "../../..");
const run = (willListen: boolean) => {
  const context = { root, dataDir, willListen, config: () => configSchema.parse({}) };
  return policy.run(context as unknown as SetupContext, () => undefined);
};
const file = () => join(dataDir, "policy", "policy.yaml");

describe("the policy step", () => {
  it("gives a new installation a policy that loads", async () => {
    await run(true);
    expect(await readFile(file(), "utf8")).toContain("R050");
  });

  it("never touches the site's own policy", async () => {
    await run(true);
    const own = `${await readFile(file(), "utf8")}\n# ours\n`;
    await writeFile(file(), own);
    await run(true);
    expect(await readFile(file(), "utf8")).toBe(own);
  });

  it("stops a start at a policy that does not load, and says where it is wrong", async () => {
    await mkdir(join(dataDir, "policy"));
    await writeFile(file(), "version: 1\nrules:\n  - id: [x\n");
    await expect(run(true)).rejects.toMatchObject({ code: "POLICY_INVALID" });
    await expect(run(true)).rejects.toSatisfy((error: Error) =>
      (error.cause as Error).message.includes(`${file()}:4:1`),
    );
  });

  it("lets everything but a start go on", async () => {
    await mkdir(join(dataDir, "policy"));
    await writeFile(file(), "version: [");
    await expect(run(false)).resolves.toBeUndefined();
  });
});

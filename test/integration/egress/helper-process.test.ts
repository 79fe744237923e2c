/** What a helper process says last is heard, however it goes. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";
import { createLog } from "../../../orchestrator/base/log.ts";
import { HelperProcess } from "../../../orchestrator/egress/helper-process.ts";

const messages = z.strictObject({ at: z.int(), filler: z.string() });
/** Far more than the channel holds at once. */
const many = 400;
const say = `const say = (done) => {
  for (let at = 0; at < ${many}; at += 1) process.send({ at, filler: "x".repeat(20_000) }, at === ${many - 1} ? done : undefined);
};`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-helper-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function start(script: string) {
  const entry = join(folder, "helper.mjs");
  await writeFile(entry, `${say}\n${script}`);
  const heard: number[] = [];
  const { promise: first, resolve } = Promise.withResolvers<undefined>();
  const helper = new HelperProcess({
    ...{ name: "helper", entry, args: [], log: createLog("silent"), messages },
    onMessage: ({ at }) => {
      heard.push(at);
      resolve(undefined);
    },
  });
  return { helper, heard, first };
}

const all = Array.from({ length: many }, (_, at) => at);

it("hears everything of a process that ends by itself", async () => {
  const { helper, heard } = await start("say(() => process.exit(0));");
  await helper.ended;
  expect(heard).toEqual(all);
});

it("hears what a process says when it is asked to stop", async () => {
  const { helper, heard, first } = await start(`
    process.send({ at: -1, filler: "" });
    process.on("SIGTERM", () => say(() => process.exit(0)));
    setInterval(() => undefined, 1000);`);
  await first;
  await helper.stop();
  expect(heard).toEqual([-1, ...all]);
});

it("ends a process that does not want to", async () => {
  const { helper, first } = await start(`
    process.send({ at: -1, filler: "" });
    process.on("SIGTERM", () => undefined);
    setInterval(() => undefined, 1000);`);
  await first;
  await helper.stop();
  expect(() => process.kill(helper.pid ?? 0, 0)).toThrow("ESRCH");
});

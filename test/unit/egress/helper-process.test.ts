/** What becomes of a message that cannot be dealt with. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, it } from "vitest";
import { z } from "zod";
import { HelperProcess } from "../../../orchestrator/egress/helper-process.ts";

it("a message whose record cannot be kept (disk full) is told in the log, and the next is heard", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hanare-test-"));
  const entry = join(folder, "helper.mjs");
  writeFileSync(
    entry,
    "for (const n of [1, 2]) process.send(n); process.on('disconnect', () => process.exit(0));",
  );
  const logged: string[] = [];
  const heard: number[] = [];
  const helper = new HelperProcess({
    ...{ name: "signer", entry, args: [], messages: z.int() },
    log: pino({ level: "error" }, { write: (line: string) => void logged.push(line) }),
    onMessage: (message) => {
      heard.push(message);
      if (message === 1) throw new Error("disk full");
    },
  });
  await expect.poll(() => heard).toEqual([1, 2]);
  expect(logged.join("")).toMatch(/"event":"signer-message".*disk full/);
  await helper.stop();
  rmSync(folder, { recursive: true });
});

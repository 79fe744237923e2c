/** A policy source written into a folder of its own and read back the way the product reads it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type PolicySource, readSource } from "../../../policies/lint-source.ts";
import { formatProblem } from "../../../policies/problem.ts";

export async function sourceOf(
  text: string,
  lists: Readonly<Record<string, string>> = {},
): Promise<PolicySource> {
  const folder = mkdtempSync(join(tmpdir(), "hanare-test-"));
  try {
    for (const [path, content] of Object.entries({ "policy.yaml": text, ...lists })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const read = await readSource(join(folder, "policy.yaml"));
    if (!read.ok) throw new Error(read.problems.map(formatProblem).join("\n"));
    return read.source;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

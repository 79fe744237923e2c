/** `npm run -s bench -- NAME [args]`: runs test/bench/NAME.ts; its last line on stdout is the result. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SetupContext } from "../context.ts";
import { runAttached } from "./test.ts";

export async function bench(context: SetupContext, args: readonly string[]): Promise<number> {
  const folder = join(context.root, "test", "bench");
  const names = (await readdir(folder))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.slice(0, -3));
  const [name = "", ...rest] = args;
  if (!names.includes(name)) {
    process.stderr.write(`npm run -s bench -- ${names.join(" | ")}  [--json]\n`);
    return 2;
  }
  return runAttached(context, [join(folder, `${name}.ts`), ...rest]);
}

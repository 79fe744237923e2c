#!/usr/bin/env node
// The command `hanare`: hands over to the pinned Node, whatever Node the machine has. Decides nothing.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const node = join(here, "..", "..", "node_modules", "node", "bin", "node");
if (!existsSync(node)) {
  process.stderr.write("先に npm run setup を実行してください。 / Run npm run setup first.\n");
  process.exit(1);
}
const child = spawn(
  node,
  ["--disable-warning=ExperimentalWarning", join(here, "main.ts"), ...process.argv.slice(2)],
  { stdio: "inherit" },
);
// Ctrl+C reaches both from the terminal; the child decides what it means.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("exit", (code) => {
  process.exitCode = code ?? 1;
});

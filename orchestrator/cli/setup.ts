/** `hanare setup`: the steps of npm run setup, for an installation that is already unpacked. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export async function setup(args: string[]): Promise<number> {
  if (args.includes("--help")) {
    process.stdout.write(
      "hanare setup [--data DIR] [--gvisor]\n準備をします。何度実行しても安全です。 / Sets up; safe to repeat.\n--gvisor  gVisor を取得し、Docker Engine の設定に登録します / fetches gVisor and registers it in the engine's configuration\n終了コード / exit codes: 0 done, 1 failed, 130 stopped\n",
    );
    return 0;
  }
  const script = join(import.meta.dirname, "../../setup/bootstrap.mjs");
  const child = spawn(process.execPath, [script, "setup", ...args], { stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

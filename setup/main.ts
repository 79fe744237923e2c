/**
 * The commands behind npm start, npm run setup, npm test and npm run bench. Everything runs as steps that
 * can be repeated; the first one that fails says what to do and ends with an exit code other than 0.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dirname } from "node:path";
import { defaultDataDir } from "../orchestrator/config/load.ts";
import { bench } from "./commands/bench.ts";
import { start } from "./commands/start.ts";
import { test } from "./commands/test.ts";
import type { SetupContext, Step } from "./context.ts";
import { chooseLanguage } from "./language.ts";
import { SetupError } from "./problems.ts";
import { lockSetup } from "./lock-setup.ts";
import { createReport } from "./report.ts";
import { runSteps } from "./run-steps.ts";
import { administrator } from "./steps/administrator.ts";
import { configuration } from "./steps/configuration.ts";
import { engine } from "./steps/engine.ts";
import { gvisorForTests, gvisorIfConfigured, gvisorRegistered } from "./steps/gvisor.ts";
import { images } from "./steps/images.ts";
import { keys } from "./steps/keys.ts";
import { pages } from "./steps/pages.ts";
import { policy } from "./steps/policy.ts";
import { preflight } from "./steps/preflight.ts";
import { testTools } from "./steps/test-tools.ts";

/** What both need who runs Hanare and who tests it. */
const common: readonly Step[] = [configuration, engine, images, keys, pages, policy];

/** Asked for by name, or looked at only. */
const gvisor = (args: readonly string[]): Step =>
  args.includes("--gvisor") ? gvisorRegistered : gvisorIfConfigured;

/** Takes `--data DIR` out of the arguments. */
function splitData(args: readonly string[]): { dataDir: string; rest: string[] } {
  const at = args.indexOf("--data");
  const dir = at < 0 ? undefined : args[at + 1];
  if (dir === undefined) return { dataDir: defaultDataDir(), rest: [...args] };
  return {
    dataDir: defaultDataDir({ HANARE_DATA: dir }),
    rest: args.filter((_, index) => index !== at && index !== at + 1),
  };
}

function makeContext(command: string, dataDir: string, signal: AbortSignal): SetupContext {
  const found: SetupContext["found"] = {};
  const need = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new Error(`${what} is not known yet`);
    return value;
  };
  return {
    root: dirname(dirname(fileURLToPath(import.meta.url))),
    dataDir,
    logFile: join(dataDir, "log", "setup.log"),
    willListen: command === "start",
    // A bench's last line on stdout is its result: what people watch goes to stderr.
    report: createReport(command === "bench" ? process.stderr : process.stdout, chooseLanguage()),
    signal,
    found,
    config: () => need(found.config, "configuration"),
    engine: () => need(found.engine, "engine"),
  };
}

async function run(
  command: string,
  args: readonly string[],
  context: SetupContext,
): Promise<number> {
  switch (command) {
    case "setup":
      await prepare([...common, gvisor(args), administrator], context);
      return 0;
    case "start":
      await prepare([...common, gvisor([]), administrator], context);
      return start(context);
    // No administrator here: its password would scroll away unseen.
    case "test":
      await prepare([...common, testTools, gvisorForTests], context);
      return test(context, args);
    case "bench":
      await prepare([...common, testTools], context);
      return bench(context, args);
    default:
      process.stderr.write(`${command}?  start | setup | test | bench\n`);
      return 2;
  }
}

/** Shows the one-time password as soon as it exists: whatever fails later, it has been seen. */
async function prepare(steps: readonly Step[], context: SetupContext): Promise<void> {
  await runSteps([preflight], context);
  const onWait = (): void => {
    context.report.say({
      ja: "別の準備が終わるのを待っています。",
      en: "Waiting for another set-up to finish.",
    });
  };
  const lock = await lockSetup(context.dataDir, onWait, context.signal);
  try {
    await runSteps(steps, context);
  } finally {
    lock[Symbol.dispose]();
    showAdministrator(context);
  }
}

function showAdministrator({ found, report }: SetupContext): void {
  if (found.administrator === undefined) return;
  const { name, oneTimePassword } = found.administrator;
  report.highlight([
    "最初の管理者 (この表示は一度だけです) / First administrator (shown only this once)",
    `  利用者名 / user name          ${name}`,
    `  仮パスワード / one-time password  ${oneTimePassword}`,
  ]);
}

/** 130 after a signal, as shells expect; 1 after any failure. */
async function main(): Promise<number> {
  const [command = "start", ...args] = process.argv.slice(2);
  const { dataDir, rest } = splitData(args);
  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new Error("stopped by a signal"));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  // The bootstrap is gone, however it went: nothing of this may stay behind.
  process.on("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel?.unref();
  const context = makeContext(command, dataDir, stop.signal);
  try {
    return await run(command, rest, context);
  } catch (error) {
    if (stop.signal.aborted) {
      context.report.say({
        ja: "中止しました。もう一度実行すると続きから始まります。",
        en: "Stopped. Run it again to continue.",
      });
      return 130;
    }
    if (!(error instanceof SetupError)) throw error;
    context.report.problem(error);
    // What the program that failed said last, for whoever reads the console first.
    if (error.cause instanceof Error)
      process.stderr.write(`${error.cause.message.split("\n").slice(-8).join("\n")}\n`);
    return 1;
  }
}

process.exitCode = await main();

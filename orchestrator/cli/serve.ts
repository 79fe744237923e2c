/**
 * `hanare serve`: runs the orchestrator in the foreground until SIGINT or SIGTERM, then stops everything.
 * Exit codes: 0 stopped as asked, 1 could not start or stopped unclean.
 */
import { parseArgs } from "node:util";
import { errorCodes } from "../base/codes.ts";
import { describeError, isAppError } from "../base/errors.ts";
import { dataDirOf } from "../config/load.ts";
import { startHanare } from "../main.ts";

const usage = `hanare serve [--data DIR]
Hanare を動かします。止めるには Ctrl+C。 / Runs Hanare; Ctrl+C stops it.
`;

export interface ServeHooks {
  /** Called once the portal listens. */
  onReady?(port: number): void;
}

/** One line for service managers and scripts: from here on the portal answers. */
function sayReady(port: number): void {
  process.stdout.write(`準備ができました / ready: port ${port}\n`);
}

/** What the person at the console is told: the words of the error's code, then its facts. */
function explain(error: unknown): string {
  if (!isAppError(error)) return describeError(error);
  const { ja, en, nextJa, nextEn } = errorCodes[error.code];
  return `${ja} ${nextJa}\n${en} ${nextEn}\n${describeError(error)}`;
}

export async function serve(args: string[], hooks: ServeHooks = {}): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { help: { type: "boolean" }, data: { type: "string" } },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    return 0;
  }
  const stop = Promise.withResolvers<undefined>();
  const onSignal = () => stop.resolve(undefined);
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    await using hanare = await startHanare({ dataDir: dataDirOf(values.data) });
    (hooks.onReady ?? sayReady)(hanare.port);
    await stop.promise;
  } catch (error) {
    process.stderr.write(`起動できませんでした / could not start:\n${explain(error)}\n`);
    process.stderr.write("原因を調べるには / to find out why: npx hanare doctor\n");
    return 1;
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
  return 0;
}

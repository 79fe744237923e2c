/** One act of a writer process. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describeError } from "../base/errors.ts";
import { type WriterAnswer, writerAnswer, type WriterRequest } from "./wire.ts";

const answerLimitBytes = 256 * 1024;
const entry = join(import.meta.dirname, "writer", "main.ts");

/**
 * Never rejects: what it could not be told is a fault. After `seconds` the process is killed and left to the kernel,
 * which may keep it as long as the server does not answer.
 */
export async function runWriter(
  request: WriterRequest,
  seconds: number,
  bytes: Readable = Readable.from([]),
): Promise<WriterAnswer> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", entry], {
    stdio: ["pipe", "pipe", "ignore"],
    env: {},
    cwd: "/",
    // Ctrl+C at the console is for the orchestrator.
    detached: true,
  });
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(() => {
    child.kill("SIGKILL");
    child.stdout.destroy();
    late.resolve("");
  }, seconds * 1000);
  async function* input(): AsyncGenerator<Buffer> {
    yield Buffer.from(`${JSON.stringify(request)}\n`);
    yield* bytes as AsyncIterable<Buffer>;
  }
  try {
    // A writer that ends early has said why; what was on its way to it does not matter.
    const fed = pipeline(Readable.from(input()), child.stdin).catch(() => undefined);
    const started = once(child, "spawn").then(() => readAll(child.stdout));
    const text = await Promise.race([started, late.promise]);
    if (text === "") return { is: "fault", fault: "failed", detail: "no answer" };
    await Promise.race([fed, late.promise]);
    return writerAnswer.parse(JSON.parse(text));
  } catch (error) {
    return { is: "fault", fault: "failed", detail: describeError(error) };
  } finally {
    clearTimeout(timer);
    bytes.destroy();
    child.kill("SIGKILL");
  }
}

async function readAll(stream: Readable): Promise<string> {
  let text = "";
  for await (const chunk of stream as AsyncIterable<Buffer>)
    if (text.length < answerLimitBytes) text += chunk.toString("utf8");
  return text;
}

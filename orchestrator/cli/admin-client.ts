/** Speaks to the running orchestrator over its local admin socket (root only). For commands. */
import { request } from "node:http";
import { AppError } from "../base/errors.ts";

type Method = "DELETE" | "GET" | "POST";

/** Undefined when no orchestrator listens there. Throws for any answer that is not a success. */
export async function adminCall(
  socketPath: string,
  method: Method,
  path: string,
  body?: unknown,
  /** Statuses besides success whose body is an answer and no failure. */
  answers: readonly number[] = [],
): Promise<unknown> {
  const text = await call(socketPath, method, path, body, answers);
  if (text === undefined) return undefined;
  return text === "" ? {} : JSON.parse(text);
}

/** What is no JSON. Undefined and errors as with `adminCall`. */
export function adminText(socketPath: string, path: string): Promise<string | undefined> {
  return call(socketPath, "GET", path, undefined, []);
}

async function call(
  socketPath: string,
  method: Method,
  path: string,
  body: unknown,
  answers: readonly number[],
): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<
    { status: number; text: string } | undefined
  >();
  const payload = body === undefined ? "" : JSON.stringify(body);
  const headers =
    payload === ""
      ? {}
      : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
  const asked = request({ socketPath, method, path, headers }, (response) => {
    let text = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => {
      text += chunk;
    });
    response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    response.on("error", reject);
  });
  asked.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
    else reject(error);
  });
  asked.end(payload);
  const answer = await promise;
  if (!answer) return undefined;
  if (answer.status >= 300 && !answers.includes(answer.status))
    throw new AppError(answer.status === 404 ? "NOT_FOUND" : "INTERNAL", {
      status: answer.status,
      path,
    });
  return answer.text;
}

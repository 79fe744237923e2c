/**
 * The few calls the set-up makes to the engine's HTTP API, over its unix socket with node:http alone:
 * this runs before anything of Hanare exists and needs no docker command. Containers are not touched
 * here; that is orchestrator/engine's. Streams are sent as they come, never held whole.
 */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";

export const engineVersion = z.object({ Version: z.string(), ApiVersion: z.string() });
export const engineInfo = z.object({
  DockerRootDir: z.string(),
  SecurityOptions: z.array(z.string()).nullish(),
  Driver: z.string(),
  Runtimes: z.record(z.string(), z.unknown()).nullish(),
  ServerVersion: z.string(),
});
const imageFact = z.object({ Id: z.string(), RepoTags: z.array(z.string()).nullish() });

/** A refusal of the engine, with its HTTP status. */
export class EngineAnswer extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

export interface EngineApi {
  readonly socketPath: string;
  version(signal: AbortSignal): Promise<z.infer<typeof engineVersion>>;
  info(signal: AbortSignal): Promise<z.infer<typeof engineInfo>>;
  /** The image's tags, or undefined when there is no such image. */
  findImage(ref: string, signal: AbortSignal): Promise<readonly string[] | undefined>;
  /** False when a container uses it; true when it is gone or never was. */
  removeImage(ref: string, signal: AbortSignal): Promise<boolean>;
  /** Makes an image of one layer from a tar stream. */
  importImage(tag: string, tar: Readable, signal: AbortSignal): Promise<void>;
  /** Builds from a context in tar form; calls `onText` with the builder's output. Throws the builder's error. */
  buildImage(
    query: URLSearchParams,
    context: Readable,
    onText: (text: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

interface Call {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: Readable;
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = "";
  response.setEncoding("utf8");
  for await (const chunk of response) text += String(chunk);
  return text;
}

/** Sends a call; the answer's body is still to be read. A broken body breaks the request off: the engine then drops what it got. */
async function send(socketPath: string, call: Call, signal: AbortSignal): Promise<IncomingMessage> {
  const sent = request({
    socketPath,
    method: call.method,
    path: call.path,
    signal,
    headers: { host: "engine", ...(call.body ? { "content-type": "application/x-tar" } : {}) },
  });
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;
  if (call.body === undefined) {
    sent.end();
  } else {
    // The engine may answer an error before it has taken everything: its answer matters more than EPIPE.
    const broken = pipeline(call.body, sent).then(
      () => undefined,
      (error: unknown) => error,
    );
    const first = await Promise.race([answered.then(() => undefined), broken]);
    if (first !== undefined) {
      sent.destroy();
      answered.catch(() => undefined);
      throw first as Error;
    }
  }
  const [response] = await answered;
  if ((response.statusCode ?? 500) < 400) return response;
  const text = await readAll(response);
  throw new EngineAnswer(
    response.statusCode ?? 500,
    /"message":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text.slice(0, 500),
  );
}

/** Reads the engine's JSON lines; the last word may be an error although the status was 200. */
async function readProgress(
  response: IncomingMessage,
  onText: (text: string) => void,
): Promise<void> {
  const line = z.object({
    stream: z.string().optional(),
    status: z.string().optional(),
    error: z.string().optional(),
  });
  let rest = "";
  let error: string | undefined;
  const take = (text: string): void => {
    if (text.trim() === "") return;
    const said = line.parse(JSON.parse(text));
    onText(said.stream ?? said.status ?? "");
    error = said.error ?? error;
  };
  response.setEncoding("utf8");
  for await (const chunk of response) {
    const parts = (rest + String(chunk)).split("\n");
    rest = parts.pop() ?? "";
    parts.forEach(take);
  }
  take(rest);
  if (error !== undefined) throw new EngineAnswer(200, error);
}

export function createEngineApi(socketPath: string): EngineApi {
  const readJson = async (path: string, signal: AbortSignal): Promise<unknown> =>
    JSON.parse(await readAll(await send(socketPath, { method: "GET", path }, signal)));
  return {
    socketPath,
    async version(signal) {
      return engineVersion.parse(await readJson("/version", signal));
    },
    async info(signal) {
      return engineInfo.parse(await readJson("/info", signal));
    },
    async findImage(ref, signal) {
      try {
        return imageFact.parse(await readJson(`/images/${ref}/json`, signal)).RepoTags ?? [];
      } catch (error) {
        if (error instanceof EngineAnswer && error.status === 404) return undefined;
        throw error;
      }
    },
    async removeImage(ref, signal) {
      try {
        await readAll(await send(socketPath, { method: "DELETE", path: `/images/${ref}` }, signal));
        return true;
      } catch (error) {
        if (error instanceof EngineAnswer && error.status === 404) return true;
        if (error instanceof EngineAnswer && error.status === 409) return false;
        throw error;
      }
    },
    async importImage(tag, tar, signal) {
      const [repo = "", version = "latest"] = tag.split(":");
      const query = new URLSearchParams({ fromSrc: "-", repo, tag: version });
      await readProgress(
        await send(
          socketPath,
          { method: "POST", path: `/images/create?${query.toString()}`, body: tar },
          signal,
        ),
        () => undefined,
      );
    },
    async buildImage(query, context, onText, signal) {
      await readProgress(
        await send(
          socketPath,
          { method: "POST", path: `/build?${query.toString()}`, body: context },
          signal,
        ),
        onText,
      );
    },
  };
}

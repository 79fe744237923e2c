/**
 * Everything Hanare says to the container engine: the sole import of dockerode. Names are chosen by the
 * caller before the act, so every undo can go by name and tolerates "never happened".
 */
import type { Readable } from "node:stream";
import { PassThrough } from "node:stream";
import Docker from "dockerode";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import type { InstallationId } from "../base/ids.ts";
import { containerList, containerState, engineVersion, execState, waited } from "./answers.ts";
import { type EngineFacts, engineInfo } from "./engine-facts.ts";
import {
  type ContainerRole,
  installationLabel,
  roleLabel,
  sessionLabel,
  specLabel,
} from "./labels.ts";
import { type AppliedContainer, appliedContainer } from "./verify-applied.ts";

export type ContainerSpec = Docker.ContainerCreateOptions & { readonly name: string };

export interface ContainerFact {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly session: string | undefined;
  /** Hash of what it was made from; session containers have it. */
  readonly spec: string | undefined;
  readonly running: boolean;
}

export interface DeathFact {
  readonly name: string;
  readonly session: string | undefined;
  /** The kernel ended one of its processes for want of memory, just before. */
  readonly outOfMemory: boolean;
}

/** A page may run out of memory and its browser live on: what dies later than this died of something else. */
const outOfMemoryMs = 10_000;
const eventBytes = 256 * 1024;
/** What a command inside may say; the rest is a container that talks too much. */
const execBytes = 4 * 1024 * 1024;

export interface AttachedContainer {
  readonly stdin: NodeJS.WritableStream;
  readonly stdout: Readable;
  readonly stderr: Readable;
}

export interface EngineClient {
  /** Throws ENGINE_UNAVAILABLE. */
  ping(): Promise<{ version: string; apiVersion: string }>;
  /** Names of the runtimes that are registered with the engine. */
  runtimes(): Promise<readonly string[]>;
  /** What the engine says about itself and its host. */
  facts(): Promise<EngineFacts>;
  create(spec: ContainerSpec, signal?: AbortSignal): Promise<void>;
  start(name: string, signal?: AbortSignal): Promise<void>;
  /** The container's part of the processors beside other containers, while there is not enough for all. */
  setCpuShares(name: string, shares: number): Promise<void>;
  /** Streams of a created container with OpenStdin; call before start so that nothing is lost. */
  attach(name: string): Promise<AttachedContainer>;
  /** Resolves with the exit code when the container stops. */
  wait(name: string): Promise<number>;
  /** Kills and removes with its anonymous volumes; no error when it never existed. */
  remove(name: string): Promise<void>;
  /** All containers of this installation, running or not. */
  list(role?: ContainerRole): Promise<readonly ContainerFact[]>;
  /** What the engine applied to a container. An answer that lacks a flag is ENGINE_FAILED. */
  inspect(name: string): Promise<AppliedContainer>;
  /** Runs a command inside, for checks and tests; returns stdout and exit code. */
  exec(
    name: string,
    command: readonly string[],
    user?: string,
  ): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** True when the kernel ended a process of the container for want of memory; false when it is not there. */
  ranOutOfMemory(name: string): Promise<boolean>;
  /** Containers of this installation that died, as the engine reports it. Returns the unsubscriber. */
  onDeath(
    listener: (fact: DeathFact) => void,
    /** The stream of events is over, for example because the engine restarted. Called once. */
    onEnd: () => void,
  ): Promise<() => void>;
}

/** One line of the engine's events; a line that is none (half of one at the end) is passed over. */
const deathEvent = z
  .string()
  .transform((line, context): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      // Not JSON: an issue of the schema, not an exception in an event listener.
      context.addIssue("not JSON");
      return z.NEVER;
    }
  })
  .pipe(
    z.object({
      Action: z.string().optional(),
      Actor: z.object({ Attributes: z.record(z.string(), z.string()) }),
    }),
  );

function statusOf(error: unknown): number | undefined {
  return typeof error === "object" &&
    error !== null &&
    "statusCode" in error &&
    typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;
}

const fail = (act: string, error: unknown): AppError => {
  const status = statusOf(error);
  return new AppError(
    status === undefined ? "ENGINE_UNAVAILABLE" : "ENGINE_FAILED",
    {
      act,
      status: status ?? null,
      detail: error instanceof Error ? error.message.slice(0, 500) : "",
    },
    error,
  );
};

/** Throws ENGINE_FAILED for an answer that is not in the form asked for. */
function read<T>(act: string, schema: z.ZodType<T>, said: unknown): T {
  const parsed = schema.safeParse(said);
  if (parsed.success) return parsed.data;
  const detail = z.prettifyError(parsed.error).slice(0, 500);
  throw new AppError("ENGINE_FAILED", { act, status: null, detail });
}

/** Connects lazily; nothing is sent before the first call. */
export function createEngineClient(
  installation: InstallationId,
  socketPath = "/var/run/docker.sock",
): EngineClient {
  const docker = new Docker({ socketPath });
  const guarded = async <T>(act: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw fail(act, error);
    }
  };

  return {
    async ping() {
      const version = read(
        "version",
        engineVersion,
        await guarded("version", () => docker.version()),
      );
      return { version: version.Version, apiVersion: version.ApiVersion };
    },

    async runtimes() {
      const info: unknown = await guarded("info", () => docker.info());
      return read("info", engineInfo, info).runtimes;
    },

    async facts() {
      const [info, said] = await guarded("info", () =>
        Promise.all([docker.info() as Promise<unknown>, docker.version()]),
      );
      const version = read("version", engineVersion, said);
      return {
        ...read("info", engineInfo, info),
        version: version.Version,
        apiVersion: version.ApiVersion,
      };
    },

    async create(spec, signal) {
      signal?.throwIfAborted();
      if (spec.Labels?.[installationLabel] !== installation) {
        throw new AppError("INTERNAL", { detail: "container without this installation's label" });
      }
      await guarded("create", () => docker.createContainer(spec));
    },

    async start(name, signal) {
      signal?.throwIfAborted();
      await guarded("start", () => docker.getContainer(name).start());
    },

    async setCpuShares(name, shares) {
      await guarded("update", () => docker.getContainer(name).update({ CpuShares: shares }));
    },

    async attach(name) {
      const both = await guarded("attach", () =>
        docker
          .getContainer(name)
          .attach({ stream: true, hijack: true, stdin: true, stdout: true, stderr: true }),
      );
      const stdout = new PassThrough();
      const stderr = new PassThrough();
      docker.modem.demuxStream(both, stdout, stderr);
      both.on("end", () => {
        stdout.end();
        stderr.end();
      });
      both.on("error", (error: Error) => {
        stdout.destroy(error);
        stderr.destroy(error);
      });
      return { stdin: both, stdout, stderr };
    },

    async wait(name) {
      const said: unknown = await guarded("wait", () => docker.getContainer(name).wait());
      return read("wait", waited, said).StatusCode;
    },

    async remove(name) {
      try {
        await docker.getContainer(name).remove({ force: true, v: true });
      } catch (error) {
        const status = statusOf(error);
        // 404: never existed. 409: another removal is under way; wait for it below.
        if (status === 404) return;
        if (status !== 409) throw fail("remove", error);
        await docker
          .getContainer(name)
          .wait({ condition: "removed" })
          .catch(() => undefined);
      }
    },

    async list(role) {
      const label = [
        `${installationLabel}=${installation}`,
        ...(role === undefined ? [] : [`${roleLabel}=${role}`]),
      ];
      const said: unknown = await guarded("list", () =>
        docker.listContainers({ all: true, filters: { label } }),
      );
      return read("list", containerList, said).map(({ Id, Names, Labels, State }) => ({
        id: Id,
        name: (Names?.[0] ?? "").replace(/^\//, ""),
        role: Labels?.[roleLabel] ?? "",
        session: Labels?.[sessionLabel],
        spec: Labels?.[specLabel],
        running: State === "running",
      }));
    },

    async inspect(name) {
      const said: unknown = await guarded("inspect", () => docker.getContainer(name).inspect());
      return read("inspect", appliedContainer, said);
    },

    async exec(name, command, user) {
      const exec = await guarded("exec", () =>
        docker.getContainer(name).exec({
          Cmd: [...command],
          AttachStdout: true,
          AttachStderr: true,
          ...(user === undefined ? {} : { User: user }),
        }),
      );
      const stream = await guarded("exec", () => exec.start({}));
      let room = execBytes;
      const collect = (into: Buffer[]) =>
        new PassThrough().on("data", (chunk: Buffer) => {
          room -= chunk.length;
          if (room < 0) stream.destroy(new Error("the command said too much"));
          else into.push(chunk);
        });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      docker.modem.demuxStream(stream, collect(out), collect(err));
      await guarded(
        "exec",
        () =>
          new Promise<void>((resolve, reject) => stream.once("end", resolve).once("error", reject)),
      );
      const state: unknown = await guarded("exec", () => exec.inspect());
      return {
        exitCode: read("exec", execState, state).ExitCode ?? -1,
        stdout: Buffer.concat(out).toString("utf8"),
        stderr: Buffer.concat(err).toString("utf8"),
      };
    },

    async ranOutOfMemory(name) {
      let said: unknown;
      try {
        said = await docker.getContainer(name).inspect();
      } catch (error) {
        if (statusOf(error) === 404) return false;
        throw fail("inspect", error);
      }
      return read("inspect", containerState, said).State.OOMKilled;
    },

    async onDeath(listener, onEnd) {
      const label = [`${installationLabel}=${installation}`];
      const stream = (await guarded("events", () =>
        docker.getEvents({ filters: { type: ["container"], event: ["die", "oom"], label } }),
      )) as NodeJS.ReadableStream & { destroy(): void };
      let rest = "";
      const outOfMemoryAt = new Map<string, number>();
      stream.once("close", onEnd);
      // `close` follows; without a listener the broken connection would end this process.
      stream.on("error", () => undefined);
      stream.setEncoding("utf8");
      stream.on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        // No event is that long: a stream without an end of line is none of the engine's.
        if (rest.length > eventBytes) {
          stream.destroy();
          return;
        }
        for (const line of lines) {
          const event = deathEvent.safeParse(line);
          if (!event.success) continue;
          const attributes = event.data.Actor.Attributes;
          const name = attributes["name"] ?? "";
          if (event.data.Action === "oom") {
            outOfMemoryAt.set(name, performance.now());
            continue;
          }
          const lately = performance.now() - (outOfMemoryAt.get(name) ?? Number.NEGATIVE_INFINITY);
          outOfMemoryAt.delete(name);
          listener({
            name,
            session: attributes[sessionLabel],
            outOfMemory: lately < outOfMemoryMs,
          });
        }
      });
      return () => {
        stream.destroy();
      };
    },
  };
}

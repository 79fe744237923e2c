/**
 * One sandbox or office container from its creation to its removal, as seen over stdin and stdout. Frames are
 * parsed and counted as they arrive, before anything is kept; the first that breaks the rules ends it.
 */
import { AppError, describeError } from "../../base/errors.ts";
import type { InstallationId } from "../../base/ids.ts";
import type { AttachedContainer, ContainerSpec, EngineClient } from "../../engine/client.ts";
import { deadline, waitFor } from "../../base/deadline.ts";
import { hardenedHostConfig } from "../../engine/hardening.ts";
import { makeLabels } from "../../engine/labels.ts";
import { type Frame, FrameReader } from "../../../images/wire/frame.ts";
import {
  type SandboxReady,
  sandboxFrame,
  sandboxFrameLimitBytes,
  sandboxReady,
} from "../../../images/wire/sandbox.ts";
import { containerName } from "./container-name.ts";

/** Uid inside; the image's own, too. */
const sandboxUid = 64_904;
const readyMs = 30_000;
const stderrLimitBytes = 8 * 1024;

export interface BoxArgs {
  readonly engine: EngineClient;
  readonly installation: InstallationId;
  readonly image: string;
  readonly memoryMb: number;
  readonly role: "office" | "sandbox";
}

/** LibreOffice puts the pipe of its single instance here, and nothing else. */
const officePipeMb = 4;

function boxSpec(name: string, args: BoxArgs): ContainerSpec {
  return {
    name,
    Image: args.image,
    User: `${sandboxUid}:${sandboxUid}`,
    Labels: makeLabels(args.installation, args.role),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    HostConfig: hardenedHostConfig({
      limits: { memoryMb: args.memoryMb, pids: 128, cpus: 2 },
      tmpfs: {
        "/work": { mb: Math.floor(args.memoryMb * 0.75), uid: sandboxUid },
        ...(args.role === "office" ? { "/tmp": { mb: officePipeMb, uid: sandboxUid } } : {}),
      },
    }),
  };
}

export type FrameHandler = (frame: Frame) => void;

export class Box implements AsyncDisposable {
  readonly name: string;
  readonly #engine: EngineClient;
  readonly #ended = Promise.withResolvers<never>();
  readonly #ready = Promise.withResolvers<SandboxReady>();
  #attached: AttachedContainer | undefined;
  #onFrame: FrameHandler | undefined;
  #stderr = "";
  #dead = false;

  private constructor(name: string, engine: EngineClient) {
    this.name = name;
    this.#engine = engine;
    // Both are observed by whoever waits; nobody waiting is no fault.
    this.#ended.promise.catch(() => undefined);
    this.#ready.promise.catch(() => undefined);
  }

  /** Creates, starts and waits until the program inside says it is ready. Leaves nothing when it fails. */
  static async open(
    args: BoxArgs,
    onName: (name: string) => void,
    signal: AbortSignal,
  ): Promise<Box> {
    await using undo = new AsyncDisposableStack();
    const name = containerName(args.installation, args.role);
    const box = new Box(name, args.engine);
    onName(name);
    undo.defer(() => box[Symbol.asyncDispose]());
    const limit = deadline(readyMs, `${args.role} start`, signal);
    await args.engine.create(boxSpec(name, args), limit);
    box.#listen(await args.engine.attach(name));
    await args.engine.start(name, limit);
    await waitFor(box.#ready.promise, limit);
    undo.move();
    return box;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** What the program inside complained about, bounded; for logs. */
  get untrustedStderr(): string {
    return this.#stderr;
  }

  /** Rejects when the container ends or breaks the protocol. */
  get ended(): Promise<never> {
    return this.#ended.promise;
  }

  get ready(): Promise<SandboxReady> {
    return this.#ready.promise;
  }

  #listen(attached: AttachedContainer): void {
    this.#attached = attached;
    const reader = new FrameReader(sandboxFrameLimitBytes);
    attached.stdout.on("data", (chunk: Buffer) => {
      if (this.#dead) return;
      try {
        for (const frame of reader.push(chunk)) this.#take(frame);
      } catch (error) {
        this.#fail(error);
      }
    });
    attached.stderr.on("data", (chunk: Buffer) => {
      if (this.#stderr.length < stderrLimitBytes)
        this.#stderr += chunk.toString("utf8", 0, stderrLimitBytes);
    });
    for (const stream of [attached.stdout, attached.stderr, attached.stdin]) {
      stream.on("error", (error: Error) => this.#fail(error));
    }
    attached.stdout.once("end", () => this.#fail(new Error("output ended")));
    attached.stdout.once("close", () => this.#fail(new Error("output closed")));
  }

  #take(frame: Frame): void {
    if (this.#onFrame !== undefined) {
      this.#onFrame(frame);
      return;
    }
    if (frame.type !== sandboxFrame.ready) throw new Error(`frame ${frame.type} before the job`);
    this.#ready.resolve(sandboxReady.parse(JSON.parse(frame.payload.toString("utf8"))));
  }

  #fail(error: unknown): void {
    if (this.#dead) return;
    this.#dead = true;
    const failure = new AppError(
      "SANDBOX_FAILED",
      { detail: describeError(error).slice(0, 300) },
      error,
    );
    this.#ended.reject(failure);
    this.#ready.reject(failure);
  }

  /** From now on every frame goes to `handler`; what it throws ends the box. */
  handle(handler: FrameHandler): void {
    this.#onFrame = handler;
  }

  /** Resolves when the container took the bytes far enough to take more. */
  async write(data: Buffer): Promise<void> {
    const stdin = this.#attached?.stdin;
    if (stdin === undefined || this.#dead) return this.ended;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    // An error reaches `ended` by its event.
    if (stdin.write(data)) return;
    stdin.once("drain", () => resolve(undefined));
    await Promise.race([promise, this.ended]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(new Error("removed"));
    await this.#engine.remove(this.name);
    this.#attached?.stdin.end();
  }
}

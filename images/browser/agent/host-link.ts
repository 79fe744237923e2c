/**
 * Connections to the host's control.sock. The container always dials; each connection says first what
 * it is for. Only the control connection carries messages, the others carry bytes.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type FromAgent,
  frameType,
  controlFrameLimitBytes,
  type Hello,
  type ToAgent,
  toAgent,
  wireVersion,
} from "../../wire/control.ts";
import { encodeJsonFrame, FrameReader } from "../../wire/frame.ts";
import { controlSocket } from "./processes.ts";

const redialMs = 100;
/** A host that stays away so long has forgotten this container, which must not live on unwatched. */
const forgottenMs = 15 * 60_000;
/** Exit code that says so. */
const forgotten = 72;

/** For whom to wait, and how long. */
export interface Patience {
  readonly socketPath: string;
  readonly patienceMs: number;
}
const usualPatience: Patience = { socketPath: controlSocket, patienceMs: 60_000 };

export async function dial(hello: Hello, socketPath = controlSocket): Promise<Socket> {
  const socket = connect(socketPath);
  await once(socket, "connect");
  socket.write(encodeJsonFrame(frameType.hello, hello));
  return socket;
}

/** For what must not be lost while the host is away: dials again for a minute. */
export async function dialPatiently(hello: Hello, wait: Patience = usualPatience): Promise<Socket> {
  const until = performance.now() + wait.patienceMs;
  for (;;) {
    try {
      return await dial(hello, wait.socketPath);
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(redialMs);
    }
  }
}

export interface HostLink {
  send(message: FromAgent): void;
}

/** The message connection. A host that goes away is dialled again: sessions outlive the orchestrator. */
export function connectHost(
  browser: string,
  onMessage: (message: ToAgent) => void,
  onUp: () => void,
): HostLink {
  let current: Socket | undefined;
  let seenAt = performance.now();

  const open = async (): Promise<void> => {
    const socket = await dial({ kind: "control", version: wireVersion, browser });
    current = socket;
    const reader = new FrameReader(controlFrameLimitBytes);
    socket.on("data", (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        const message = toAgent.safeParse(JSON.parse(frame.payload.toString("utf8")));
        if (message.success) onMessage(message.data);
      }
    });
    onUp();
    try {
      await once(socket, "close");
    } finally {
      current = undefined;
      seenAt = performance.now();
    }
  };

  const keepOpen = async (): Promise<never> => {
    while (performance.now() - seenAt < forgottenMs) {
      // A refused or broken connection is the host restarting; there is nobody else to report it to.
      await open().catch((error: unknown) => process.stderr.write(`control: ${String(error)}\n`));
      await sleep(redialMs);
    }
    return process.exit(forgotten);
  };
  void keepOpen();

  return {
    send(message) {
      current?.write(encodeJsonFrame(frameType.message, message));
    },
  };
}

/** A box's end of its own stdin and stdout: frames in, one after the other; frames out, as fast as they are taken. */
import { once } from "node:events";
import { encodeFrame, type Frame, FrameReader } from "./frame.ts";
import { sandboxChunkBytes, sandboxFrame, sandboxFrameLimitBytes } from "./sandbox.ts";

export type Frames = AsyncGenerator<Frame, void>;

export async function* framesIn(): Frames {
  const reader = new FrameReader(sandboxFrameLimitBytes);
  for await (const chunk of process.stdin) yield* reader.push(chunk as Buffer);
}

/** Throws when there is none any more. */
export async function nextFrame(frames: Frames): Promise<Frame> {
  const next = await frames.next();
  if (next.done === true) throw new Error("input ended");
  return next.value;
}

/** The JSON of the next frame, which must be of this type. */
export async function nextJson(frames: Frames, type: number): Promise<unknown> {
  const frame = await nextFrame(frames);
  if (frame.type !== type) throw new Error(`unexpected frame ${frame.type}`);
  return JSON.parse(frame.payload.toString("utf8"));
}

/** Exactly as many bytes as were announced, in chunks up to their end. */
export async function nextBytes(frames: Frames, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  for (;;) {
    const { type, payload } = await nextFrame(frames);
    if (type === sandboxFrame.end) break;
    if (type !== sandboxFrame.chunk) throw new Error(`unexpected frame ${type}`);
    received += payload.length;
    if (received > bytes) throw new Error("more bytes than announced");
    chunks.push(payload);
  }
  if (received !== bytes) throw new Error("fewer bytes than announced");
  return Buffer.concat(chunks);
}

export async function sendFrame(frame: Buffer): Promise<void> {
  if (!process.stdout.write(frame)) await once(process.stdout, "drain");
}

export async function sendBytes(bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += sandboxChunkBytes)
    await sendFrame(encodeFrame(sandboxFrame.chunk, bytes.subarray(at, at + sandboxChunkBytes)));
  await sendFrame(encodeFrame(sandboxFrame.end, Buffer.alloc(0)));
}

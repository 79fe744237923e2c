/**
 * Messages between the orchestrator and the terminal plane's process (Node IPC channel, JSON), checked on
 * both sides. The policy comes in the same message as the session plane's.
 */
import { z } from "zod";
import { fromProxy, toProxy } from "../ipc.ts";

const [configure] = toProxy.options;
const [ready, configured, , decisions, metrics] = fromProxy.options;

/** "name:port", as it stands in a PAC file. */
const proxyName = z.string().regex(/^[a-z0-9.[\]:-]{1,255}:\d{1,5}$/i);

export const listenSettings = z.strictObject({
  host: z.string(),
  port: z.int().min(0).max(65535),
  /** Origin of the portal, without a slash at the end. */
  portal: z.url(),
  proxies: z.array(proxyName),
  directHosts: z.array(z.string()),
  /** Base64; made anew by every orchestrator, never written down. */
  linkKey: z.base64(),
  /** Where leaves are minted; absent: a refused tunnel is refused plainly. */
  signerSocket: z.string().optional(),
});
export type ListenSettings = z.infer<typeof listenSettings>;

export const toTerminalPlane = z.discriminatedUnion("type", [
  configure,
  /** Once per process. */
  z.strictObject({ type: z.literal("listen"), settings: listenSettings }),
]);
export type ToTerminalPlane = z.infer<typeof toTerminalPlane>;

export const fromTerminalPlane = z.discriminatedUnion("type", [
  ready,
  configured,
  decisions,
  metrics,
  z.strictObject({ type: z.literal("listening"), port: z.int() }),
  /** The process ends after this: whoever holds the port may let go of it. */
  z.strictObject({ type: z.literal("listen-failed"), reason: z.string() }),
]);
export type FromTerminalPlane = z.infer<typeof fromTerminalPlane>;

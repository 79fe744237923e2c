/** What sessions need of the egress proxy. Implemented by supervisor.ts over the proxy's IPC channel. */
import type { DecisionRecord } from "../../proxy/ipc.ts";
import type { SessionId } from "../base/ids.ts";

export interface EgressDoor {
  /** Resolves when the proxy listens on `socketPath`. The directory exists and is writable to the proxy's uid. */
  open(sessionId: SessionId, socketPath: string, signal: AbortSignal): Promise<void>;
  /** Binds the person to the door. Until then every request is refused. */
  claim(
    sessionId: SessionId,
    person: { user: string; groups: readonly string[] },
    signal: AbortSignal,
  ): Promise<void>;
  /** Idempotent; unknown sessions are fine. Open tunnels of the session are cut. */
  close(sessionId: SessionId): Promise<void>;
  /** Called for every decision. Returns the unsubscriber. */
  onDecision(listener: (decision: DecisionRecord) => void): () => void;
}

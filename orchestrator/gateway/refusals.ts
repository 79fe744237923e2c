/**
 * The latest refusals of each session, so that the viewer can say why an address could not be shown.
 * The facts are the proxy's; the container only says which address failed.
 */
import type { SessionId } from "../base/ids.ts";
import type { DecisionRecord } from "../../proxy/ipc.ts";

const keptPerSession = 200;

export class Refusals {
  readonly #bySession = new Map<SessionId, DecisionRecord[]>();

  add(sessionId: SessionId, decision: DecisionRecord): void {
    const list = this.#bySession.get(sessionId) ?? [];
    list.push(decision);
    if (list.length > keptPerSession) list.shift();
    this.#bySession.set(sessionId, list);
  }

  /** The newest refusal for the host and port of `untrustedUrl`. */
  latestFor(sessionId: SessionId, untrustedUrl: string): DecisionRecord | undefined {
    if (!URL.canParse(untrustedUrl)) return undefined;
    const { hostname, port, protocol } = new URL(untrustedUrl);
    const wantedPort = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
    const host = hostname.toLowerCase().replace(/\.$/, "");
    return this.#bySession
      .get(sessionId)
      ?.findLast(
        (each) => each.host.toLowerCase().replace(/\.$/, "") === host && each.port === wantedPort,
      );
  }

  forget(sessionId: SessionId): void {
    this.#bySession.delete(sessionId);
  }
}

/** Tells of each session the last of what is said about it, at most once per pause. */
import type { SessionId } from "../base/ids.ts";
import { Coalesce } from "./coalesce.ts";

export class LastTold<Said> implements Disposable {
  readonly #said = new Map<SessionId, Said>();
  readonly #turns: Coalesce<SessionId>;

  constructor(pauseMs: number, tell: (id: SessionId, said: Said) => void) {
    this.#turns = new Coalesce<SessionId>(pauseMs, (id) => {
      const said = this.#said.get(id);
      if (said !== undefined) tell(id, said);
    });
  }

  tell(id: SessionId, said: Said): void {
    this.#said.set(id, said);
    this.#turns.ask(id);
  }

  forget(id: SessionId): void {
    this.#said.delete(id);
  }

  [Symbol.dispose](): void {
    this.#turns[Symbol.dispose]();
  }
}

/** How updates went, across restarts: one row. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { migrate } from "../store/database.ts";
import { updateOutcomes } from "./types.ts";

export const signatureUpdateSteps = [
  "CREATE TABLE signature_update (one INTEGER PRIMARY KEY CHECK (one = 1), state TEXT NOT NULL) STRICT",
];

const updateState = z.strictObject({
  outcome: z.enum(updateOutcomes),
  detail: z.string(),
  lookedAtMs: z.int().nullable(),
  goodAtMs: z.int().nullable(),
  nextAtMs: z.int(),
  failures: z.int(),
});
export type UpdateState = z.infer<typeof updateState>;

const fresh: UpdateState = {
  ...{ outcome: "none", detail: "", lookedAtMs: null, goodAtMs: null, nextAtMs: 0, failures: 0 },
};

export class UpdateStates {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    migrate(database, "signature-update", signatureUpdateSteps);
    this.#database = database;
  }

  get(): UpdateState {
    const row = this.#database.prepare("SELECT state FROM signature_update").get();
    const text = row?.["state"];
    return typeof text === "string" ? updateState.parse(JSON.parse(text)) : fresh;
  }

  put(state: UpdateState): void {
    this.#database
      .prepare(
        "INSERT INTO signature_update VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET state = excluded.state",
      )
      .run(JSON.stringify(state));
  }
}

/** From the policy desk to the wire and back: views of versions and outcomes, who may name a folder. */
import type { FastifyReply } from "fastify";
import { AppError } from "../base/errors.ts";
import type {
  Author,
  CandidateSource,
  PublishOutcome,
  Trial,
  Version,
} from "../policy-desk/types.ts";
import type { VersionView } from "./policy-contract.ts";
import type { Caller } from "./route.ts";

export function toVersionView(version: Version): VersionView {
  const { number, atMs, source, author, note, base, tree, compiled } = version;
  return {
    ...{ number, source, note, base, compiled },
    at: new Date(atMs).toISOString(),
    author: author.name,
    tree: tree.id,
    files: tree.files.map((file) => ({ ...file })),
  };
}

export function authorOf({ user }: Caller): Author {
  return { id: user.id, name: user.name };
}

/** Undefined: no replay. */
export function replayMs(hours: number): number | undefined {
  return hours === 0 ? undefined : hours * 3_600_000;
}

/**
 * A folder of the server is for whoever may read everything on it: root on the local socket, no person and no
 * system with a token. Throws FORBIDDEN.
 */
export function allowedSource(source: CandidateSource, caller: Caller): CandidateSource {
  const isLocalRoot = caller.ticketId === null && caller.scopes === undefined;
  if (source.kind === "folder" && !isLocalRoot)
    throw new AppError("FORBIDDEN", { user: caller.user.name });
  return source;
}

export type OutcomeView =
  | {
      readonly outcome: "published";
      readonly version: VersionView;
      readonly trial: Trial;
      readonly inForce: boolean;
    }
  | Exclude<PublishOutcome, { outcome: "published" }>;

/** 200 published or unchanged, 409 somebody else was first, 422 the candidate is not good. */
export function sayOutcome(outcome: PublishOutcome, reply: FastifyReply): OutcomeView {
  switch (outcome.outcome) {
    case "published":
      return { ...outcome, version: toVersionView(outcome.version) };
    case "unchanged":
      return outcome;
    case "conflict":
      void reply.code(409);
      return outcome;
    case "refused":
      void reply.code(422);
      return outcome;
  }
}

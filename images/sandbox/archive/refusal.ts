/** A refusal that shows what the archive holds, as far as its directory says. */
import { type SandboxMember, sandboxMembersListed } from "../../wire/sandbox.ts";
import { Refusal } from "../context.ts";

const memberNameLimit = 512;

export const shortName = (name: string): string => name.slice(0, memberNameLimit).toWellFormed();

interface Listed {
  readonly name: string;
  readonly sizeBytes: number;
  readonly encrypted: boolean;
}

export const listed = (entries: readonly Listed[]): SandboxMember[] =>
  entries.slice(0, sandboxMembersListed).map(({ name, sizeBytes, encrypted }) => ({
    name: shortName(name),
    sizeBytes,
    encrypted,
  }));

export class ArchiveRefusal extends Refusal {
  readonly members: readonly SandboxMember[];

  constructor(
    verdict: Refusal["verdict"],
    reason: Refusal["reason"],
    members: readonly SandboxMember[],
  ) {
    super(verdict, reason);
    this.members = members;
  }
}

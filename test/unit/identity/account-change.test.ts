import { describe, expect, it } from "vitest";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import { judgeChange } from "../../../orchestrator/identity/account-change.ts";
import type { Account, AccountFacts, Role } from "../../../orchestrator/identity/types.ts";

const account = (id: string, roles: readonly Role[], disabled = false): Account => ({
  ...{ id: id as UserId, name: id, displayName: id, roles, groups: [], disabled },
  ...{ mustChangePassword: false, createdAt: "", lastSignInAt: null },
});
const root = account("root", ["system-admin"]);
const second = account("second", ["system-admin", "user"]);
const idle = account("idle", ["system-admin"], true);
const hanako = account("hanako", ["user"]);
const facts = (roles: readonly Role[], disabled = false): AccountFacts => ({
  ...{ displayName: "x", roles, groups: [], disabled },
});

describe("an administrator who changes an account", () => {
  it.each<[string, readonly Account[], Account, AccountFacts | undefined, string]>([
    ["gives somebody a role", [root, hanako], hanako, facts(["user", "auditor"]), "accepted"],
    ["disables somebody", [root, hanako], hanako, facts(["user"], true), "accepted"],
    ["removes somebody", [root, hanako], hanako, undefined, "accepted"],
    ["takes another administrator's role", [root, second], second, facts(["user"]), "accepted"],
    ["changes their own name", [root], root, facts(["system-admin"]), "accepted"],
    [
      "gives themselves a role",
      [root, second],
      root,
      facts(["system-admin", "auditor"]),
      "own-account",
    ],
    ["swaps a role of their own", [root, second], root, facts(["auditor"]), "own-account"],
    ["disables themselves", [root, second], root, facts(["system-admin"], true), "own-account"],
    ["removes themselves", [root, second], root, undefined, "own-account"],
  ])("%s", (_sentence, all, target, wanted, expected) => {
    const verdict = judgeChange(all, target, wanted, root.id);
    expect(verdict.outcome === "refused" ? verdict.reason : "accepted").toBe(expected);
  });

  it.each<[string, AccountFacts | undefined]>([
    ["takes the role", facts(["user"])],
    ["disables them", facts(["system-admin"], true)],
    ["removes them", undefined],
  ])("root on the machine %s of the last one who can sign in: refused", (_sentence, wanted) => {
    // Who asks has no account here; a disabled administrator is none.
    const verdict = judgeChange([root, idle, hanako], root, wanted, "local-root" as UserId);
    expect(verdict).toEqual({ outcome: "refused", reason: "last-administrator" });
  });
});

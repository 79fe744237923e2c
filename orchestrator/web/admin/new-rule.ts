/** From the fields of a new rule to the edit of the contract. What a rule may say is the compiler's to judge. Pure. */
import { groupsOf } from "./groups-of.ts";

/** What can be chosen as the action of a rule, by where it is asked. */
export const actionsOf = {
  isolated: ["block", "allow"],
  terminal: ["block", "isolate", "direct"],
  both: ["block"],
} as const;
export type Planes = keyof typeof actionsOf;
export type Action = (typeof actionsOf)[Planes][number];

export interface NewRule {
  readonly id: string;
  readonly name: string;
  readonly planes: Planes;
  readonly action: Action;
  readonly target: "hosts" | "list" | "any";
  /** Host patterns as typed: one a line, or with blanks or commas between. */
  readonly hosts: string;
  readonly list: string;
  /** As typed, with commas between; empty: everybody. */
  readonly groups: string;
  readonly mode: "enforce" | "report";
  readonly message: string;
  readonly owner: string;
  /** YYYY-MM-DD; empty: no last day. */
  readonly expires: string;
  /** The rule that it stands before; empty: at the end. */
  readonly before: string;
}

export const noNewRule: NewRule = {
  id: "",
  name: "",
  planes: "isolated",
  action: "block",
  target: "hosts",
  hosts: "",
  list: "",
  groups: "",
  mode: "enforce",
  message: "",
  owner: "",
  expires: "",
  before: "",
};

/** On other planes the action may not exist: then the rule blocks. */
export function onPlanes(rule: NewRule, planes: Planes): NewRule {
  const actions: readonly Action[] = actionsOf[planes];
  return { ...rule, planes, action: actions.includes(rule.action) ? rule.action : "block" };
}

export type Missing = "id" | "taken" | "hosts" | "list";

/** What must be filled in before it can be tried. */
export function missingIn(rule: NewRule, known: readonly string[]): readonly Missing[] {
  const id = rule.id.trim();
  const missing: Missing[] = [];
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(id)) missing.push("id");
  if (known.includes(id)) missing.push("taken");
  if (rule.target === "hosts" && hostsOf(rule).length === 0) missing.push("hosts");
  if (rule.target === "list" && rule.list === "") missing.push("list");
  return missing;
}

const hostsOf = ({ hosts }: NewRule): string[] => [
  ...new Set(hosts.split(/[\s,、，]+/).filter((host) => host !== "")),
];

export function newRuleEdit(rule: NewRule): object {
  const text = (key: "expires" | "message" | "name" | "owner") => {
    const value = rule[key].trim();
    return value !== "" && { [key]: value };
  };
  const groups = groupsOf(rule.groups);
  return {
    act: "add",
    value: {
      id: rule.id.trim(),
      ...text("name"),
      ...text("owner"),
      plane: rule.planes === "both" ? ["isolated", "terminal"] : [rule.planes],
      ...(groups.length > 0 && { from: { groups } }),
      to: targetOf(rule),
      action: rule.action,
      ...(rule.mode === "report" && { mode: rule.mode }),
      ...(rule.action === "block" && text("message")),
      ...text("expires"),
    },
    before: rule.before === "" ? null : rule.before,
  };
}

function targetOf(rule: NewRule): object {
  switch (rule.target) {
    case "any":
      return { any: true };
    case "list":
      return { lists: [rule.list] };
    case "hosts":
      return { hosts: hostsOf(rule) };
  }
}

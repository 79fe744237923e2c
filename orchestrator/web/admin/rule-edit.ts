/** From the fields of a rule's edit to the edit of the contract. Pure. */
export const ruleActs = [
  "mode",
  "action",
  "expires",
  "name",
  "message",
  "owner",
  "move",
  "remove",
] as const;
export type RuleAct = (typeof ruleActs)[number];

export interface RuleChange {
  readonly act: RuleAct;
  /** What the act's own field says: a mode, an action, a day, a text, the rule to stand before. */
  readonly value: string;
}

export const noRuleChange: RuleChange = { act: "mode", value: "report" };

/** What the field of an act begins with. */
export const firstValue = (act: RuleAct): string =>
  act === "mode" ? "report" : act === "action" ? "block" : "";

/** An empty text or day takes the key away; an empty place is the end. */
export function ruleEdit(rule: string, { act, value }: RuleChange): object {
  const text = value.trim();
  const orNothing = text === "" ? null : text;
  switch (act) {
    case "remove":
      return { act, rule };
    case "move":
      return { act, rule, before: orNothing };
    case "mode":
    case "action":
    case "expires":
    case "name":
    case "message":
    case "owner":
      return { act: "set", rule, key: act, value: orNothing };
  }
}

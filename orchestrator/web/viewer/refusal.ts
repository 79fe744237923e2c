/** Which sentence explains a refusal. Pure; the words are in the dictionary. */
import { isTextName, type TextName } from "../i18n/dictionary.ts";
import type { refusalTexts } from "../i18n/refusal-texts.ts";

type RefusalText = keyof typeof refusalTexts;

/**
 * Guards name themselves in `rule` ("guard.deny_ip"), the default denial is "default"; anything else is
 * a rule of the site. A guard this page does not know yet gets the general sentence.
 */
export function refusalText(refusal: {
  readonly rule: string;
  readonly reason: string;
}): RefusalText {
  for (const code of [refusal.rule, refusal.reason]) {
    if (!code.startsWith("guard.")) continue;
    const name = `refusal.${code}`;
    return isRefusalText(name) ? name : "refusal.unknown";
  }
  if (refusal.rule === "default") return "refusal.default";
  return refusal.rule === "" ? "refusal.unknown" : "refusal.rule";
}

function isRefusalText(name: string): name is RefusalText & TextName {
  return name.startsWith("refusal.") && isTextName(name);
}

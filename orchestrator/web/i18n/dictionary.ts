/**
 * Every string people read, in every language: its parts merged into one dictionary. A text that
 * lacks a language, or a name that is not in here, does not compile.
 */
import { accountTexts } from "./account-texts.ts";
import { adminTexts } from "./admin-texts.ts";
import { auditReasonTexts } from "./audit-reason-texts.ts";
import { auditTexts } from "./audit-texts.ts";
import { commonTexts } from "./common-texts.ts";
import { healthTexts } from "./health-texts.ts";
import { helpTexts } from "./help-texts.ts";
import { isolationTexts } from "./isolation-texts.ts";
import { fileTexts } from "./file-texts.ts";
import { fill, type Language, type Placeholders } from "./language.ts";
import { noticeTexts } from "./notice-texts.ts";
import { policyTexts } from "./policy-texts.ts";
import { refusalTexts } from "./refusal-texts.ts";
import { requestTexts } from "./request-texts.ts";
import { rightsTexts } from "./rights-texts.ts";
import { settingNameTexts } from "./setting-name-texts.ts";
import { settingsTexts } from "./settings-texts.ts";
import { tokenTexts } from "./token-texts.ts";
import { trayTexts } from "./tray-texts.ts";
import { trendTexts } from "./trend-texts.ts";
import { viewerTexts } from "./viewer-texts.ts";
import { windowTexts } from "./window-texts.ts";

export const dictionary = {
  ...commonTexts,
  ...viewerTexts,
  ...windowTexts,
  ...trayTexts,
  ...refusalTexts,
  ...accountTexts,
  ...adminTexts,
  ...auditTexts,
  ...auditReasonTexts,
  ...healthTexts,
  ...helpTexts,
  ...isolationTexts,
  ...requestTexts,
  ...policyTexts,
  ...fileTexts,
  ...rightsTexts,
  ...settingNameTexts,
  ...settingsTexts,
  ...tokenTexts,
  ...noticeTexts,
  ...trendTexts,
} as const;

export type TextName = keyof typeof dictionary;
type Values<Name extends TextName> = Record<
  Placeholders<(typeof dictionary)[Name][Language]>,
  string | number
>;
/** Values for the braces of a text; none are asked for where it has none. */
export type TextArgs<Name extends TextName> = [
  Placeholders<(typeof dictionary)[Name][Language]>,
] extends [never]
  ? []
  : [values: Values<Name>];

export function text<Name extends TextName>(
  language: Language,
  name: Name,
  ...args: TextArgs<Name>
): string {
  return fill(dictionary[name][language], args[0] ?? {});
}

/** True when `name` is a text; for codes that come from the server and may be newer than this page. */
export function isTextName(name: string): name is TextName {
  return Object.hasOwn(dictionary, name);
}

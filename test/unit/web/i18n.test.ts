import { describe, expect, test } from "vitest";
import { auditActions, auditOutcomes } from "../../../orchestrator/audit/events.ts";
import { healthCheckIds, healthLevels } from "../../../orchestrator/doctor/types.ts";
import { downloadStages, verdicts } from "../../../orchestrator/downloads/types.ts";
import { roles } from "../../../orchestrator/http/contract.ts";
import { apiScopes } from "../../../orchestrator/identity/types.ts";
import { entryForms } from "../../../policies/entry-forms.ts";
import { neverReasons, requestStates } from "../../../orchestrator/requests/types.ts";
import { versionSources } from "../../../orchestrator/policy-desk/versions.ts";
import { listSettings } from "../../../orchestrator/settings/list-settings.ts";
import { fixedReasons } from "../../../orchestrator/settings/types.ts";
import { isolationStates } from "../../../orchestrator/trend/types.ts";
import { endReasons, sessionStates } from "../../../orchestrator/sessions/types.ts";
import { accountTexts } from "../../../orchestrator/web/i18n/account-texts.ts";
import { adminTexts } from "../../../orchestrator/web/i18n/admin-texts.ts";
import { auditReasonTexts } from "../../../orchestrator/web/i18n/audit-reason-texts.ts";
import { auditTexts } from "../../../orchestrator/web/i18n/audit-texts.ts";
import { commonTexts } from "../../../orchestrator/web/i18n/common-texts.ts";
import { dictionary, isTextName, text } from "../../../orchestrator/web/i18n/dictionary.ts";
import { fileTexts } from "../../../orchestrator/web/i18n/file-texts.ts";
import { languages } from "../../../orchestrator/web/i18n/language.ts";
import { healthTexts } from "../../../orchestrator/web/i18n/health-texts.ts";
import { helpTexts } from "../../../orchestrator/web/i18n/help-texts.ts";
import { isolationTexts } from "../../../orchestrator/web/i18n/isolation-texts.ts";
import { policyTexts } from "../../../orchestrator/web/i18n/policy-texts.ts";
import { refusalTexts } from "../../../orchestrator/web/i18n/refusal-texts.ts";
import { requestTexts } from "../../../orchestrator/web/i18n/request-texts.ts";
import { noticeTexts } from "../../../orchestrator/web/i18n/notice-texts.ts";
import { rightsTexts } from "../../../orchestrator/web/i18n/rights-texts.ts";
import { settingNameTexts } from "../../../orchestrator/web/i18n/setting-name-texts.ts";
import { settingsTexts } from "../../../orchestrator/web/i18n/settings-texts.ts";
import { tokenTexts } from "../../../orchestrator/web/i18n/token-texts.ts";
import { trendTexts } from "../../../orchestrator/web/i18n/trend-texts.ts";
import { viewerTexts } from "../../../orchestrator/web/i18n/viewer-texts.ts";
import { trayTexts } from "../../../orchestrator/web/i18n/tray-texts.ts";
import { windowTexts } from "../../../orchestrator/web/i18n/window-texts.ts";

const placeholders = (words: string): string[] =>
  [...words.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();

describe("every text", () => {
  for (const [name, words] of Object.entries(dictionary)) {
    test(`${name} has words in each language and the same values in all`, () => {
      for (const language of languages) expect(words[language].trim()).not.toBe("");
      expect(placeholders(words.en)).toEqual(placeholders(words.ja));
    });
  }

  test("is in one part only, so that none is overwritten by another", () => {
    const parts = [
      commonTexts,
      viewerTexts,
      windowTexts,
      trayTexts,
      refusalTexts,
      accountTexts,
      adminTexts,
      auditReasonTexts,
      auditTexts,
      healthTexts,
      helpTexts,
      isolationTexts,
      requestTexts,
      policyTexts,
      fileTexts,
      rightsTexts,
      settingNameTexts,
      settingsTexts,
      tokenTexts,
      noticeTexts,
      trendTexts,
    ].flatMap((part) => Object.keys(part));
    expect(parts.length).toBe(Object.keys(dictionary).length);
  });

  test("that is Japanese is not English left over", () => {
    const same = Object.entries(dictionary)
      .filter(([name, words]) => words.ja === words.en && name !== "app.name")
      .map(([name]) => name);
    expect(same).toEqual([]);
  });

  test("gets its values filled in", () => {
    expect(text("ja", "viewer.idle", { seconds: 5 })).toContain("あと 5 秒");
  });
});

describe("every value of the contract has words", () => {
  const values: readonly (readonly [string, readonly string[]])[] = [
    ["ended.reason.", endReasons],
    ["sessions.state.", sessionStates],
    ["verdict.", verdicts],
    ["stage.", downloadStages],
    ["action.", auditActions],
    ["outcome.", auditOutcomes],
    ["role.", roles],
    ["scope.", apiScopes],
    ["requests.state.", requestStates],
    ["ask.never.", neverReasons],
    ["history.source.", versionSources],
    ["inbox.form.", entryForms],
    ["overview.isolation.", isolationStates],
    ["groups.role.", roles],
    ["settings.fixed.", fixedReasons],
    [
      "setting.",
      listSettings().map(({ path }) => path.replace(/^(?:proxy|terminals)\.limits\./, "limits.")),
    ],
    ["finding.row.", healthCheckIds],
    ["finding.why.", healthCheckIds],
    ["finding.level.", healthLevels],
  ];
  for (const [prefix, names] of values) {
    test(`${prefix}*`, () => {
      expect(names.filter((name) => !isTextName(`${prefix}${name}`))).toEqual([]);
    });
  }

  test("the choices of the pages are exactly the contract's", () => {
    const named = (prefix: string): string[] =>
      Object.keys(adminTexts)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length))
        .sort();
    expect(named("action.")).toEqual([...auditActions].sort());
    expect(named("outcome.")).toEqual([...auditOutcomes].sort());
    expect(named("role.")).toEqual([...roles].sort());
  });
});

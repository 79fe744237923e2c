/** One change of a rule: what to do with it; then it is tried, shown and published. Comments around it stay. */
import { useState } from "react";
import type { PolicyStatus } from "../../http/overview-contract.ts";
import { useText } from "../base/language.ts";
import { Field, SelectField } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { ChangeDialog } from "./change-dialog.tsx";
import {
  firstValue,
  noRuleChange,
  type RuleAct,
  ruleActs,
  type RuleChange,
  ruleEdit,
} from "./rule-edit.ts";
import { useCurrentVersion } from "./use-current-version.ts";

type Rules = PolicyStatus["rules"];

export function RuleEditDialog(props: {
  readonly rule: string;
  readonly rules: Rules;
  readonly onClose: () => void;
  readonly onPublished: () => void;
}): React.JSX.Element {
  const t = useText();
  const { rule, onClose } = props;
  const { base, act, reload } = useCurrentVersion();
  const [change, setChange] = useState<RuleChange>(noRuleChange);
  const [isTrying, setTrying] = useState(false);
  const title = t("ruleEdit.title", { rule });
  if (isTrying && base !== null)
    return (
      <ChangeDialog
        title={title}
        change={{ kind: "edits", edits: [{ kind: "rule", edit: ruleEdit(rule, change) }] }}
        base={base}
        act={t("change.publish")}
        onClose={() => setTrying(false)}
        onPublished={props.onPublished}
      />
    );
  return (
    <FormDialog
      title={title}
      onClose={onClose}
      act={act}
      submit={t("listEdit.try")}
      testId="rule-edit-try"
      disabled={base === null}
      onSubmit={() => setTrying(true)}
      onRetry={reload}
    >
      <SelectField
        label={t("listEdit.act")}
        testId="rule-edit-act"
        value={change.act}
        onChange={(value) => {
          const act = value as RuleAct;
          setChange({ act, value: firstValue(act) });
        }}
      >
        {ruleActs.map((act) => (
          <option key={act} value={act}>
            {t(`ruleEdit.act.${act}`)}
          </option>
        ))}
      </SelectField>
      <ValueField
        rule={rule}
        rules={props.rules}
        change={change}
        onChange={(value) => setChange({ ...change, value })}
      />
    </FormDialog>
  );
}

function ValueField(props: {
  readonly rule: string;
  readonly rules: Rules;
  readonly change: RuleChange;
  readonly onChange: (value: string) => void;
}): React.JSX.Element {
  const t = useText();
  const { rule, rules, change, onChange } = props;
  const common = { testId: "rule-edit-value", value: change.value, onChange } as const;
  switch (change.act) {
    case "mode":
      return (
        <SelectField label={t("ruleEdit.value.mode")} {...common}>
          <option value="report">{t("ruleEdit.mode.report")}</option>
          <option value="enforce">{t("ruleEdit.mode.enforce")}</option>
        </SelectField>
      );
    case "action":
      return (
        <SelectField label={t("policy.ruleAction")} {...common}>
          {(["block", "isolate", "allow", "direct"] as const).map((action) => (
            <option key={action} value={action}>
              {t(`policy.action.${action}`)}
            </option>
          ))}
        </SelectField>
      );
    case "move":
      return (
        <SelectField label={t("ruleEdit.value.move")} {...common}>
          {rules
            .filter(({ id }) => id !== rule)
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {`${id} ${name}`.trim()}
              </option>
            ))}
          <option value="">{t("ruleEdit.end")}</option>
        </SelectField>
      );
    case "remove":
      return (
        <p className="border-l-4 border-caution pl-3 text-[0.9375rem]">
          {t("ruleEdit.removeWarning")}
        </p>
      );
    case "expires":
    case "name":
    case "message":
    case "owner":
      return (
        <Field
          dense
          optionalMark
          label={t(`ruleEdit.value.${change.act}`)}
          help={t("ruleEdit.emptyHelp")}
          data-testid="rule-edit-value"
          {...(change.act === "expires" && { type: "date", className: "max-w-60" })}
          maxLength={change.act === "message" ? 500 : 100}
          value={change.value}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}

/** The fields of a new rule, in the order in which a person says it: what it is, whom and what it meets, what then. */
import type { PolicyStatus } from "../../http/overview-contract.ts";
import { useText } from "../base/language.ts";
import { Field, SelectField, TextAreaField } from "../ui/field.tsx";
import {
  type Action,
  actionsOf,
  type Missing,
  type NewRule,
  onPlanes,
  type Planes,
} from "./new-rule.ts";

interface FieldsProps {
  readonly rule: NewRule;
  readonly policy: Pick<PolicyStatus, "lists" | "rules">;
  readonly missing: readonly Missing[];
  readonly onChange: (rule: NewRule) => void;
}

export function NewRuleFields(props: FieldsProps): React.JSX.Element {
  const t = useText();
  const { rule, policy, missing, onChange } = props;
  const set = (part: Partial<NewRule>): void => onChange({ ...rule, ...part });
  const idError = missing.includes("taken")
    ? t("newRule.idTaken")
    : missing.includes("id")
      ? t("newRule.idInvalid")
      : undefined;
  return (
    <div className="grid gap-x-4 gap-y-4 sm:grid-cols-2">
      <Field
        dense
        required
        autoFocus
        label={t("newRule.id")}
        help={t("newRule.idHelp")}
        error={idError}
        className="font-mono"
        data-testid="new-rule-id"
        spellCheck={false}
        autoComplete="off"
        maxLength={64}
        value={rule.id}
        onChange={(event) => set({ id: event.target.value })}
      />
      <Field
        dense
        optionalMark
        label={t("policy.ruleName")}
        help={t("newRule.nameHelp")}
        data-testid="new-rule-name"
        maxLength={200}
        value={rule.name}
        onChange={(event) => set({ name: event.target.value })}
      />
      <SelectField
        label={t("explain.plane")}
        testId="new-rule-planes"
        value={rule.planes}
        onChange={(planes) => onChange(onPlanes(rule, planes as Planes))}
      >
        <option value="isolated">{t("explain.plane.isolated")}</option>
        <option value="terminal">{t("explain.plane.terminal")}</option>
        <option value="both">{t("newRule.planes.both")}</option>
      </SelectField>
      <Field
        dense
        optionalMark
        label={t("explain.groups")}
        placeholder={t("newRule.groupsHelp")}
        data-testid="new-rule-groups"
        spellCheck={false}
        maxLength={1000}
        value={rule.groups}
        onChange={(event) => set({ groups: event.target.value })}
      />
      <Target {...props} />
      <SelectField
        label={t("policy.ruleAction")}
        testId="new-rule-action"
        value={rule.action}
        onChange={(action) => set({ action: action as Action })}
      >
        {actionsOf[rule.planes].map((action) => (
          <option key={action} value={action}>
            {t(`policy.action.${action}`)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t("ruleEdit.value.mode")}
        testId="new-rule-mode"
        value={rule.mode}
        onChange={(mode) => set({ mode: mode === "report" ? "report" : "enforce" })}
      >
        <option value="enforce">{t("ruleEdit.mode.enforce")}</option>
        <option value="report">{t("ruleEdit.mode.report")}</option>
      </SelectField>
      {rule.action === "block" && (
        <div className="sm:col-span-2">
          <Field
            dense
            optionalMark
            label={t("ruleEdit.value.message")}
            data-testid="new-rule-message"
            maxLength={500}
            value={rule.message}
            onChange={(event) => set({ message: event.target.value })}
          />
        </div>
      )}
      <Field
        dense
        optionalMark
        label={t("ruleEdit.value.owner")}
        data-testid="new-rule-owner"
        maxLength={100}
        value={rule.owner}
        onChange={(event) => set({ owner: event.target.value })}
      />
      <Field
        dense
        optionalMark
        type="date"
        label={t("ruleEdit.value.expires")}
        data-testid="new-rule-expires"
        value={rule.expires}
        onChange={(event) => set({ expires: event.target.value })}
      />
      <div className="sm:col-span-2">
        <SelectField
          label={t("ruleEdit.value.move")}
          testId="new-rule-before"
          value={rule.before}
          onChange={(before) => set({ before })}
        >
          <option value="">{t("ruleEdit.end")}</option>
          {policy.rules.map(({ id, name }) => (
            <option key={id} value={id}>
              {`${id} ${name}`.trim()}
            </option>
          ))}
        </SelectField>
        <p className="mt-1.5 text-[0.875rem] text-muted">{t("newRule.orderHelp")}</p>
      </div>
    </div>
  );
}

function Target({ rule, policy, missing, onChange }: FieldsProps): React.JSX.Element {
  const t = useText();
  const set = (part: Partial<NewRule>): void => onChange({ ...rule, ...part });
  return (
    <>
      <SelectField
        label={t("newRule.target")}
        testId="new-rule-target"
        value={rule.target}
        onChange={(target) => set({ target: target as NewRule["target"] })}
      >
        <option value="hosts">{t("newRule.target.hosts")}</option>
        {policy.lists.length > 0 && <option value="list">{t("newRule.target.list")}</option>}
        <option value="any">{t("newRule.target.any")}</option>
      </SelectField>
      {rule.target === "list" && (
        <SelectField
          label={t("newRule.list")}
          testId="new-rule-list"
          error={missing.includes("list") ? t("newRule.listMissing") : undefined}
          value={rule.list}
          onChange={(list) => set({ list })}
        >
          <option value="">{t("newRule.listChoose")}</option>
          {policy.lists.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </SelectField>
      )}
      {rule.target === "any" && (
        <p className="self-end border-l-4 border-caution pl-3 text-[0.9375rem]">
          {t("newRule.anyWarning")}
        </p>
      )}
      {rule.target === "hosts" && (
        <div className="sm:col-span-2">
          <TextAreaField
            dense
            label={t("newRule.hosts")}
            help={t("newRule.hostsHelp")}
            error={missing.includes("hosts") ? t("newRule.hostsMissing") : undefined}
            testId="new-rule-hosts"
            rows={2}
            maxLength={8000}
            value={rule.hosts}
            onChange={(hosts) => set({ hosts })}
          />
        </div>
      )}
    </>
  );
}

/** What the auditor looks for. */
import { type SyntheticEvent, useState } from "react";
import type { AuditRecord } from "../../http/contract.ts";
import { useText } from "../base/language.ts";
import { adminTexts } from "../i18n/admin-texts.ts";
import { Button } from "../ui/button.tsx";
import { Field, SelectField } from "../ui/field.tsx";
import { Card } from "../ui/page-shell.tsx";
import { type AuditFilters, noFilters } from "./audit-query.ts";

type Action = AuditRecord["action"];
type Outcome = AuditRecord["outcome"];

/** Lengths of the contract. */
const longest = {
  user: 128,
  section: 64,
  terminal: 64,
  host: 253,
  file: 255,
  session: 64,
  q: 256,
} as const;
type WordField = keyof typeof longest;
/** Fields that are asked for now and then. */
const more = ["host", "file", "terminal", "session"] as const;

const named = <Name extends string>(prefix: string): Name[] =>
  Object.keys(adminTexts)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length) as Name);

export function AuditFilterForm(props: {
  readonly filters: AuditFilters;
  readonly onApply: (filters: AuditFilters) => void;
}): React.JSX.Element {
  const t = useText();
  const [draft, setDraft] = useState<AuditFilters>(props.filters);
  const change = (part: Partial<AuditFilters>): void => setDraft({ ...draft, ...part });
  const words = (name: WordField, label: string, placeholder?: string): React.JSX.Element => (
    <Field
      key={name}
      dense
      label={label}
      placeholder={placeholder}
      data-testid={`audit-filter-${name}`}
      autoComplete="off"
      maxLength={longest[name]}
      value={draft[name]}
      onChange={(event) => change({ [name]: event.target.value })}
    />
  );
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    props.onApply(draft);
  };
  return (
    <Card className="p-6">
      <form className="grid grid-cols-2 items-end gap-x-4 gap-y-5 md:grid-cols-4" onSubmit={submit}>
        <Field
          dense
          type="datetime-local"
          label={t("audit.from")}
          data-testid="audit-filter-from"
          value={draft.from}
          onChange={(event) => change({ from: event.target.value })}
        />
        <Field
          dense
          type="datetime-local"
          label={t("audit.to")}
          data-testid="audit-filter-to"
          value={draft.to}
          onChange={(event) => change({ to: event.target.value })}
        />
        <SelectField
          label={t("audit.action")}
          testId="audit-filter-action"
          value={draft.action ?? ""}
          onChange={(action) => change({ action: action as Action | "" })}
        >
          <option value="">{t("audit.all")}</option>
          {named<Action>("action.").map((action) => (
            <option key={action} value={action}>
              {t(`action.${action}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t("audit.outcome")}
          testId="audit-filter-outcome"
          value={draft.outcome ?? ""}
          onChange={(outcome) => change({ outcome: outcome as Outcome | "" })}
        >
          <option value="">{t("audit.all")}</option>
          {named<Outcome>("outcome.").map((outcome) => (
            <option key={outcome} value={outcome}>
              {t(`outcome.${outcome}`)}
            </option>
          ))}
        </SelectField>
        {words("user", t("audit.user"))}
        {words("section", t("audit.section"))}
        <div className="col-span-2">{words("q", t("audit.text"), t("audit.textHelp"))}</div>
        <details
          className="col-span-2 md:col-span-4"
          open={more.some((name) => draft[name] !== "")}
        >
          <summary className="w-fit cursor-pointer py-1 font-bold text-[0.875rem]">
            {t("audit.more")}
          </summary>
          <div className="mt-3 grid grid-cols-2 gap-x-4 gap-y-5 md:grid-cols-4">
            {more.map((name) => words(name, t(`audit.${name}`)))}
          </div>
        </details>
        <div className="col-span-2 flex gap-3">
          <Button
            type="submit"
            size="sm"
            className="min-h-10! px-6!"
            data-testid="audit-filter-apply"
          >
            {t("audit.apply")}
          </Button>
          <Button
            size="sm"
            variant="text"
            className="min-h-10!"
            onClick={() => {
              setDraft(noFilters);
              props.onApply(noFilters);
            }}
          >
            {t("audit.clear")}
          </Button>
        </div>
      </form>
    </Card>
  );
}

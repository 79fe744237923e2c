/** Explain: an address, for whom and when; the verdict, what decided it, and every rule that was passed over. */
import { type SyntheticEvent, useState } from "react";
import type { ExplainView } from "../../http/policy-contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Field, SelectField } from "../ui/field.tsx";
import { EmptyState } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { explainBody, type ExplainForm, emptyExplainForm } from "./explain-form.ts";
import { ExplanationFacts, TraceTable } from "./explanation-view.tsx";

export default function AdminExplainPage(): React.JSX.Element {
  const t = useText();
  const [form, setForm] = useState<ExplainForm>(() => emptyExplainForm(location.search));
  const { busy, error, run } = useAct();
  const [answer, setAnswer] = useState<ExplainView | null>(null);

  const ask = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const isAnswered = await run(async () =>
      setAnswer(await call<ExplainView>("POST", "/api/admin/policy/explain", explainBody(form))),
    );
    if (!isAnswered) setAnswer(null);
  };

  return (
    <PageShell title={t("explain.title")}>
      <PageHeading title={t("explain.title")} lead={t("explain.lead")} />
      <Card className="p-6">
        <form
          className="grid grid-cols-2 items-end gap-x-4 gap-y-5 md:grid-cols-4"
          onSubmit={(event) => void ask(event)}
        >
          <Questions form={form} onChange={setForm} />
          <Button
            type="submit"
            size="sm"
            className="min-h-10! justify-self-start px-6!"
            disabled={busy}
            data-testid="explain-run"
          >
            {t("explain.run")}
          </Button>
        </form>
      </Card>
      <div className="mt-6 flex flex-col gap-6">
        {error && <ErrorBanner error={error} />}
        {answer ? (
          <Answer answer={answer} />
        ) : (
          !error && (
            <Card>
              <EmptyState text={t("explain.empty")} />
            </Card>
          )
        )}
      </div>
    </PageShell>
  );
}

const texts = [
  { key: "user", label: "explain.user", help: "explain.userHelp", max: 128 },
  { key: "groups", label: "explain.groups", help: "explain.groupsHelp", max: 1000 },
  { key: "terminal", label: "explain.terminal", max: 64 },
  { key: "resolves", label: "explain.resolves", max: 64 },
] as const;

function Questions(props: {
  readonly form: ExplainForm;
  readonly onChange: (form: ExplainForm) => void;
}): React.JSX.Element {
  const t = useText();
  const { form } = props;
  const change = (part: Partial<ExplainForm>): void => props.onChange({ ...form, ...part });
  return (
    <>
      <div className="col-span-2">
        <Field
          dense
          required
          label={t("explain.target")}
          placeholder={t("explain.targetHelp")}
          data-testid="explain-target"
          autoFocus
          spellCheck={false}
          maxLength={8192}
          value={form.target}
          onChange={(event) => change({ target: event.target.value })}
        />
      </div>
      <SelectField
        label={t("explain.plane")}
        testId="explain-plane"
        value={form.plane}
        onChange={(plane) => change({ plane: plane === "terminal" ? "terminal" : "isolated" })}
      >
        <option value="isolated">{t("explain.plane.isolated")}</option>
        <option value="terminal">{t("explain.plane.terminal")}</option>
      </SelectField>
      <Field
        dense
        type="datetime-local"
        label={t("explain.at")}
        value={form.at}
        onChange={(event) => change({ at: event.target.value })}
      />
      {texts.map((each) => (
        <Field
          key={each.key}
          dense
          label={t(each.label)}
          {...("help" in each && { placeholder: t(each.help) })}
          data-testid={`explain-${each.key}`}
          spellCheck={false}
          maxLength={each.max}
          value={form[each.key]}
          onChange={(event) => change({ [each.key]: event.target.value })}
        />
      ))}
    </>
  );
}

function Answer(props: { readonly answer: ExplainView }): React.JSX.Element {
  const t = useText();
  const { explanation, owner, groups, policyVersion } = props.answer;
  return (
    <>
      <Card className="px-8 py-6">
        <ExplanationFacts explanation={explanation} owner={owner} />
        <p className="mt-4 border-t border-line pt-3 text-[0.8125rem] text-muted">
          {t("explain.groupsUsed")}: {groups.length === 0 ? t("common.none") : groups.join(", ")}
          <span className="ml-6">
            {t("explain.version")}: <code className="font-mono">{policyVersion.slice(0, 16)}</code>
          </span>
        </p>
      </Card>
      <section aria-labelledby="trace">
        <h2 id="trace" className="mb-3 text-std-22B-150">
          {t("explain.trace")}
        </h2>
        <Card className="overflow-x-auto">
          <TraceTable trace={explanation.trace} />
        </Card>
      </section>
    </>
  );
}

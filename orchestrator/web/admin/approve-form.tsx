/** Approving a request: how the host is written, into which list, until when. Only what opens it is offered. */
import { useId, useState } from "react";
import type { EntryForm, RequestDetailView } from "../../http/request-contract.ts";
import { type Translate, useLanguage, useText } from "../base/language.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field, TextAreaField } from "../ui/field.tsx";
import { type NotPublished, useDecide } from "./use-decide.ts";

type Outlook = RequestDetailView["outlook"];
type Form = Extract<Outlook, { state: "askable" }>["forms"][number];
type Opening = Form["openings"][number];

export function ApproveForm(props: {
  readonly detail: RequestDetailView;
  readonly onBack: () => void;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): React.JSX.Element {
  const t = useText();
  const { request, outlook, proposedExpiry, longestExpiry } = props.detail;
  const forms = outlook.state === "askable" ? outlook.forms : [];
  const [form, setForm] = useState<EntryForm>("exact");
  const openings = forms.find((each) => each.form === form)?.openings ?? [];
  const [chosen, setChosen] = useState("");
  const opening = openings.find(({ id }) => id === chosen) ?? openings[0];
  const [expires, setExpires] = useState(proposedExpiry);
  const [answer, setAnswer] = useState("");
  const { busy, error, notPublished, send } = useDecide(request.id, props.onDone);
  const needsOpening = outlook.state === "askable";
  const approve = (): void =>
    void send({
      decision: "approve",
      ...(opening && { opening: opening.id }),
      form,
      expires,
      answer: answer.trim(),
    });
  return (
    <Dialog
      wide
      title={t("inbox.approveTitle")}
      onClose={props.onClose}
      dismissable={answer === ""}
      actions={
        <>
          <Button variant="outline" onClick={props.onBack}>
            {t("inbox.back")}
          </Button>
          <Button
            disabled={busy || expires === "" || (needsOpening && !opening)}
            data-testid="approve-confirm"
            onClick={approve}
          >
            {busy ? t("inbox.busy") : t("inbox.approve")}
          </Button>
        </>
      }
    >
      {error && <ErrorBanner error={error} />}
      {notPublished && <NotPublishedBanner answer={notPublished} />}
      <p className="break-all">
        <b>{request.target}</b>
        <span className="ml-4 text-muted">{request.userName}</span>
      </p>
      {outlook.state === "open" && <Banner tone="info" title={t("inbox.nowOpen")} />}
      {needsOpening && (
        <>
          <FormChoice forms={forms} form={form} onChange={setForm} />
          <WayChoice openings={openings} chosen={opening} onChange={setChosen} />
          <Field
            dense
            type="date"
            label={t("inbox.expires")}
            help={t("inbox.expiresHelp", { day: longestExpiry })}
            data-testid="approve-expires"
            className="max-w-60"
            required
            max={longestExpiry}
            value={expires}
            onChange={(event) => setExpires(event.target.value)}
          />
        </>
      )}
      <TextAreaField
        label={t("inbox.answer")}
        optionalMark
        maxLength={500}
        rows={2}
        testId="approve-answer"
        value={answer}
        onChange={setAnswer}
      />
    </Dialog>
  );
}

function FormChoice(props: {
  readonly forms: readonly Form[];
  readonly form: EntryForm;
  readonly onChange: (form: EntryForm) => void;
}): React.JSX.Element {
  const t = useText();
  const name = useId();
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="text-std-16B-170">{t("inbox.form")}</legend>
      {props.forms.map(({ form, entry }) => (
        <label key={form} className="flex min-h-8 items-center gap-3">
          <input
            type="radio"
            name={name}
            data-testid={`approve-form-${form}`}
            checked={form === props.form}
            onChange={() => props.onChange(form)}
          />
          <code className="break-all font-mono font-bold">{entry}</code>
          <span className="text-[0.875rem] text-muted">{t(`inbox.form.${form}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function WayChoice(props: {
  readonly openings: readonly Opening[];
  readonly chosen: Opening | undefined;
  readonly onChange: (id: string) => void;
}): React.JSX.Element {
  const t = useText();
  const name = useId();
  if (props.openings.length === 0) return <Banner tone="caution" title={t("inbox.noWay")} />;
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="text-std-16B-170">{t("inbox.way")}</legend>
      {props.openings.map((opening) => (
        <label key={opening.id} className="flex min-h-8 items-center gap-3">
          <input
            type="radio"
            name={name}
            checked={opening.id === props.chosen?.id}
            onChange={() => props.onChange(opening.id)}
          />
          <span className="break-all font-bold">{wayText(t, opening)}</span>
          <span className="text-[0.875rem] text-muted">
            {t("inbox.wayFor", {
              groups:
                opening.groups.length === 0 ? t("inbox.everybody") : opening.groups.join(", "),
              rule: opening.rule,
            })}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function wayText(t: Translate, { additions }: Opening): string {
  return additions
    .map(({ list, entry }) =>
      t(entry.startsWith("!") ? "inbox.wayExcept" : "inbox.wayAdd", { list }),
    )
    .join(" + ");
}

function NotPublishedBanner(props: { readonly answer: NotPublished }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <Banner
      tone="danger"
      title={t(`inbox.notPublished.${props.answer.reason}`)}
      testId="not-published"
    >
      <ul>
        {props.answer.details.map((each) => (
          <li key={each.en} className="break-words">
            {each[language]}
          </li>
        ))}
      </ul>
    </Banner>
  );
}

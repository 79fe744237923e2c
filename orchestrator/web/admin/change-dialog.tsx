/**
 * The last step of every change of the policy: it is tried first, shown in words, and published only with a
 * reason and a second click. What came of it is told, whoever else was faster included.
 */
import { useState } from "react";
import { call } from "../base/api.ts";
import { type Translate, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Spinner } from "../ui/icons.tsx";
import { TrialResult } from "./trial-view.tsx";
import { useTrial } from "./use-trial.ts";

export type Change =
  | { readonly kind: "version"; readonly number: number }
  | { readonly kind: "edits"; readonly edits: readonly object[] };

type Outcome =
  | { readonly outcome: "published"; readonly inForce: boolean }
  | { readonly outcome: "unchanged" }
  | { readonly outcome: "refused" }
  | { readonly outcome: "conflict"; readonly current: number; readonly kept: number };

const replayHours = 24;

export function ChangeDialog(props: {
  readonly title: string;
  readonly change: Change;
  /** Number of the version that the person saw. */
  readonly base: number;
  /** What the last button says. */
  readonly act: string;
  readonly onClose: () => void;
  readonly onPublished: () => void;
}): React.JSX.Element {
  const t = useText();
  const { change, base } = props;
  const trial = useTrial(JSON.stringify({ source: change, base, replayHours }));
  const [note, setNote] = useState("");
  const [missing, setMissing] = useState(false);
  const { busy, error, run } = useAct();
  const [told, setTold] = useState<string | null>(null);

  const publish = async (): Promise<void> => {
    setMissing(note.trim() === "");
    if (note.trim() === "") return;
    setTold(null);
    await run(async () => {
      const words = wordsOf(t, await send(change, base, note.trim()));
      if (words === null) props.onPublished();
      else setTold(words);
    });
  };

  const isGood = trial.state === "done" && trial.trial.ok;
  return (
    <Dialog
      wide
      title={props.title}
      onClose={props.onClose}
      dismissable={note === ""}
      actions={
        <>
          <Button variant="outline" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            disabled={busy || !isGood}
            data-testid="change-publish"
            onClick={() => void publish()}
          >
            {busy ? t("change.busy") : props.act}
          </Button>
        </>
      }
    >
      {error && <ErrorBanner error={error} />}
      {told !== null && <Banner tone="caution" title={told} testId="change-told" />}
      {trial.state === "running" && (
        <p role="status" className="flex items-center gap-3 py-6 text-muted">
          <Spinner />
          {t("trial.running", { percent: Math.round(trial.progress * 100) })}
        </p>
      )}
      {trial.state === "failed" && <ErrorBanner error={trial.error} />}
      {trial.state === "done" && <TrialResult trial={trial.trial} />}
      {isGood && (
        <Field
          label={t("change.reason")}
          help={t("change.reasonHelp")}
          error={missing ? t("change.reasonMissing") : undefined}
          data-testid="change-note"
          required
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      )}
    </Dialog>
  );
}

function send(change: Change, base: number, note: string): Promise<Outcome> {
  return change.kind === "version"
    ? call<Outcome>("POST", "/api/admin/policy/rollback", { to: change.number, base, note })
    : call<Outcome>("POST", "/api/admin/policy/publish", { source: change, base, note });
}

/** Null: done as wanted. */
function wordsOf(t: Translate, outcome: Outcome): string | null {
  switch (outcome.outcome) {
    case "published":
      return outcome.inForce ? null : t("change.notYet");
    case "unchanged":
      return t("change.unchanged");
    case "refused":
      return t("change.refused");
    case "conflict":
      return t("change.conflict", { current: outcome.current, kept: outcome.kept });
  }
}

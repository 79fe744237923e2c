/** Refusing a request: never without a reason, which the person sees. */
import { useState } from "react";
import type { AdminRequest } from "../../http/request-contract.ts";
import { useText } from "../base/language.ts";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextAreaField } from "../ui/field.tsx";
import { useDecide } from "./use-decide.ts";

export function RefuseForm(props: {
  readonly request: AdminRequest;
  readonly onBack: () => void;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): React.JSX.Element {
  const t = useText();
  const [answer, setAnswer] = useState("");
  const [missing, setMissing] = useState(false);
  const { busy, error, send } = useDecide(props.request.id, props.onDone);
  const refuse = (): void => {
    setMissing(answer.trim() === "");
    if (answer.trim() !== "") void send({ decision: "refuse", answer: answer.trim() });
  };
  return (
    <Dialog
      title={t("inbox.refuse")}
      onClose={props.onClose}
      dismissable={answer === ""}
      actions={
        <>
          <Button variant="outline" onClick={props.onBack}>
            {t("inbox.back")}
          </Button>
          <Button variant="danger" disabled={busy} data-testid="refuse-confirm" onClick={refuse}>
            {busy ? t("inbox.busy") : t("inbox.refuse")}
          </Button>
        </>
      }
    >
      {error && <ErrorBanner error={error} />}
      <p className="break-all">
        <b>{props.request.target}</b>
        <span className="ml-4 text-muted">{props.request.userName}</span>
      </p>
      <TextAreaField
        label={t("inbox.refuseReason")}
        help={t("inbox.refuseHelp")}
        error={missing ? t("inbox.refuseMissing") : undefined}
        maxLength={500}
        autoFocus
        testId="refuse-answer"
        value={answer}
        onChange={setAnswer}
      />
    </Dialog>
  );
}

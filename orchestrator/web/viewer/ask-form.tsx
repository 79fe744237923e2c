/** Asks an approver to let one file through, with a reason. */
import { type SyntheticEvent, useId, useState } from "react";
import { useText } from "../base/language.ts";
import { Button } from "../ui/button.tsx";

export function AskForm(props: {
  readonly help: string;
  /** Begins the test ids of field and button. */
  readonly testId: string;
  /** Nothing can be asked now. */
  readonly disabled?: boolean;
  readonly className?: string;
  readonly onAsk: (reason: string) => void;
  /** What went wrong, below the button. */
  readonly children?: React.ReactNode;
}): React.JSX.Element {
  const t = useText();
  const id = useId();
  const [reason, setReason] = useState("");
  const isIdle = props.disabled === true || reason.trim() === "";
  const ask = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (!isIdle) props.onAsk(reason.trim());
  };
  return (
    <form className={`flex flex-col gap-2 ${props.className ?? ""}`} onSubmit={ask}>
      <label htmlFor={id} className="text-dns-14B-130">
        {t("approval.reason")}
      </label>
      <p id={`${id}-help`} className="text-[0.8125rem] leading-relaxed text-muted">
        {props.help}
      </p>
      <textarea
        id={id}
        data-testid={`${props.testId}-reason`}
        className="input px-3! py-2!"
        rows={2}
        maxLength={500}
        value={reason}
        aria-describedby={`${id}-help`}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button
        size="sm"
        type="submit"
        className="self-start"
        disabled={isIdle}
        data-testid={`${props.testId}-ask`}
      >
        {t("approval.ask")}
      </Button>
      {props.children}
    </form>
  );
}

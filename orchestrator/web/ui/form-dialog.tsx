/** A dialog that does one thing: its fields, cancel, and the button that does it, by Enter in a field as well. */
import { type ReactNode, useId } from "react";
import { useText } from "../base/language.ts";
import type { Act } from "../base/use-act.ts";
import { ErrorBanner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

export function FormDialog(props: {
  readonly title: string;
  readonly act: Pick<Act, "busy" | "error">;
  /** What the button says, at rest and while it is done. */
  readonly submit: string;
  readonly busy?: string;
  readonly testId: string;
  readonly disabled?: boolean;
  /** What is done cannot be taken back: the focus begins at cancel. */
  readonly danger?: boolean;
  readonly wide?: boolean;
  readonly dismissable?: boolean;
  readonly onSubmit: () => void;
  /** Where the error is of something that can be asked for again. */
  readonly onRetry?: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): React.JSX.Element {
  const t = useText();
  const form = useId();
  const { act, danger = false, submit } = props;
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      wide={props.wide ?? false}
      dismissable={props.dismissable ?? true}
      actions={
        <>
          <Button variant="outline" autoFocus={danger} onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            type="submit"
            form={form}
            variant={danger ? "danger" : "solid"}
            data-testid={props.testId}
            disabled={act.busy || props.disabled === true}
          >
            {act.busy ? (props.busy ?? submit) : submit}
          </Button>
        </>
      }
    >
      {act.error && (
        <ErrorBanner error={act.error} {...(props.onRetry && { onRetry: props.onRetry })} />
      )}
      <form
        id={form}
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit();
        }}
      >
        {props.children}
      </form>
    </Dialog>
  );
}

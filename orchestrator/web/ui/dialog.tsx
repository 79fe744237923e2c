/** A modal on the browser's own <dialog>: focus stays inside, Escape closes, the page behind is inert. */
import { type ReactNode, useEffect, useId, useRef } from "react";

export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly actions: ReactNode;
  /** False while closing by Escape would lose something. */
  readonly dismissable?: boolean;
  readonly wide?: boolean;
}): React.JSX.Element {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { onClose, dismissable = true } = props;

  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);

  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        // A file picker inside says "cancel" as well, and that bubbles.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        if (dismissable) onClose();
      }}
      className={`m-auto ${props.wide === true ? "w-[min(44rem,calc(100vw-2rem))]" : "w-[min(34rem,calc(100vw-2rem))]"} rounded-16 bg-surface p-5 text-ink sm:p-8 shadow-float animate-appear`}
    >
      <h2 id={id} className="text-std-22B-150">
        {props.title}
      </h2>
      <div className="mt-4 flex flex-col gap-4 leading-relaxed">{props.children}</div>
      <div className="mt-8 flex flex-wrap justify-end gap-3">{props.actions}</div>
    </dialog>
  );
}

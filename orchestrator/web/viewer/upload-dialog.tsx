/** 持ち出し: a page's file field asks, the terminal's own picker answers, and each file's fate is told. */
import { useEffect, useRef, useState } from "react";
import type { UploadAnswer } from "../../http/file-contract.ts";
import { useText } from "../base/language.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon, Spinner } from "../ui/icons.tsx";
import { sendUpload } from "./send-upload.ts";
import type { FileChooser } from "./use-room.ts";

interface Sent {
  readonly name: string;
  readonly answer: UploadAnswer | null;
}

export function UploadDialog(props: {
  readonly sessionId: string;
  readonly chooser: FileChooser;
  /** The page gets what passed, or nothing. */
  readonly onDone: () => void;
}): React.JSX.Element {
  const t = useText();
  const { chooser, onDone, sessionId } = props;
  const input = useRef<HTMLInputElement>(null);
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const sending = sent.some(({ answer }) => answer === null);

  useEffect(() => {
    // The click in the page may still count here; where it does not, the button is there.
    if (navigator.userActivation.isActive) input.current?.click();
  }, []);

  const send = async (files: readonly File[]): Promise<void> => {
    setSent(files.map(({ name }) => ({ name, answer: null })));
    let allPassed = files.length > 0;
    for (const [index, file] of files.entries()) {
      const answer = await sendUpload(sessionId, chooser.chooser, file);
      allPassed &&= answer.type === "passed";
      setSent((before) =>
        before.map((each, place) => (place === index ? { ...each, answer } : each)),
      );
    }
    if (allPassed) onDone();
  };

  return (
    <Dialog
      title={t("upload.title")}
      onClose={onDone}
      dismissable={!sending}
      actions={
        <>
          <Button variant="text" onClick={onDone} disabled={sending} data-testid="upload-cancel">
            {sent.length === 0 ? t("upload.cancel") : t("common.close")}
          </Button>
          {sent.length === 0 && (
            <Button onClick={() => input.current?.click()} data-testid="upload-choose">
              {t("upload.choose")}
            </Button>
          )}
        </>
      }
    >
      <p>{t("upload.body")}</p>
      <input
        ref={input}
        type="file"
        hidden
        data-testid="upload-input"
        multiple={chooser.multiple}
        onChange={(event) => void send([...(event.target.files ?? [])])}
      />
      <ul aria-live="polite" className="flex flex-col gap-2">
        {sent.map(({ answer, name }, place) => (
          <li
            key={`${String(place)} ${name}`}
            data-testid="upload-item"
            data-answer={answer === null ? "" : answer.type === "held" ? answer.why : "passed"}
            className="flex items-center gap-3"
          >
            {answer === null ? (
              <Spinner size={18} />
            ) : (
              <Icon name={answer.type === "passed" ? "good" : "blocked"} size={18} />
            )}
            <span className="min-w-0 grow truncate">{name}</span>
            <span className="shrink-0 text-muted">
              {answer === null
                ? t("upload.sending")
                : answer.type === "passed"
                  ? t("upload.passed")
                  : t(`upload.held.${heldWord(answer.why)}`)}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

/** Verdicts that release a download never hold an upload; should one come, it is a failure. */
function heldWord(why: Extract<UploadAnswer, { type: "held" }>["why"]) {
  switch (why) {
    case "released_as_is":
    case "sanitized":
    case "converted":
    case "partially_sanitized":
      return "failed";
    case "off":
    case "too-often":
    case "failed":
    case "blocked":
    case "keyword":
    case "my-number":
    case "not-searchable":
    case "upload-size":
    case "upload-type":
    case "infected":
    case "needs_approval":
    case "needs_password":
      return why;
  }
}

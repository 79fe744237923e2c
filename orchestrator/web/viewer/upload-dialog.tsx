/** 持ち出し: a page's file field asks, the terminal's own picker answers, and each file's fate is told. */
import { useEffect, useRef, useState } from "react";
import { useText } from "../base/language.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { sendUpload } from "./send-upload.ts";
import { useDroppedFiles } from "./use-dropped-files.ts";
import { type Sent, UploadItem } from "./upload-item.tsx";
import type { FileChooser } from "./use-room.ts";

/** The gateway lets no more through in a minute. */
const mostAtOnce = 20;

export function UploadDialog(props: {
  readonly sessionId: string;
  readonly chooser: FileChooser;
  /** Of the page, as the address bar has it. */
  readonly host: string;
  /** The page gets what passed, or nothing. */
  readonly onDone: () => void;
}): React.JSX.Element {
  const t = useText();
  const { chooser, host, onDone, sessionId } = props;
  const input = useRef<HTMLInputElement>(null);
  const stop = useRef(new AbortController());
  const [sent, setSent] = useState<readonly Sent[]>([]);
  const [cut, setCut] = useState(false);
  const sending = sent.some(({ fate }) => fate === null);

  useEffect(() => {
    // The click in the page may still count here; where it does not, the button is there.
    if (navigator.userActivation.isActive) input.current?.click();
    const stopping = stop;
    return () => stopping.current.abort();
  }, []);

  const set = (place: number, change: Partial<Sent>): void =>
    setSent((before) => before.map((each, at) => (at === place ? { ...each, ...change } : each)));

  const sendOne = async (file: File, place: number, ask?: string): Promise<boolean> => {
    const upload = {
      ...{ sessionId, chooser: chooser.chooser, file },
      ...(ask === undefined ? {} : { ask }),
      onProgress: (progress: NonNullable<Sent["progress"]>) => set(place, { progress }),
    };
    const { signal } = stop.current;
    const fate = signal.aborted ? ({ type: "stopped" } as const) : await sendUpload(upload, signal);
    set(place, { fate });
    return fate.type === "passed";
  };

  const send = async (chosen: readonly File[]): Promise<void> => {
    stop.current = new AbortController();
    const files = chosen.slice(0, mostAtOnce);
    setCut(chosen.length > files.length);
    setSent(files.map((file) => ({ file, progress: null, fate: null })));
    let allPassed = files.length > 0;
    for (const [place, file] of files.entries())
      allPassed = (await sendOne(file, place)) && allPassed;
    if (allPassed) onDone();
  };

  useDroppedFiles((files) => {
    if (sent.length === 0) void send(chooser.multiple ? files : files.slice(0, 1));
  });

  const ask = (place: number, { file }: Sent, reason: string): void => {
    stop.current = new AbortController();
    set(place, { progress: null, fate: null });
    void sendOne(file, place, reason);
  };

  return (
    <Dialog
      title={t("upload.title")}
      onClose={onDone}
      dismissable={!sending}
      actions={
        sending ? (
          <Button variant="text" onClick={() => stop.current.abort()} data-testid="upload-stop">
            {t("upload.stop")}
          </Button>
        ) : (
          <>
            <Button variant="text" onClick={onDone} data-testid="upload-cancel">
              {sent.length === 0 ? t("upload.cancel") : t("common.close")}
            </Button>
            {sent.length === 0 && (
              <Button onClick={() => input.current?.click()} data-testid="upload-choose">
                {t("upload.choose")}
              </Button>
            )}
          </>
        )
      }
    >
      {host !== "" && (
        <p className="break-all font-bold" data-testid="upload-host">
          {t("upload.page", { host })}
        </p>
      )}
      {sent.length === 0 && <p>{t("upload.body")}</p>}
      {cut && <p role="status">{t("upload.tooMany", { count: mostAtOnce })}</p>}
      <input
        ref={input}
        type="file"
        hidden
        data-testid="upload-input"
        multiple={chooser.multiple}
        onChange={(event) => void send([...(event.target.files ?? [])])}
      />
      <ul aria-live="polite" className="flex max-h-[50vh] flex-col gap-2 overflow-y-auto">
        {sent.map((each, place) => (
          <UploadItem
            key={`${String(place)} ${each.file.name}`}
            sent={each}
            onAsk={(reason) => ask(place, each, reason)}
          />
        ))}
      </ul>
    </Dialog>
  );
}

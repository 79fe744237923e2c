/** Has the server draw the file and shows that: pixels or text, never the file. Nothing is fetched before it is asked for. */
import { useEffect, useState } from "react";
import { fetchBlob } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";

type Drawing =
  | { readonly kind: "pages" | "picture"; readonly url: string }
  | { readonly kind: "text"; readonly text: string };

/** A longer text is cut: who needs it whole asks the requester. */
const textLimit = 20_000;

export function ApprovalPreview(props: {
  readonly path: string;
  readonly name: string;
}): React.JSX.Element {
  const t = useText();
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [stop] = useState(() => new AbortController());
  const { busy, error, run } = useAct();
  useEffect(() => () => stop.abort(), [stop]);
  const url = drawing !== null && "url" in drawing ? drawing.url : null;
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  const load = () =>
    run(async () => setDrawing(await drawingOf(await fetchBlob(props.path, stop.signal))));
  const title = t("approvals.previewTitle", { name: props.name });
  return (
    <div className="flex flex-col items-start gap-3">
      {drawing === null && (
        <Button
          size="sm"
          variant="outline"
          disabled={busy}
          data-testid="approval-preview"
          onClick={() => void load()}
        >
          {busy ? t("approvals.previewBusy") : t("approvals.preview")}
        </Button>
      )}
      {error && <ErrorBanner error={error} />}
      {drawing !== null && (
        <div className="w-full" data-testid="approval-drawing" data-kind={drawing.kind}>
          {drawing.kind === "pages" && (
            <iframe
              title={title}
              src={drawing.url}
              className="h-[60vh] w-full rounded-8 border border-line"
            />
          )}
          {drawing.kind === "picture" && (
            <img
              alt={title}
              src={drawing.url}
              className="max-h-[60vh] max-w-full rounded-8 border border-line"
            />
          )}
          {drawing.kind === "text" && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
            <section aria-label={title} tabIndex={0} className="max-h-[40vh] overflow-auto">
              <pre className="whitespace-pre-wrap break-all rounded-8 bg-sunken px-4 py-3 text-[0.875rem]">
                {drawing.text}
              </pre>
            </section>
          )}
        </div>
      )}
    </div>
  );
}

async function drawingOf(blob: Blob): Promise<Drawing> {
  const { type } = blob;
  if (type.startsWith("text/"))
    return { kind: "text", text: (await blob.slice(0, textLimit * 4).text()).slice(0, textLimit) };
  const kind = type === "application/pdf" ? "pages" : "picture";
  return { kind, url: URL.createObjectURL(blob) };
}

/** One request: who asks for what and why, what the policy says of it, and the two ways to decide. */
import { useState } from "react";
import type { AdminRequest, RequestDetailView } from "../../http/request-contract.ts";
import { formatTime } from "../base/format.ts";
import { type Translate, useLanguage, useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { LoadView } from "../ui/load-view.tsx";
import { RequestBadge } from "../ui/request-badge.tsx";
import { ApproveForm } from "./approve-form.tsx";
import { ExplanationFacts, TraceTable } from "./explanation-view.tsx";
import { RefuseForm } from "./refuse-form.tsx";

type Step = "look" | "approve" | "refuse";

export function RequestDialog(props: {
  readonly id: string;
  readonly onClose: () => void;
  readonly onDecided: () => void;
}): React.JSX.Element {
  const t = useText();
  const [step, setStep] = useState<Step>("look");
  const { loaded, reload } = useLoad<RequestDetailView>(
    `/api/admin/requests/${encodeURIComponent(props.id)}`,
  );
  const detail = loaded.state === "value" ? loaded.value : null;
  const back = (): void => {
    setStep("look");
    reload();
  };
  if (detail && step === "approve")
    return (
      <ApproveForm detail={detail} onBack={back} onDone={props.onDecided} onClose={props.onClose} />
    );
  if (detail && step === "refuse")
    return (
      <RefuseForm
        request={detail.request}
        onBack={back}
        onDone={props.onDecided}
        onClose={props.onClose}
      />
    );
  const canDecide = detail?.request.state === "open" && !detail.request.isOwn;
  return (
    <Dialog
      wide
      title={detail?.request.host ?? t("inbox.title")}
      onClose={props.onClose}
      actions={
        <>
          <Button variant="outline" onClick={props.onClose}>
            {t("common.close")}
          </Button>
          {canDecide && (
            <Button variant="outline" data-testid="to-refuse" onClick={() => setStep("refuse")}>
              {t("inbox.refuse")}
            </Button>
          )}
          {canDecide && detail.outlook.state !== "never" && (
            <Button data-testid="to-approve" onClick={() => setStep("approve")}>
              {t("inbox.approve")}
            </Button>
          )}
        </>
      }
    >
      <LoadView loaded={loaded} onRetry={reload}>
        {(value) => <Detail detail={value} />}
      </LoadView>
    </Dialog>
  );
}

function Detail(props: { readonly detail: RequestDetailView }): React.JSX.Element {
  const t = useText();
  const { request, explanation, owner, outlook } = props.detail;
  const isOpen = request.state === "open";
  return (
    <>
      {isOpen && request.isOwn && <Banner tone="caution" title={t("inbox.own")} />}
      {isOpen && outlook.state === "open" && <Banner tone="info" title={t("inbox.nowOpen")} />}
      {isOpen && outlook.state === "never" && (
        <Banner tone="caution" title={t("inbox.neverLead")}>
          {t(`ask.never.${outlook.why}`)}
        </Banner>
      )}
      <RequestFacts request={request} />
      <div className="rounded-8 bg-sunken px-5 py-4">
        <ExplanationFacts explanation={explanation} owner={owner} />
        <details className="mt-3">
          <summary className="cursor-pointer text-[0.9375rem] text-primary underline underline-offset-4">
            {t("explain.trace")}
          </summary>
          <div className="mt-2 overflow-x-auto">
            <TraceTable trace={explanation.trace} />
          </div>
        </details>
      </div>
    </>
  );
}

function RequestFacts(props: { readonly request: AdminRequest }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { request } = props;
  const facts: readonly (readonly [name: string, value: string | null])[] = [
    [t("inbox.host"), request.target],
    [t("inbox.asker"), request.userName],
    [t("inbox.groups"), request.groups.length === 0 ? t("common.none") : request.groups.join(", ")],
    [
      t("inbox.plane"),
      [t(`explain.plane.${request.plane}`), request.terminal].filter(Boolean).join("  "),
    ],
    [t("inbox.askedAt"), formatTime(language, request.askedAt)],
    [t("block.id"), request.refusalId],
    [t("requests.reason"), request.reason],
    [t("inbox.decidedBy"), decidedText(formatTime(language, request.decidedAt), request)],
    [t("inbox.written"), writtenText(t, request)],
    [t("inbox.expires"), request.expires],
    [t("inbox.answer"), request.answer === "" ? null : request.answer],
  ];
  return (
    <>
      <p>
        <RequestBadge state={request.state} />
      </p>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1.5 text-[0.9375rem]">
        {facts
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="whitespace-pre-line break-words [overflow-wrap:anywhere]">{value}</dd>
            </div>
          ))}
      </dl>
    </>
  );
}

function decidedText(at: string, { decidedBy, state }: AdminRequest): string | null {
  return decidedBy === null || state === "open" ? null : `${decidedBy}  ${at}`;
}

function writtenText(t: Translate, { additions, version }: AdminRequest): string | null {
  if (additions.length === 0) return null;
  const entries = additions.map(({ list, entry }) => t("inbox.writtenEntry", { list, entry }));
  return [
    ...entries,
    ...(version === null ? [] : [t("inbox.versionNumber", { number: version })]),
  ].join("\n");
}

/** One's own requests and their answers, and asking by the reference of a refusal. */
import { type SyntheticEvent, useState } from "react";
import type { MyRequest, MyRequests, RefusalView } from "../../http/request-contract.ts";
import { call } from "../base/api.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { ruleText } from "../base/rule-text.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { AskDialog } from "../ui/ask-dialog.tsx";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { RequestBadge } from "../ui/request-badge.tsx";

/** An answer that comes while the page is open shows by itself. */
const pollMs = 5_000;

export function RequestsPage(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<MyRequests>("/api/requests", pollMs);
  const [asking, setAsking] = useState<RefusalView | null>(null);
  return (
    <PageShell title={t("requests.title")}>
      <PageHeading title={t("requests.title")} lead={t("requests.lead")} />
      <LoadView loaded={loaded} onRetry={reload}>
        {({ requests, recent }) => (
          <div className="grid items-start gap-8 lg:grid-cols-[1fr_26rem]">
            <section aria-labelledby="mine">
              <h2 id="mine" className="mb-4 text-std-22B-150">
                {t("requests.mine")}
              </h2>
              <Mine requests={requests} onChanged={reload} />
            </section>
            <div className="flex flex-col gap-8">
              <Recent recent={recent} onAsk={setAsking} />
              <ByReference onAsk={setAsking} />
            </div>
          </div>
        )}
      </LoadView>
      {asking && (
        <AskDialog
          refusal={asking}
          onClose={() => setAsking(null)}
          onAsked={() => {
            setAsking(null);
            reload();
          }}
        />
      )}
    </PageShell>
  );
}

function Mine(props: {
  readonly requests: readonly MyRequest[];
  readonly onChanged: () => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const [withdrawing, setWithdrawing] = useState<MyRequest | null>(null);
  if (props.requests.length === 0)
    return (
      <Card>
        <EmptyState text={t("requests.none")} />
      </Card>
    );
  return (
    <>
      <ul className="flex flex-col gap-3" data-testid="my-requests">
        {props.requests.map((request) => (
          <li
            key={request.id}
            data-testid="my-request"
            data-state={request.state}
            className="rounded-12 border border-line bg-surface px-5 py-4 shadow-card"
          >
            <div className="flex flex-wrap items-center gap-3">
              <RequestBadge state={request.state} />
              <p className="min-w-0 grow break-all font-bold">{request.target}</p>
              {request.state === "open" && (
                <Button
                  size="sm"
                  variant="text"
                  aria-label={t("requests.withdrawNamed", { host: request.host })}
                  onClick={() => setWithdrawing(request)}
                >
                  {t("requests.withdraw")}
                </Button>
              )}
            </div>
            <p className="mt-1 text-[0.875rem] text-muted">
              {t("requests.askedAt", { at: formatTime(language, request.askedAt) })}
              {request.state === "approved" && request.expires !== null && (
                <span className="ml-4 font-bold text-good">
                  {t("requests.until", { day: request.expires })}
                </span>
              )}
            </p>
            <p className="mt-1 whitespace-pre-line break-words text-[0.9375rem]">
              {request.reason}
            </p>
            {request.answer !== "" && (
              <p className="mt-2 whitespace-pre-line break-words rounded-8 bg-primary-soft px-4 py-2 text-[0.9375rem]">
                <span className="mr-2 text-[0.8125rem] font-bold text-primary">
                  {t("requests.answer")}
                </span>
                {request.answer}
              </p>
            )}
          </li>
        ))}
      </ul>
      {withdrawing && (
        <WithdrawDialog
          request={withdrawing}
          onClose={() => setWithdrawing(null)}
          onDone={() => {
            setWithdrawing(null);
            props.onChanged();
          }}
        />
      )}
    </>
  );
}

function WithdrawDialog(props: {
  readonly request: MyRequest;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): React.JSX.Element {
  const t = useText();
  const act = useAct();
  const withdraw = (): Promise<boolean> =>
    act.run(async () => {
      await call("DELETE", `/api/requests/${encodeURIComponent(props.request.id)}`);
      props.onDone();
    });
  return (
    <FormDialog
      danger
      title={t("requests.withdrawTitle")}
      act={act}
      submit={t("requests.withdraw")}
      testId="withdraw-confirm"
      onSubmit={() => void withdraw()}
      onClose={props.onClose}
    >
      <p>{t("requests.withdrawBody", { host: props.request.host })}</p>
    </FormDialog>
  );
}

function Recent(props: {
  readonly recent: readonly RefusalView[];
  readonly onAsk: (refusal: RefusalView) => void;
}): React.JSX.Element {
  const t = useText();
  return (
    <section aria-labelledby="recent">
      <h2 id="recent" className="text-std-22B-150">
        {t("requests.recent")}
      </h2>
      <p className="mb-3 mt-1 text-[0.875rem] text-muted">{t("requests.recentLead")}</p>
      <Card>
        {props.recent.length === 0 ? (
          <p className="px-5 py-6 text-center text-muted">{t("requests.recentNone")}</p>
        ) : (
          <ul className="max-h-96 overflow-auto">
            {props.recent.map((refusal) => (
              <li
                key={refusal.id}
                className="flex items-center gap-3 border-b border-line px-5 py-3 last:border-b-0"
              >
                <div className="min-w-0 grow">
                  <p className="break-all font-bold">{refusal.host}</p>
                  <p className="text-[0.8125rem] text-muted">{ruleText(t, refusal)}</p>
                </div>
                <Button size="sm" variant="outline" onClick={() => props.onAsk(refusal)}>
                  {t("ask.button")}
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Card>
    </section>
  );
}

function ByReference(props: { readonly onAsk: (refusal: RefusalView) => void }): React.JSX.Element {
  const t = useText();
  const [reference, setReference] = useState("");
  const [isInvalid, setInvalid] = useState(false);
  const { error, run } = useAct();
  const [found, setFound] = useState<RefusalView | null>(null);

  const find = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setFound(null);
    const id = reference.trim();
    const isReference = /^q[A-Za-z0-9_-]{12}$/.test(id);
    setInvalid(!isReference);
    if (!isReference) return;
    await run(async () => {
      const refusal = await call<RefusalView>("GET", `/api/requests/refusals/${id}`);
      if (refusal.ask.state === "can") props.onAsk(refusal);
      else setFound(refusal);
    });
  };

  return (
    <section aria-labelledby="by-reference">
      <h2 id="by-reference" className="mb-3 text-std-22B-150">
        {t("requests.byReference")}
      </h2>
      <Card className="p-5">
        <form className="flex flex-col gap-4" onSubmit={(event) => void find(event)}>
          <Field
            dense
            label={t("requests.reference")}
            help={t("requests.byReferenceHelp")}
            error={isInvalid ? t("requests.referenceInvalid") : undefined}
            className="font-mono"
            data-testid="request-reference"
            autoComplete="off"
            spellCheck={false}
            maxLength={40}
            value={reference}
            onChange={(event) => setReference(event.target.value)}
          />
          <Button
            type="submit"
            size="sm"
            variant="outline"
            className="self-start"
            data-testid="request-find"
          >
            {t("requests.find")}
          </Button>
          {error && <ErrorBanner error={error} />}
          {found && (
            <Banner tone="info" title={found.host}>
              {found.ask.state === "never" && t(`ask.never.${found.ask.why}`)}
              {found.ask.state === "asked" && t("ask.asked")}
              {found.ask.state === "open" && t("ask.open")}
            </Banner>
          )}
        </form>
      </Card>
    </section>
  );
}

/** Short notices over the top of the picture. */
import { type ReactNode, useEffect, useState } from "react";
import type { MyRequest } from "../../http/request-contract.ts";
import { useText } from "../base/language.ts";
import { Button } from "../ui/button.tsx";
import { Icon, Spinner } from "../ui/icons.tsx";

function Float(props: {
  readonly testId: string;
  readonly children: ReactNode;
}): React.JSX.Element {
  return (
    <div
      role="status"
      data-testid={props.testId}
      className="pointer-events-auto flex max-w-[46rem] items-center gap-4 rounded-12 bg-surface px-5 py-3 shadow-float animate-appear"
    >
      {props.children}
    </div>
  );
}

export function ReconnectBanner(props: { readonly graceSeconds: number }): React.JSX.Element {
  const t = useText();
  return (
    <Float testId="reconnecting">
      <Spinner />
      <div>
        <p className="font-bold">{t("viewer.reconnecting")}</p>
        <p className="text-[0.875rem] text-muted">
          {t("viewer.reconnectingBody", { seconds: props.graceSeconds })}
        </p>
      </div>
    </Float>
  );
}

/** The session is well, the way to it is not. */
export function SlowBanner(): React.JSX.Element {
  const t = useText();
  return (
    <Float testId="slow-link">
      <Icon name="hold" size={22} className="text-caution" />
      <p className="text-[0.875rem]">{t("viewer.slow")}</p>
    </Float>
  );
}

export function IdleBanner(props: {
  readonly until: number;
  readonly onContinue: () => void;
}): React.JSX.Element {
  const t = useText();
  const seconds = useSecondsUntil(props.until);
  return (
    <Float testId="idle-warning">
      <Icon name="hold" size={26} className="text-caution" />
      <p className="font-bold tabular-nums">{t("viewer.idle", { seconds })}</p>
      <Button size="sm" onClick={props.onContinue} data-testid="idle-continue">
        {t("viewer.idleContinue")}
      </Button>
    </Float>
  );
}

/** Cannot be put off, only read: then it leaves the picture alone, and comes back for the last minute. */
export function LifetimeBanner(props: { readonly until: number }): React.JSX.Element | null {
  const t = useText();
  const seconds = useSecondsUntil(props.until);
  const last = seconds <= lastMinuteSeconds;
  const [read, setRead] = useState<"earlier" | "last" | null>(null);
  if (read === "last" || (read === "earlier" && !last)) return null;
  return (
    <Float testId="lifetime-warning">
      <Icon name="hold" size={26} className="text-caution" />
      <p className="tabular-nums">
        {last
          ? t("viewer.lifetimeSeconds", { seconds })
          : t("viewer.lifetimeMinutes", { minutes: Math.ceil(seconds / 60) })}
      </p>
      <Button size="sm" variant="text" onClick={() => setRead(last ? "last" : "earlier")}>
        {t("common.close")}
      </Button>
    </Float>
  );
}

const lastMinuteSeconds = 60;

function useSecondsUntil(until: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(performance.now()), 250);
    return () => window.clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((until - now) / 1000));
}

/** Shown until it is read, and again when there are more windows than that. */
export function ViewersBanner(props: { readonly count: number }): React.JSX.Element | null {
  const t = useText();
  const [read, setRead] = useState(1);
  const { count } = props;
  if (count <= 1 || count <= read) return null;
  return (
    <Float testId="viewers">
      <Icon name="info" size={24} className="text-primary" />
      <p>{t("viewer.shared", { count })}</p>
      <Button size="sm" variant="text" onClick={() => setRead(count)}>
        {t("common.close")}
      </Button>
    </Float>
  );
}

/** What became of the person's request. */
export function DecidedBanner(props: {
  readonly request: MyRequest;
  readonly onOpen: (request: MyRequest) => void;
  readonly onClose: () => void;
}): React.JSX.Element | null {
  const t = useText();
  const { request } = props;
  const { state, host, answer } = request;
  if (state !== "approved" && state !== "refused" && state !== "expired") return null;
  const isApproved = state === "approved";
  return (
    <Float testId="request-decided">
      <Icon
        name={isApproved ? "good" : "info"}
        size={24}
        className={isApproved ? "text-good" : "text-caution"}
      />
      <p className="min-w-0 break-words">
        {state === "refused"
          ? t("ask.decided.refused", { host, answer })
          : t(`ask.decided.${state}`, { host })}
      </p>
      {isApproved && (
        <Button size="sm" data-testid="decided-open" onClick={() => props.onOpen(request)}>
          {t("ask.openNow")}
        </Button>
      )}
      <Button size="sm" variant="text" onClick={props.onClose}>
        {t("common.close")}
      </Button>
    </Float>
  );
}

/** The terminal's browser wants a click before it takes what was copied. */
export function CopyBanner(props: {
  readonly onCopy: () => void;
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  return (
    <Float testId="copy-banner">
      <Icon name="info" size={24} className="text-primary" />
      <p>{t("copied.ask")}</p>
      <Button size="sm" onClick={props.onCopy} data-testid="copy-to-terminal">
        {t("copied.take")}
      </Button>
      <Button size="sm" variant="text" onClick={props.onClose}>
        {t("common.close")}
      </Button>
    </Float>
  );
}

export function NoticeBanner(props: {
  readonly text: string;
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  return (
    <Float testId="notice">
      <Icon name="info" size={24} className="text-primary" />
      <p>{props.text}</p>
      <Button size="sm" variant="text" onClick={props.onClose}>
        {t("common.close")}
      </Button>
    </Float>
  );
}

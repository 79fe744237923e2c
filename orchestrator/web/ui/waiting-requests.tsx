/** How many requests wait for a list administrator: a number that keeps itself fresh, and a notice on the portal. */
import { useEffect } from "react";
import type { RequestPage } from "../../http/request-contract.ts";
import { useText } from "../base/language.ts";
import { hasRole, useAccount } from "../base/me.tsx";
import { useLoad } from "../base/use-load.ts";
import { Banner } from "./banner.tsx";
import { LinkButton } from "./button.tsx";

const pollMs = 10_000;

const changed = "hanare:requests-changed";

/** A request was decided here: what counts them counts again. */
export function tellRequestsChanged(): void {
  window.dispatchEvent(new Event(changed));
}

/** Zero while nobody knows: the page of requests tells what is wrong. */
function useWaiting(): number {
  const { loaded, reload } = useLoad<RequestPage>("/api/admin/requests?state=open&limit=1", pollMs);
  useEffect(() => {
    window.addEventListener(changed, reload);
    return () => window.removeEventListener(changed, reload);
  }, [reload]);
  return loaded.state === "value" ? loaded.value.open : 0;
}

/** In the navigation, beside the name of the page. */
export function WaitingCount(): React.JSX.Element | null {
  const t = useText();
  const waiting = useWaiting();
  if (waiting === 0) return null;
  return (
    <span
      data-testid="waiting-requests"
      title={t("inbox.openCount", { count: waiting })}
      className="ml-2 rounded-full bg-danger px-2 text-[0.8125rem] font-bold leading-6 text-white tabular-nums"
    >
      <span aria-hidden="true">{waiting > 99 ? "99+" : waiting}</span>
      <span className="sr-only">{t("inbox.openCount", { count: waiting })}</span>
    </span>
  );
}

export function WaitingNotice(): React.JSX.Element | null {
  const { me } = useAccount();
  return hasRole(me, "list-admin", "system-admin") ? <Notice /> : null;
}

function Notice(): React.JSX.Element | null {
  const t = useText();
  const waiting = useWaiting();
  if (waiting === 0) return null;
  return (
    <Banner
      tone="info"
      title={t("inbox.waitingTitle")}
      testId="waiting-notice"
      actions={
        <LinkButton href="/admin/requests" size="sm">
          {t("inbox.toPage")}
        </LinkButton>
      }
    >
      {t("inbox.openCount", { count: waiting })}
    </Banner>
  );
}

/** What a person sees while the room is prepared, and when it could not be. */
import { type ReactNode, useEffect, useState } from "react";
import type { ErrorBody } from "../../http/contract.ts";
import { useText } from "../base/language.ts";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button, LinkButton } from "../ui/button.tsx";
import { Spinner } from "../ui/icons.tsx";
import { HouseDrawing } from "../ui/logo.tsx";
import type { Waiting } from "./use-room.ts";

const slowAfterMs = 4000;

/** Appears a moment late: a warm start is over before a notice could be read. */
export function StartScreen(props: { readonly step?: "room" | "picture" }): React.JSX.Element {
  const t = useText();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setSlow(true), slowAfterMs);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <House className="animate-appear-late">
      <p className="text-std-24B-150">{t("start.title")}</p>
      <p className="flex items-center gap-3 text-muted">
        <Spinner size={20} />
        {props.step === "picture" ? t("start.picture") : t("start.room")}
      </p>
      <p className={`text-[0.9375rem] text-muted ${slow ? "" : "invisible"}`}>{t("start.slow")}</p>
    </House>
  );
}

/** The honest place in line. Closing the tab leaves it. */
function WaitScreen(props: { readonly waiting: Waiting }): React.JSX.Element {
  const t = useText();
  const { why, position, waiting } = props.waiting;
  return (
    <House className="animate-appear" testId="waiting">
      <p className="text-std-24B-150">{t("wait.title")}</p>
      <p className="text-std-45B-140 tabular-nums text-room dark:text-cyan-300">
        {t("wait.position", { position })}
      </p>
      <p className="text-muted">{t("wait.of", { waiting })}</p>
      <p className="mt-2">{t(why === "quota" ? "wait.quota" : "wait.full")}</p>
      <p className="text-[0.9375rem] text-muted">{t("wait.leave")}</p>
    </House>
  );
}

/** The drawing of the house, and below it what goes on there. */
function House(props: {
  readonly className: string;
  readonly testId?: string;
  readonly children: ReactNode;
}): React.JSX.Element {
  return (
    <div
      role="status"
      data-testid={props.testId}
      className={`flex size-full flex-col items-center justify-center gap-8 bg-surface p-8 ${props.className}`}
    >
      <HouseDrawing className="w-72 text-room" />
      <div className="flex max-w-[36rem] flex-col items-center gap-3 text-center">
        {props.children}
      </div>
    </div>
  );
}

/** The same with the empty frame of the room around it, before there is a room. */
export function StartPage(props: { readonly waiting?: Waiting | null }): React.JSX.Element {
  const { waiting } = props;
  return (
    <div className="flex h-dvh flex-col bg-room">
      <div className="h-11 shrink-0" />
      <div className="h-13 shrink-0 border-b border-line bg-room-bar" />
      <main className="mx-[3px] mb-[3px] min-h-0 grow bg-surface">
        {waiting && waiting.why !== "starting" ? <WaitScreen waiting={waiting} /> : <StartScreen />}
      </main>
    </div>
  );
}

export function StartFailed(props: {
  readonly error: ErrorBody;
  readonly onRetry: () => void;
}): React.JSX.Element {
  const t = useText();
  return (
    <main className="mx-auto flex min-h-dvh max-w-[44rem] flex-col justify-center gap-8 px-8">
      <h1 className="text-std-28B-150">{t("start.failed")}</h1>
      <ErrorBanner error={props.error} />
      <div className="flex gap-4">
        <Button size="lg" onClick={props.onRetry} data-testid="retry" autoFocus>
          {t("common.retry")}
        </Button>
        <LinkButton size="lg" href="/">
          {t("common.toPortal")}
        </LinkButton>
      </div>
    </main>
  );
}

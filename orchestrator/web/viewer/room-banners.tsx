/** Short notices over the top of the picture. */
import { type ReactNode, useEffect, useState } from "react";
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

export function IdleBanner(props: {
  readonly until: number;
  readonly onContinue: () => void;
}): React.JSX.Element {
  const t = useText();
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(performance.now()), 250);
    return () => window.clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((props.until - now) / 1000));
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

/** Notification banners, and the panel every failed load shows. */
import type { ReactNode } from "react";
import type { ErrorBody } from "../../http/contract.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Button } from "./button.tsx";
import { Icon, type IconName } from "./icons.tsx";

export type Tone = "good" | "caution" | "danger" | "info";

const looks: Readonly<
  Record<Tone, { readonly box: string; readonly ink: string; readonly icon: IconName }>
> = {
  good: { box: "border-good bg-good-soft", ink: "text-good", icon: "good" },
  caution: { box: "border-caution bg-caution-soft", ink: "text-caution", icon: "warning" },
  danger: { box: "border-danger bg-danger-soft", ink: "text-danger", icon: "error" },
  info: { box: "border-primary-line bg-primary-soft", ink: "text-primary", icon: "info" },
};

export function Banner(props: {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly testId?: string;
}): React.JSX.Element {
  const look = looks[props.tone];
  return (
    <div
      role={props.tone === "danger" ? "alert" : "status"}
      data-testid={props.testId}
      className={`flex gap-3 rounded-12 border-2 px-5 py-4 ${look.box}`}
    >
      <Icon name={look.icon} size={26} className={`mt-0.5 ${look.ink}`} />
      <div className="flex min-w-0 grow flex-col gap-1">
        <p className="text-std-16B-170">{props.title}</p>
        {props.children !== undefined && (
          <div className="text-[0.9375rem] leading-relaxed">{props.children}</div>
        )}
      </div>
      {props.actions !== undefined && (
        <div className="flex shrink-0 items-center gap-2">{props.actions}</div>
      )}
    </div>
  );
}

/** What went wrong, what to do next, and the number that finds the log line. */
export function ErrorBanner(props: {
  readonly error: ErrorBody;
  readonly onRetry?: (() => void) | undefined;
}): React.JSX.Element {
  const language = useLanguage();
  const t = useText();
  const { error } = props;
  return (
    <Banner
      tone="danger"
      title={language === "ja" ? error.ja : error.en}
      testId="error"
      actions={
        props.onRetry && (
          <Button size="sm" variant="outline" onClick={props.onRetry}>
            {t("common.retry")}
          </Button>
        )
      }
    >
      <p>{language === "ja" ? error.nextJa : error.nextEn}</p>
      {error.requestId !== "" && (
        <p className="mt-1 text-[0.8125rem] text-muted">
          {t("common.requestId", { id: error.requestId })}
        </p>
      )}
    </Banner>
  );
}

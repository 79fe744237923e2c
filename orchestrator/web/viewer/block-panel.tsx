/**
 * The block panel: our own page over the remote one, so that what it says can be believed. Both languages
 * stand in it whatever the switch says, because it is what gets photographed and shown to someone else.
 */
import { useEffect, useRef } from "react";
import type { TabView } from "../../http/room-contract.ts";
import { formatTime } from "../base/format.ts";
import { type Translate, useLanguage, useText } from "../base/language.ts";
import { ruleText } from "../base/rule-text.ts";
import { dictionary } from "../i18n/dictionary.ts";
import type { Language } from "../i18n/language.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { PassedRules } from "./passed-rules.tsx";
import { refusalText } from "./refusal.ts";

type Refusal = NonNullable<TabView["refusal"]>;

export function BlockPanel(props: {
  readonly refusal: Refusal;
  readonly canGoBack: boolean;
  readonly onBack: () => void;
  readonly onOther: () => void;
  readonly onAsk: () => void;
  readonly onReload: () => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const other: Language = language === "ja" ? "en" : "ja";
  const { refusal } = props;
  const reason = dictionary[refusalText(refusal)];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Read out at once, but not while the person types an address or has the tray or a dialog.
    const holder = document.activeElement;
    if (holder === document.body || holder instanceof HTMLTextAreaElement) heading.current?.focus();
  }, []);

  const { list, line, owner } = refusal;
  return (
    <section
      data-testid="block-panel"
      data-rule={refusal.rule}
      aria-labelledby="block-title"
      className="absolute inset-0 overflow-auto bg-canvas animate-appear"
    >
      <div className="mx-auto flex min-h-full max-w-[52rem] flex-col justify-center px-8 py-8">
        <div className="rounded-16 border border-line bg-surface shadow-card">
          <div className="flex items-start gap-5 px-10 pt-9">
            <span className="flex size-14 shrink-0 items-center justify-center rounded-full bg-danger-soft text-danger">
              <Icon name="blocked" size={32} />
            </span>
            <div>
              <h1
                id="block-title"
                ref={heading}
                tabIndex={-1}
                className="text-std-26B-150 focus-visible:outline-none focus-visible:shadow-none"
              >
                {dictionary["block.title"][language]}
              </h1>
              <p lang={other} className="text-muted">
                {dictionary["block.title"][other]}
              </p>
            </div>
          </div>
          <div className="mx-10 mt-5 border-l-4 border-danger pl-5">
            <p className="text-std-17B-170">{reason[language]}</p>
            <p lang={other} className="text-[0.9375rem] leading-relaxed text-muted">
              {reason[other]}
            </p>
          </div>
          {refusal.message !== undefined && (
            <div className="mx-10 mt-5 rounded-8 bg-primary-soft px-5 py-3">
              <p className="text-[0.8125rem] font-bold text-primary">
                {dictionary["block.message"].ja} / {dictionary["block.message"].en}
              </p>
              <p className="whitespace-pre-line">{refusal.message}</p>
            </div>
          )}
          <dl className="mx-10 mt-5 grid grid-cols-[max-content_1fr] border-t border-line text-[0.9375rem]">
            <Fact name="block.host" value={refusal.host} strong />
            <Fact name="block.rule" value={ruleText(t, refusal)} />
            {list !== undefined && (
              <Fact
                name="block.list"
                value={line === undefined ? list : t("block.listLine", { list, line })}
              />
            )}
            {owner !== undefined && <Fact name="block.owner" value={owner} />}
            <Fact name="block.time" value={formatTime(language, refusal.at)} />
            <Fact name="block.id" value={refusal.id} mono />
          </dl>
          {refusal.passed && <PassedRules passed={refusal.passed} />}
          <div className="sticky bottom-0 mt-6 flex flex-wrap items-center gap-4 rounded-b-16 border-t border-line bg-sunken px-10 py-5">
            <p
              className="grow basis-40 text-[0.875rem] leading-relaxed text-muted"
              data-testid="block-ask-state"
            >
              {askText(t, refusal.ask)}
            </p>
            <Button variant="outline" data-testid="block-other" onClick={props.onOther}>
              {t("block.close")}
            </Button>
            {refusal.ask.state === "can" && (
              <Button data-testid="ask-open" onClick={props.onAsk}>
                {t("ask.button")}
              </Button>
            )}
            {refusal.ask.state === "open" && (
              <Button data-testid="block-reload" onClick={props.onReload}>
                <Icon name="reload" />
                {t("ask.reload")}
              </Button>
            )}
            {props.canGoBack && (
              <Button variant="outline" data-testid="block-back" onClick={props.onBack}>
                <Icon name="back" />
                {t("block.back")}
              </Button>
            )}
          </div>
        </div>
      </div>
    </section>
  );
}

function askText(t: Translate, ask: Refusal["ask"]): string {
  switch (ask.state) {
    case "can":
      return ask.before?.state === "refused"
        ? t("ask.refusedBefore", { answer: ask.before.answer })
        : t("block.help");
    case "asked":
      return t("ask.asked");
    case "never":
      return t(`ask.never.${ask.why}`);
    case "open":
      return t("ask.open");
  }
}

function Fact(props: {
  readonly name: `block.${"host" | "id" | "list" | "owner" | "rule" | "time"}`;
  readonly value: string;
  readonly strong?: boolean;
  readonly mono?: boolean;
}): React.JSX.Element {
  const words = dictionary[props.name];
  return (
    <>
      <dt className="border-b border-line py-2 pr-8 text-muted">
        {words.ja} <span className="text-[0.8125rem]">/ {words.en}</span>
      </dt>
      <dd
        className={`break-all border-b border-line py-2 ${props.strong === true ? "font-bold" : ""} ${props.mono === true ? "font-mono" : ""}`}
      >
        {props.value}
      </dd>
    </>
  );
}

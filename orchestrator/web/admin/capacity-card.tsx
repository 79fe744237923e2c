/** Waiting browsers, waiting people, and what memory and processors allow. */
import type { Capacity } from "../../http/overview-contract.ts";
import { formatBytes, formatNumber } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Badge } from "../ui/badge.tsx";
import { Card } from "../ui/page-shell.tsx";

export function CapacityCard(props: { readonly capacity: Capacity }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { pool, line, warm, cold, memory, processor } = props.capacity;
  const number = (value: number) => formatNumber(language, value);
  const opens = pool.hits + pool.late + pool.misses;
  return (
    <Card className="p-8">
      <h2 className="text-std-18B-160">{t("capacity.title")}</h2>
      <dl className="mt-3 grid gap-x-12 lg:grid-cols-2">
        <Figure name={t("capacity.waiting")} testId="queue-waiting">
          <span className={line.waiting > 0 ? "font-bold text-danger" : ""}>
            {t("capacity.waitingText", { count: number(line.waiting) })}
          </span>
          {line.waiting > 0 && (
            <Small>
              <LongestWait ms={line.longestWaitMs} />
            </Small>
          )}
          {line.overQuota > 0 && (
            <Small>{t("capacity.overQuota", { count: number(line.overQuota) })}</Small>
          )}
        </Figure>
        <Figure name={t("capacity.memory")}>
          {t("capacity.memoryText", {
            available: formatBytes(language, memory.availableBytes),
            total: formatBytes(language, memory.totalBytes),
          })}
          <Small>{t("capacity.room", { count: number(memory.room) })}</Small>
        </Figure>
        <Figure name={t("capacity.pool")} testId="pool">
          {number(pool.ready)} / {number(pool.wanted)}
        </Figure>
        <Figure name={t("capacity.memoryEach")}>
          {memory.measuredOn === 0
            ? t("capacity.costEstimated", { size: formatBytes(language, memory.sessionBytes) })
            : t("capacity.cost", {
                size: formatBytes(language, memory.sessionBytes),
                count: number(memory.measuredOn),
              })}
        </Figure>
        <Figure name={t("capacity.hits")}>
          {opens === 0
            ? t("capacity.noOpens")
            : t("capacity.hitsText", {
                percent: number(Math.round((100 * (pool.hits + pool.late)) / opens)),
                all: number(opens),
              })}
        </Figure>
        <Figure name={t("capacity.processor")}>
          {processor.busy ? (
            <Badge tone="caution" icon="warning" text={t("capacity.busy")} />
          ) : (
            <Badge tone="good" icon="check" text={t("capacity.calm")} />
          )}
        </Figure>
        <Figure name={t("capacity.opens")}>
          {warm.count + cold.count === 0 && t("capacity.noOpens")}
          {warm.count > 0 && <Times template="capacity.opensWarm" times={warm} />}
          {cold.count > 0 && (
            <Small>
              <Times template="capacity.opensCold" times={cold} />
            </Small>
          )}
        </Figure>
      </dl>
    </Card>
  );
}

function Times(props: {
  readonly template: "capacity.opensWarm" | "capacity.opensCold";
  readonly times: Capacity["warm"];
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const seconds = (ms: number | null) =>
    t("capacity.seconds", { count: formatNumber(language, Math.round((ms ?? 0) / 10) / 100) });
  const { p50Ms, p95Ms } = props.times;
  return <>{t(props.template, { p50: seconds(p50Ms), p95: seconds(p95Ms) })}</>;
}

function LongestWait(props: { readonly ms: number }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const seconds = Math.round(props.ms / 1000);
  const time =
    seconds < 120
      ? t("capacity.seconds", { count: formatNumber(language, seconds) })
      : t("capacity.minutes", { count: formatNumber(language, Math.round(seconds / 60)) });
  return <>{t("capacity.longest", { time })}</>;
}

function Figure(props: {
  readonly name: string;
  readonly testId?: string;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  return (
    <div className="flex items-center justify-between gap-4 border-b border-line py-3">
      <dt className="text-[0.9375rem]">{props.name}</dt>
      <dd className="text-right tabular-nums" data-testid={props.testId}>
        {props.children}
      </dd>
    </div>
  );
}

function Small(props: { readonly children: React.ReactNode }): React.JSX.Element {
  return <span className="block text-[0.875rem] text-muted">{props.children}</span>;
}

/** The history of the policy: who changed what, when and why; comparing with the version in force; going back. */
import { useState } from "react";
import type { VersionView } from "../../http/policy-contract.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { Badge } from "../ui/badge.tsx";
import { Button, LinkButton } from "../ui/button.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { Paging } from "../ui/paging.tsx";
import { ChangeDialog } from "./change-dialog.tsx";

interface History {
  readonly current: number | null;
  readonly versions: readonly VersionView[];
}

const pageSize = 30;

export default function AdminHistoryPage(): React.JSX.Element {
  const t = useText();
  const [before, setBefore] = useState<number | null>(null);
  const [shown, setShown] = useState<number | null>(null);
  const { loaded, reload } = useLoad<History>(
    `/api/admin/policy/versions?limit=${pageSize}${before === null ? "" : `&before=${before}`}`,
  );
  const current = loaded.state === "value" ? loaded.value.current : null;
  return (
    <PageShell title={t("history.title")}>
      <PageHeading
        title={t("history.title")}
        lead={t("history.lead")}
        actions={<LinkButton href="/admin/policy">{t("history.toPolicy")}</LinkButton>}
      />
      <Card className="overflow-x-auto">
        <LoadView loaded={loaded} onRetry={reload}>
          {(history) => (
            <>
              {history.versions.length === 0 ? (
                <EmptyState text={t("history.empty")} />
              ) : (
                <Versions history={history} onLook={setShown} />
              )}
              <div className="px-4 pb-3 empty:hidden">
                <Paging
                  isFirst={before === null}
                  nextBefore={
                    history.versions.length === pageSize
                      ? (history.versions.at(-1)?.number ?? null)
                      : null
                  }
                  onBefore={setBefore}
                />
              </div>
            </>
          )}
        </LoadView>
      </Card>
      {shown !== null && current !== null && (
        <ChangeDialog
          title={t("history.lookTitle", { number: shown })}
          change={{ kind: "version", number: shown }}
          base={current}
          act={t("history.rollback")}
          onClose={() => setShown(null)}
          onPublished={() => {
            setShown(null);
            setBefore(null);
            reload();
          }}
        />
      )}
    </PageShell>
  );
}

function Versions(props: {
  readonly history: History;
  readonly onLook: (number: number) => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { current, versions } = props.history;
  return (
    <table className="table-plain text-[0.9375rem]" data-testid="versions">
      <thead>
        <tr>
          <th scope="col" className="text-right">
            {t("history.number")}
          </th>
          <th scope="col">{t("history.at")}</th>
          <th scope="col">{t("history.author")}</th>
          <th scope="col">{t("history.source")}</th>
          <th scope="col">{t("history.note")}</th>
          <th scope="col">
            <span className="sr-only">{t("history.look")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {versions.map((version) => (
          <tr key={version.number} data-testid="version" data-number={version.number}>
            <td className="text-right font-bold tabular-nums">{version.number}</td>
            <td className="whitespace-nowrap tabular-nums">{formatTime(language, version.at)}</td>
            <td className="whitespace-nowrap">{version.author === "" ? "–" : version.author}</td>
            <td className="whitespace-nowrap">{t(`history.source.${version.source}`)}</td>
            <td className="w-full min-w-60 break-words">{version.note}</td>
            <td className="whitespace-nowrap text-right">
              {version.number === current ? (
                <Badge tone="good" icon="check" text={t("history.current")} />
              ) : (
                <Button
                  size="sm"
                  variant="outline"
                  aria-label={t("history.lookNamed", { number: version.number })}
                  data-testid="version-look"
                  onClick={() => props.onLook(version.number)}
                >
                  {t("history.look")}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

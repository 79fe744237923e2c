/** One's own notices: newest first, to search, to follow and to mark as read. */
import { useState } from "react";
import type { NoticePage, NoticesRead, NoticeView } from "../../http/notice-contract.ts";
import { call } from "../base/api.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Link } from "../base/router.tsx";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Badge } from "../ui/badge.tsx";
import { NoticeSettingsCard } from "./notice-settings-card.tsx";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { tellNoticesChanged } from "../ui/notice-bell.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { Paging } from "../ui/paging.tsx";
import { SearchForm, searchOf } from "../ui/search-form.tsx";

const pollMs = 15_000;

export default function NoticesPage(): React.JSX.Element {
  const t = useText();
  const [words, setWords] = useState("");
  const [before, setBefore] = useState<number | null>(null);
  const { loaded, reload } = useLoad<NoticePage>(`/api/notices${searchOf(words, before)}`, pollMs);
  const { busy, error, run } = useAct();
  const read = (which: NoticesRead): void =>
    void run(async () => {
      await call("POST", "/api/notices/read", which);
      tellNoticesChanged();
      reload();
    });
  const unread = loaded.state === "value" ? loaded.value.unread : 0;
  return (
    <PageShell title={t("notices.title")}>
      <PageHeading
        title={t("notices.title")}
        lead={t("notices.lead")}
        actions={
          unread > 0 && (
            <Button
              size="sm"
              variant="outline"
              disabled={busy}
              data-testid="notices-read-all"
              onClick={() => read({ all: true })}
            >
              {t("notices.readAll")}
            </Button>
          )
        }
      />
      <SearchForm
        label={t("notices.search")}
        onSearch={(next) => {
          setBefore(null);
          setWords(next);
        }}
      />
      {error && <ErrorBanner error={error} />}
      <LoadView loaded={loaded} onRetry={reload}>
        {({ notices, nextBefore }) => (
          <>
            {notices.length === 0 ? (
              <Card>
                <EmptyState
                  text={words === "" ? t("notices.empty") : t("notices.notFound", { words })}
                />
              </Card>
            ) : (
              <ul className="flex flex-col gap-3" data-testid="notices">
                {notices.map((notice) => (
                  <Item key={notice.id} notice={notice} onRead={() => read({ ids: [notice.id] })} />
                ))}
              </ul>
            )}
            <Paging isFirst={before === null} nextBefore={nextBefore} onBefore={setBefore} />
          </>
        )}
      </LoadView>
      <NoticeSettingsCard />
    </PageShell>
  );
}

function Item(props: {
  readonly notice: NoticeView;
  readonly onRead: () => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { notice, onRead } = props;
  const text = notice[language];
  return (
    <li
      data-testid="notice"
      data-kind={notice.kind}
      data-read={notice.isRead}
      className="flex flex-wrap items-center gap-3 rounded-12 border border-line bg-surface px-5 py-4 shadow-card"
    >
      {!notice.isRead && <Badge tone="info" text={t("notices.unread")} />}
      <Link
        href={notice.href}
        className={`min-w-0 grow break-words text-primary underline underline-offset-2 ${notice.isRead ? "" : "font-bold"}`}
        onClick={notice.isRead ? undefined : onRead}
      >
        {text}
      </Link>
      <p className="text-[0.8125rem] text-muted tabular-nums">{formatTime(language, notice.at)}</p>
      {!notice.isRead && (
        <Button
          size="sm"
          variant="text"
          aria-label={t("notices.readNamed", { text })}
          data-testid="notice-read"
          onClick={onRead}
        >
          {t("notices.read")}
        </Button>
      )}
    </li>
  );
}

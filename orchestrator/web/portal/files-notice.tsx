/** On the portal: approved files to receive, requests that wait, and for approvers what waits for them. */
import type { ApprovalInbox, FilePage } from "../../http/approval-contract.ts";
import { useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { Banner } from "../ui/banner.tsx";
import { LinkButton } from "../ui/button.tsx";

const pollMs = 15_000;

export function FilesNotice(): React.JSX.Element | null {
  const t = useText();
  const { loaded } = useLoad<FilePage>("/api/files?limit=1", pollMs);
  const inbox = useLoad<ApprovalInbox>("/api/approvals", pollMs).loaded;
  // A portal without this notice is better than one with its error: the pages themselves say more.
  const { ready, waiting } = loaded.state === "value" ? loaded.value : { ready: 0, waiting: 0 };
  const open = inbox.state === "value" ? inbox.value.open : 0;
  return (
    <>
      {open > 0 && (
        <Banner
          tone="info"
          title={t("approvals.notice", { count: open })}
          testId="approvals-notice"
          actions={
            <LinkButton href="/approvals" size="sm">
              {t("approvals.toPage")}
            </LinkButton>
          }
        />
      )}
      {ready + waiting > 0 && (
        <Banner
          tone={ready > 0 ? "good" : "info"}
          title={
            ready > 0
              ? t("files.noticeReady", { count: ready })
              : t("files.noticeWaiting", { count: waiting })
          }
          testId="files-notice"
          actions={
            <LinkButton href="/files" size="sm">
              {t("files.toPage")}
            </LinkButton>
          }
        />
      )}
    </>
  );
}

/** The approvers' inbox: files that wait for a decision, and who stands in while the approver is away. */
import { useState } from "react";
import type { ApprovalInbox, InboxApproval } from "../../http/approval-contract.ts";
import { formatBytes, formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { hasRole, useAccount } from "../base/me.tsx";
import { useLoad } from "../base/use-load.ts";
import { ApprovalBadge } from "../ui/approval-badge.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { ApprovalDialog } from "./approval-dialog.tsx";
import { DelegationCard } from "./delegation-card.tsx";

const pollMs = 10_000;

export function ApprovalsPage(): React.JSX.Element {
  const t = useText();
  const { me } = useAccount();
  const [all, setAll] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const { loaded, reload } = useLoad<ApprovalInbox>(`/api/approvals${all ? "?all=1" : ""}`, pollMs);
  return (
    <PageShell title={t("approvals.title")}>
      <PageHeading
        title={t("approvals.title")}
        lead={t("approvals.lead")}
        actions={
          <Button variant="outline" aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? t("approvals.open") : t("approvals.all")}
          </Button>
        }
      />
      <LoadView loaded={loaded} onRetry={reload}>
        {({ approvals, mayDecide }) =>
          approvals.length === 0 ? (
            <Card>
              <EmptyState text={t(mayDecide ? "approvals.none" : "approvals.notYours")} />
            </Card>
          ) : (
            <ul className="flex flex-col gap-3" data-testid="approvals">
              {approvals.map((approval) => (
                <Item key={approval.id} approval={approval} onLook={() => setShown(approval.id)} />
              ))}
            </ul>
          )
        }
      </LoadView>
      {hasRole(me, "approver") && <DelegationCard />}
      {shown !== null && (
        <ApprovalDialog
          id={shown}
          onClose={() => setShown(null)}
          onDecided={() => {
            setShown(null);
            reload();
          }}
        />
      )}
    </PageShell>
  );
}

function Item(props: {
  readonly approval: InboxApproval;
  readonly onLook: () => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { approval } = props;
  return (
    <li
      data-testid="approval"
      data-name={approval.name}
      data-state={approval.state}
      className="flex flex-wrap items-center gap-3 rounded-12 border border-line bg-surface px-5 py-4 shadow-card"
    >
      <ApprovalBadge state={approval.state} />
      <div className="min-w-0 grow basis-60">
        <p className="break-all font-bold">{approval.name}</p>
        <p className="text-[0.875rem] text-muted">
          {approval.requester} / {formatBytes(language, approval.sizeBytes)} /{" "}
          {formatTime(language, approval.askedAt)}
        </p>
        <p className="mt-1 whitespace-pre-line break-words text-[0.9375rem]">{approval.reason}</p>
      </div>
      <Button
        size="sm"
        variant="outline"
        data-testid="approval-look"
        aria-label={t("approvals.lookNamed", { name: approval.name })}
        onClick={props.onLook}
      >
        {t("approvals.look")}
      </Button>
    </li>
  );
}

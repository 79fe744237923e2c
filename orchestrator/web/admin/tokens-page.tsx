/** Tokens of other systems: list, make, revoke. A token is shown once and never kept by the page. */
import { useState } from "react";
import type { ApiTokenView } from "../../http/token-contract.ts";
import { call } from "../base/api.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { SecretDialog } from "../ui/secret-dialog.tsx";
import { type IssuedToken, NewTokenDialog } from "./new-token-dialog.tsx";
import { TableHead } from "../ui/table-head.tsx";

type Open =
  | { readonly dialog: "new" }
  | { readonly dialog: "secret"; readonly issued: IssuedToken }
  | { readonly dialog: "revoke"; readonly token: ApiTokenView };

const tones: Readonly<Record<ApiTokenView["state"], BadgeTone>> = {
  active: "good",
  expired: "caution",
  revoked: "quiet",
};

export default function AdminTokensPage(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<{ tokens: ApiTokenView[] }>("/api/admin/tokens");
  const [open, setOpen] = useState<Open | null>(null);
  const close = (): void => setOpen(null);
  return (
    <PageShell title={t("tokens.title")}>
      <PageHeading
        title={t("tokens.title")}
        lead={t("tokens.lead")}
        actions={
          <Button data-testid="token-create" onClick={() => setOpen({ dialog: "new" })}>
            <Icon name="plus" />
            {t("tokens.create")}
          </Button>
        }
      />
      <Card className="overflow-x-auto">
        <LoadView loaded={loaded} onRetry={reload}>
          {({ tokens }) =>
            tokens.length === 0 ? (
              <EmptyState text={t("tokens.empty")} />
            ) : (
              <TokensTable
                tokens={tokens}
                onRevoke={(token) => setOpen({ dialog: "revoke", token })}
              />
            )
          }
        </LoadView>
      </Card>
      <p className="mt-4">
        <a
          className="text-[0.9375rem] text-primary underline underline-offset-2"
          href="/api/openapi.json"
        >
          {t("tokens.document")}
        </a>
      </p>
      {open?.dialog === "new" && (
        <NewTokenDialog
          onClose={close}
          onCreated={(issued) => {
            setOpen({ dialog: "secret", issued });
            reload();
          }}
        />
      )}
      {open?.dialog === "secret" && (
        <SecretDialog
          title={t("tokens.secretTitle", { name: open.issued.token.name })}
          body={t("tokens.secretBody")}
          secret={open.issued.secret}
          done={t("tokens.done")}
          testId="token-secret"
          onClose={close}
        />
      )}
      {open?.dialog === "revoke" && (
        <RevokeDialog
          token={open.token}
          onClose={close}
          onRevoked={() => {
            close();
            reload();
          }}
        />
      )}
    </PageShell>
  );
}

function TokensTable(props: {
  readonly tokens: readonly ApiTokenView[];
  readonly onRevoke: (token: ApiTokenView) => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <table className="table-plain text-[0.9375rem]" data-testid="tokens-table">
      <TableHead
        columns={[
          t("tokens.name"),
          t("tokens.state"),
          t("tokens.scopes"),
          t("tokens.made"),
          t("tokens.expires"),
          t("tokens.used"),
        ]}
        actions
      />
      <tbody>
        {props.tokens.map((token) => (
          <tr key={token.id} data-testid="token-row" data-name={token.name}>
            <td className="font-bold">{token.name}</td>
            <td>
              <Badge tone={tones[token.state]} text={t(`tokens.state.${token.state}`)} />
            </td>
            <td>
              {token.scopes
                .map((scope) => t(`scope.${scope}`))
                .join(language === "ja" ? "、" : ", ")}
            </td>
            <td className="tabular-nums">
              {formatTime(language, token.createdAt)}
              <br />
              {token.createdBy}
            </td>
            <td className="whitespace-nowrap tabular-nums">
              {formatTime(language, token.expiresAt)}
            </td>
            <td className="tabular-nums">
              {token.usedAt === null
                ? t("tokens.never")
                : `${formatTime(language, token.usedAt)} ${token.usedFrom ?? ""}`}
            </td>
            <td className="whitespace-nowrap text-right">
              {token.state === "active" && (
                <Button
                  size="sm"
                  variant="outline"
                  data-testid="token-revoke"
                  aria-label={t("tokens.revokeNamed", { name: token.name })}
                  onClick={() => props.onRevoke(token)}
                >
                  {t("tokens.revoke")}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RevokeDialog(props: {
  readonly token: ApiTokenView;
  readonly onClose: () => void;
  readonly onRevoked: () => void;
}): React.JSX.Element {
  const t = useText();
  const act = useAct();
  const revoke = () =>
    act.run(async () => {
      await call("DELETE", `/api/admin/tokens/${encodeURIComponent(props.token.id)}`);
      props.onRevoked();
    });
  return (
    <FormDialog
      danger
      title={t("tokens.revokeTitle")}
      act={act}
      submit={t("tokens.revoke")}
      testId="token-revoke-confirm"
      onSubmit={() => void revoke()}
      onClose={props.onClose}
    >
      <p>{t("tokens.revokeBody", { name: props.token.name })}</p>
    </FormDialog>
  );
}

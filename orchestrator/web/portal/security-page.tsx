/** How a person signs in: the app, passkeys, recovery codes, and the places where they are signed in. */
import { useState } from "react";
import type { FactorView } from "../../http/account-contract.ts";
import type { Me } from "../../http/contract.ts";
import { call } from "../base/api.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAccount } from "../base/me.tsx";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { AppSetUpDialog } from "./app-set-up-dialog.tsx";
import { PasskeyDialog } from "./passkey-dialog.tsx";
import { RecoveryCodesDialog } from "./recovery-codes-dialog.tsx";
import { goOn } from "./sign-in-page.tsx";
import { SignInsCard } from "./sign-ins-card.tsx";

type Open =
  | { readonly dialog: "app" | "passkey" }
  | { readonly dialog: "codes"; readonly codes: readonly string[] };

export default function SecurityPage(): React.JSX.Element {
  const t = useText();
  const { me } = useAccount();
  const { loaded, reload } = useLoad<FactorView>("/api/factors");
  const [open, setOpen] = useState<Open | null>(null);
  const { error, run } = useAct();

  /** Something was added: its codes are shown once, if there are any. */
  const added = (codes: readonly string[] | null): void => {
    setOpen(codes === null ? null : { dialog: "codes", codes });
    reload();
  };
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    await run(work);
    reload();
  };
  const renew = async (): Promise<void> => {
    const { recoveryCodes } = await call<{ recoveryCodes: string[] }>(
      "POST",
      "/api/factors/recovery-codes",
    );
    setOpen({ dialog: "codes", codes: recoveryCodes });
  };

  return (
    <PageShell title={t("security.title")}>
      <PageHeading title={t("security.title")} lead={t("security.lead")} />
      <div className="flex flex-col gap-6">
        {error && <ErrorBanner error={error} />}
        <LoadView loaded={loaded} onRetry={reload}>
          {(state) => (
            <>
              {me.stage === "enrol" && <EnrolBanner state={state} />}
              <AppCard
                state={state}
                onAdd={() => setOpen({ dialog: "app" })}
                onRemove={() => void act(() => call("DELETE", "/api/factors/totp"))}
              />
              <PasskeysCard
                state={state}
                onAdd={() => setOpen({ dialog: "passkey" })}
                onRemove={(id) => void act(() => call("DELETE", `/api/factors/passkeys/${id}`))}
              />
              {hasFactor(state) && me.stage !== "enrol" && (
                <CodesCard state={state} onRenew={() => void act(renew)} />
              )}
            </>
          )}
        </LoadView>
        {me.stage === "full" && <SignInsCard />}
      </div>
      {open?.dialog === "app" && <AppSetUpDialog onClose={() => setOpen(null)} onAdded={added} />}
      {open?.dialog === "passkey" && (
        <PasskeyDialog onClose={() => setOpen(null)} onAdded={added} />
      )}
      {open?.dialog === "codes" && (
        <RecoveryCodesDialog codes={open.codes} onClose={() => setOpen(null)} />
      )}
    </PageShell>
  );
}

function hasFactor(state: FactorView): boolean {
  return state.totpSince !== null || state.passkeys.length > 0;
}

/** Somebody who must have a factor: why they are here, and the way on once they have one. */
function EnrolBanner({ state }: { readonly state: FactorView }): React.JSX.Element {
  const t = useText();
  const { setMe } = useAccount();
  const proceed = async (): Promise<void> => {
    const me = await call<Me>("GET", "/api/me");
    setMe(me);
    goOn(me);
  };
  const isDone = hasFactor(state);
  return (
    <Banner
      tone={isDone ? "good" : "info"}
      title={t("security.mustSetUp")}
      actions={
        isDone && (
          <Button data-testid="security-continue" onClick={() => void proceed()}>
            {t("security.continue")}
          </Button>
        )
      }
    >
      {t("security.mustSetUpBody")}
    </Banner>
  );
}

function Row(props: {
  readonly title: string;
  readonly lead: string;
  readonly children: React.ReactNode;
}): React.JSX.Element {
  return (
    <Card className="flex flex-col gap-4 p-8">
      <div>
        <h2 className="text-std-20B-150">{props.title}</h2>
        <p className="mt-1 leading-relaxed text-muted">{props.lead}</p>
      </div>
      {props.children}
    </Card>
  );
}

function AppCard(props: {
  readonly state: FactorView;
  readonly onAdd: () => void;
  readonly onRemove: () => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { totpSince } = props.state;
  return (
    <Row title={t("security.app")} lead={t("security.appLead")}>
      {totpSince === null ? (
        <div>
          <Button variant="outline" data-testid="app-add" onClick={props.onAdd}>
            {t("security.appAdd")}
          </Button>
        </div>
      ) : (
        <div className="flex flex-wrap items-center justify-between gap-4">
          <p data-testid="app-since">
            {t("security.appSince", { at: formatTime(language, totpSince) })}
          </p>
          <Button variant="outline" size="sm" data-testid="app-remove" onClick={props.onRemove}>
            {t("security.appRemove")}
          </Button>
        </div>
      )}
    </Row>
  );
}

function PasskeysCard(props: {
  readonly state: FactorView;
  readonly onAdd: () => void;
  readonly onRemove: (id: string) => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { passkeys } = props.state;
  return (
    <Row title={t("security.passkeys")} lead={t("security.passkeysLead")}>
      {passkeys.length === 0 ? (
        <p className="text-muted">{t("security.passkeysNone")}</p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {passkeys.map(({ id, name, rpId, lastUsedAt }) => (
            <li
              key={id}
              data-testid="passkey"
              className="flex flex-wrap items-center justify-between gap-4 py-3"
            >
              <div className="min-w-0">
                <p className="font-bold break-all">{name}</p>
                <p className="text-[0.875rem] text-muted">
                  {lastUsedAt === null
                    ? t("security.passkeyUnused", { host: rpId })
                    : t("security.passkeyUsed", {
                        host: rpId,
                        at: formatTime(language, lastUsedAt),
                      })}
                </p>
              </div>
              <Button
                variant="outline"
                size="sm"
                aria-label={t("security.passkeyRemove", { name })}
                onClick={() => props.onRemove(id)}
              >
                {t("security.remove")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button variant="outline" data-testid="passkey-add" onClick={props.onAdd}>
          {t("security.passkeyAdd")}
        </Button>
      </div>
    </Row>
  );
}

function CodesCard(props: {
  readonly state: FactorView;
  readonly onRenew: () => void;
}): React.JSX.Element {
  const t = useText();
  return (
    <Row title={t("security.codes")} lead={t("security.codesLead")}>
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p data-testid="codes-left">
          {t("security.codesLeft", { count: props.state.recoveryCodesLeft })}
        </p>
        <Button variant="outline" size="sm" data-testid="codes-renew" onClick={props.onRenew}>
          {t("security.codesNew")}
        </Button>
      </div>
    </Row>
  );
}

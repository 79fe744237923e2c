/**
 * Where a terminal arrives that asked for an outside address: on at once when the link is the proxy's own
 * and fresh, else the address is shown and a person decides. A foreign page can lead here, but not through;
 * one that led to the start page of a session was sent here.
 */
import { useEffect, useMemo, useState } from "react";
import type { ErrorBody } from "../../http/contract.ts";
import { call, toErrorBody } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { navigate } from "../base/router.tsx";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button, LinkButton } from "../ui/button.tsx";
import { Loading } from "../ui/load-view.tsx";
import { useTitle } from "../ui/page-shell.tsx";
import { startPathOf } from "../viewer/opening.ts";

export function GoPage(): React.JSX.Element {
  const t = useText();
  useTitle(t("go.title"));
  const [error, setError] = useState<ErrorBody | null>(null);
  const link = useMemo(() => {
    const query = new URLSearchParams(location.search);
    const part = (name: string): string => query.get(name) ?? "";
    return { url: part("url"), until: part("until"), sig: part("sig") };
  }, []);

  const isSigned = link.sig !== "";

  useEffect(() => {
    if (!isSigned) return;
    const abort = new AbortController();
    call<{ url: string }>("POST", "/api/go", link, abort.signal).then(
      ({ url }) => navigate(startPathOf(url), "replace"),
      (failure: unknown) => {
        if (!abort.signal.aborted) setError(toErrorBody(failure));
      },
    );
    return () => abort.abort();
  }, [link, isSigned]);

  if (isSigned && !error) return <Loading />;
  const isWeb = /^https?:\/\//i.test(link.url);
  return (
    <main
      data-testid="go-confirm"
      className="mx-auto flex max-w-[48rem] flex-col items-start gap-6 px-8 py-24"
    >
      <h1 className="text-std-28B-150">{t("go.title")}</h1>
      {error ? (
        <ErrorBanner error={error} />
      ) : (
        <Banner tone="caution" title={t("go.asked")}>
          {t("go.askedBody")}
        </Banner>
      )}
      {isWeb && (
        <>
          <p className="w-full break-all rounded-8 bg-sunken px-5 py-4 font-mono text-[0.9375rem]">
            {link.url}
          </p>
          <Button data-testid="go-open" onClick={() => navigate(startPathOf(link.url), "replace")}>
            {t("go.open")}
          </Button>
        </>
      )}
      <LinkButton href="/">{t("common.toPortal")}</LinkButton>
    </main>
  );
}

/** 通知の受け取り: which of one's notices come by mail as well, and where to. */
import { type SyntheticEvent, useState } from "react";
import type { NoticeSettingsView } from "../../http/notice-contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { LoadView } from "../ui/load-view.tsx";
import { Card } from "../ui/page-shell.tsx";

export function NoticeSettingsCard(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<NoticeSettingsView>("/api/notices/settings");
  return (
    <Card className="mt-8 p-6">
      <h2 className="mb-4 text-std-20B-150">{t("notices.settings")}</h2>
      <LoadView loaded={loaded} onRetry={reload}>
        {(settings) =>
          settings.offered ? (
            <Settings settings={settings} />
          ) : (
            <p className="text-muted">{t("notices.noMail")}</p>
          )
        }
      </LoadView>
    </Card>
  );
}

function Settings(props: { readonly settings: NoticeSettingsView }): React.JSX.Element {
  const t = useText();
  const { settings } = props;
  const [address, setAddress] = useState(settings.address);
  const [language, setLanguage] = useState(settings.language);
  const [kinds, setKinds] = useState(settings.kinds);
  const [saved, setSaved] = useState(false);
  const { busy, error, run } = useAct();
  const save = (event: SyntheticEvent): void => {
    event.preventDefault();
    setSaved(false);
    void run(async () => {
      await call("POST", "/api/notices/settings", { address: address.trim(), language, kinds });
      setSaved(true);
    });
  };
  return (
    <form
      className="flex max-w-[40rem] flex-col gap-5"
      onSubmit={save}
      data-testid="notice-settings"
    >
      <Field
        label={t("notices.address")}
        type="email"
        autoComplete="email"
        maxLength={254}
        value={address}
        data-testid="notice-address"
        help={t("notices.addressHint", { domains: settings.domains.join(", ") })}
        onChange={(event) => setAddress(event.target.value)}
      />
      <fieldset>
        <legend className="mb-2 font-bold">{t("notices.kinds")}</legend>
        {settings.available.map((kind) => (
          <label key={kind} className="flex min-h-11 items-center gap-3">
            <input
              type="checkbox"
              className="size-5"
              checked={kinds.includes(kind)}
              data-testid={`notice-kind-${kind}`}
              onChange={(event) =>
                setKinds(
                  event.target.checked ? [...kinds, kind] : kinds.filter((each) => each !== kind),
                )
              }
            />
            {t(`notices.kind.${kind}`)}
          </label>
        ))}
      </fieldset>
      <fieldset className="flex flex-wrap gap-6">
        <legend className="mb-2 font-bold">{t("notices.language")}</legend>
        {(["ja", "en"] as const).map((each) => (
          <label key={each} className="flex min-h-11 items-center gap-3">
            <input
              type="radio"
              name="language"
              className="size-5"
              checked={language === each}
              onChange={() => setLanguage(each)}
            />
            {each === "ja" ? "日本語" : "English"}
          </label>
        ))}
      </fieldset>
      {error && <ErrorBanner error={error} />}
      {saved && <Banner tone="good" title={t("notices.saved")} />}
      <div>
        <Button type="submit" disabled={busy} data-testid="notice-save">
          {t("notices.save")}
        </Button>
      </div>
    </form>
  );
}

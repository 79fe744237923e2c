/** Every setting of the installation: what can be changed from here, what cannot and why, and what waits for a restart. */
import { useState } from "react";
import type { SettingsView } from "../../http/settings-contract.ts";
import { useText } from "../base/language.ts";
import { matches } from "../base/matches.ts";
import { useLoad } from "../base/use-load.ts";
import { isTextName } from "../i18n/dictionary.ts";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { QuickSearch } from "../ui/quick-search.tsx";
import { type Draft, SettingRow, settingName } from "./setting-row.tsx";
import { FaultList, ReviewSettingsDialog } from "./review-settings-dialog.tsx";
import { TableHead } from "../ui/table-head.tsx";

export default function AdminSettingsPage(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<SettingsView>("/api/admin/settings");
  return (
    <PageShell title={t("settings.title")}>
      <LoadView loaded={loaded} onRetry={reload}>
        {(view) => <Settings key={view.base} view={view} onSaved={reload} />}
      </LoadView>
    </PageShell>
  );
}

function Settings(props: {
  readonly view: SettingsView;
  readonly onSaved: () => void;
}): React.JSX.Element {
  const t = useText();
  const { file, base, settings, faults } = props.view;
  const [search, setSearch] = useState("");
  const [draft, setDraft] = useState<Draft>({});
  const [reviewing, setReviewing] = useState(false);
  const found = settings.filter(({ path }) => matches(search, [path, t(settingName(path))]));
  const sections = Map.groupBy(found, ({ path }) => path.split(".")[0] ?? "");
  const count = Object.keys(draft).length;
  const waiting = settings.filter(({ waits }) => waits).length;
  return (
    <>
      <PageHeading title={t("settings.title")} lead={t("settings.lead", { file })} />
      <div className="flex flex-col gap-6">
        {faults.length > 0 && (
          <Banner tone="danger" title={t("settings.faults")} testId="settings-faults">
            <FaultList faults={faults} />
          </Banner>
        )}
        {waiting > 0 && (
          <Banner
            tone="caution"
            title={t("settings.waiting", { count: waiting })}
            testId="settings-waiting"
          >
            {t("settings.waitingBody")}
          </Banner>
        )}
        <QuickSearch
          label={t("settings.search")}
          testId="settings-search"
          value={search}
          onChange={setSearch}
        />
        {found.length === 0 && (
          <Card>
            <EmptyState text={t("settings.noneFound")} />
          </Card>
        )}
        {[...sections].map(([section, rows]) => (
          <section key={section} aria-labelledby={`settings-${section}`}>
            <h2 id={`settings-${section}`} className="mb-3 text-std-22B-150">
              {sectionName(section, t)}
            </h2>
            <Card className="overflow-x-auto">
              <table className="table-plain text-[0.9375rem]">
                <TableHead
                  columns={[t("settings.name"), t("settings.value"), t("settings.effect")]}
                />
                <tbody>
                  {rows.map((setting) => (
                    <SettingRow
                      key={setting.path}
                      setting={setting}
                      draft={draft}
                      onDraft={setDraft}
                    />
                  ))}
                </tbody>
              </table>
            </Card>
          </section>
        ))}
        {count > 0 && (
          <div
            className="sticky bottom-0 z-10 -mx-2 flex flex-wrap items-center gap-4 rounded-12 border border-line bg-surface px-6 py-4 shadow-float"
            data-testid="settings-bar"
          >
            <p role="status" className="grow font-bold">
              {t("settings.changed", { count })}
            </p>
            <Button variant="outline" onClick={() => setDraft({})}>
              {t("settings.discard")}
            </Button>
            <Button data-testid="settings-review" onClick={() => setReviewing(true)}>
              {t("settings.review")}
            </Button>
          </div>
        )}
        {reviewing && (
          <ReviewSettingsDialog
            request={{
              base,
              changes: Object.entries(draft).map(([path, value]) => ({ path, value })),
            }}
            onClose={() => setReviewing(false)}
            onSaved={props.onSaved}
          />
        )}
      </div>
    </>
  );
}

function sectionName(section: string, t: ReturnType<typeof useText>): string {
  const name = `settings.section.${section}`;
  return isTextName(name) ? t(name as "settings.section.log") : section;
}

/** Shows what a change would make of the file before it is written. */
import { useEffect, useState } from "react";
import type { SettingsRequest, SettingsTrial } from "../../http/settings-contract.ts";
import { call } from "../base/api.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { Banner } from "../ui/banner.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { Spinner } from "../ui/icons.tsx";

export function ReviewSettingsDialog(props: {
  readonly request: SettingsRequest;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}): React.JSX.Element {
  const t = useText();
  const { request } = props;
  const act = useAct();
  const [trial, setTrial] = useState<SettingsTrial | null>(null);
  useEffect(() => {
    void act.run(async () => {
      setTrial(await call<SettingsTrial>("POST", "/api/admin/settings/trial", request));
    });
    // Once, for the changes it was opened with.
  }, []);
  const save = async (): Promise<void> => {
    if (await act.run(() => call("POST", "/api/admin/settings", request))) {
      props.onClose();
      props.onSaved();
    }
  };
  return (
    <FormDialog
      title={t("settings.reviewTitle")}
      act={act}
      submit={t("settings.save")}
      busy={t(trial === null ? "settings.checking" : "settings.saving")}
      testId="settings-save"
      disabled={trial === null || trial.faults.length > 0}
      onSubmit={() => void save()}
      onClose={props.onClose}
    >
      <p>{t("settings.reviewBody")}</p>
      {trial === null && act.error === null && (
        <p className="flex items-center gap-2 text-muted">
          <Spinner size={20} />
          {t("settings.checking")}
        </p>
      )}
      {trial !== null && trial.faults.length > 0 && (
        <Banner tone="danger" title={t("settings.cannot")} testId="settings-cannot">
          <FaultList faults={trial.faults} />
        </Banner>
      )}
      {trial !== null && (
        <div className="grid gap-3" data-testid="settings-diff">
          <Lines title={t("settings.before")} lines={trial.before} mark="−" />
          <Lines title={t("settings.after")} lines={trial.after} mark="＋" />
        </div>
      )}
    </FormDialog>
  );
}

export function FaultList(props: { readonly faults: SettingsTrial["faults"] }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <ul className="ml-5 list-disc">
      {props.faults.map(({ line, path, problem, write }) => (
        <li key={`${String(line)} ${path} ${problem.en}`} className="break-words">
          {t("settings.fault", { line, path, problem: problem[language] })}
          {write !== "" && <span className="block">{t("settings.write", { write })}</span>}
        </li>
      ))}
    </ul>
  );
}

function Lines(props: {
  readonly title: string;
  readonly lines: readonly string[];
  readonly mark: string;
}): React.JSX.Element {
  const t = useText();
  return (
    <section>
      <h3 className="text-std-16B-170">{props.title}</h3>
      {props.lines.length === 0 ? (
        <p className="text-muted">{t("settings.absent")}</p>
      ) : (
        <pre
          className="max-h-48 overflow-auto rounded-8 border border-line bg-sunken p-3 text-[0.875rem]"
          tabIndex={0}
        >
          {props.lines.map((line) => `${props.mark} ${line}`).join("\n")}
        </pre>
      )}
    </section>
  );
}

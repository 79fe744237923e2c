/** One setting: its name, its value as a field where it can be changed here, and when a change takes effect. */
import { useId, useState } from "react";
import type { SettingsView } from "../../http/settings-contract.ts";
import { useText } from "../base/language.ts";
import { isTextName } from "../i18n/dictionary.ts";
import { Badge } from "../ui/badge.tsx";

export type Setting = SettingsView["settings"][number];
export type Value = Setting["written"];
/** What was typed and differs from the file, by path. */
export type Draft = Readonly<Record<string, Value>>;
/** A text of ours, in place of all of them: they take no values. */
type Name = "setting.log.level";

export function settingName(path: string): Name {
  const name = `setting.${path.replace(/^(?:proxy|terminals)\.limits\./, "limits.")}`;
  return (isTextName(name) ? name : "setting.log.level") as Name;
}

export function SettingRow(props: {
  readonly setting: Setting;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
}): React.JSX.Element {
  const t = useText();
  const id = useId();
  const { setting, draft, onDraft } = props;
  const { path, written, fixed } = setting;
  const changed = Object.hasOwn(draft, path);
  const change = (value: Value): void => {
    const { [path]: _old, ...others } = draft;
    const isSame = JSON.stringify(value) === JSON.stringify(written);
    onDraft(isSame ? others : { ...others, [path]: value });
  };
  return (
    <tr data-setting={path}>
      <td className="min-w-72">
        <label htmlFor={id} className="font-bold">
          {t(settingName(path))}
        </label>
        <code className="block break-all text-[0.8125rem] text-muted">{path}</code>
      </td>
      <td className="w-full">
        {fixed === null ? (
          <ValueField
            id={id}
            setting={setting}
            value={changed ? (draft[path] ?? null) : written}
            onChange={change}
          />
        ) : (
          <output id={id} className="break-all font-mono text-[0.875rem]">
            {shown(setting.written ?? setting.standard, t)}
          </output>
        )}
        <p id={`${id}-help`} className="mt-1 text-[0.8125rem] text-muted">
          {fixed === null
            ? [standardOf(setting, t), boundsOf(setting, t)].filter(Boolean).join(t("settings.and"))
            : t(`settings.fixed.${fixed}`)}
        </p>
      </td>
      <td className="whitespace-nowrap">
        {setting.waits ? (
          <Badge tone="caution" icon="hold" text={t("settings.waits")} />
        ) : (
          <span className="text-[0.875rem] text-muted">
            {t(setting.live ? "settings.atOnce" : "settings.afterRestart")}
          </span>
        )}
      </td>
    </tr>
  );
}

function ValueField(props: {
  readonly id: string;
  readonly setting: Setting;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}): React.JSX.Element {
  const t = useText();
  const { id, setting, value, onChange } = props;
  const { kind, options, minimum, maximum, path } = setting;
  const ties = { id, "aria-describedby": `${id}-help`, "data-testid": `setting-${path}` };
  if (kind === "boolean" || kind === "choice") {
    const choices = kind === "boolean" ? ["true", "false"] : options;
    const take = (text: string): void => {
      if (text === "") onChange(null);
      else onChange(kind === "boolean" ? text === "true" : text);
    };
    return (
      <select
        {...ties}
        className="input h-10 w-64 px-3!"
        value={value === null ? "" : String(value)}
        onChange={(event) => take(event.target.value)}
      >
        <option value="">{t("settings.automatic")}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {kind === "boolean" ? t(choice === "true" ? "settings.yes" : "settings.no") : choice}
          </option>
        ))}
      </select>
    );
  }
  if (kind === "texts")
    return <LinesField ties={ties} setting={setting} value={value} onChange={onChange} />;
  const isNumber = kind !== "text";
  return (
    <input
      {...ties}
      className={`input h-10 px-3! ${isNumber ? "w-64" : "w-full"}`}
      type={isNumber ? "number" : "text"}
      step={kind === "number" ? "any" : 1}
      min={minimum ?? undefined}
      max={maximum ?? undefined}
      placeholder={t("settings.automatic")}
      maxLength={isNumber ? undefined : 2048}
      value={value === null ? "" : String(value)}
      onChange={({ target }) => {
        if (target.value === "") onChange(null);
        else onChange(isNumber ? target.valueAsNumber : target.value);
      }}
    />
  );
}

/** One value on each line; none at all is the default where that is none. */
function LinesField(props: {
  readonly ties: React.TextareaHTMLAttributes<HTMLTextAreaElement>;
  readonly setting: Setting;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}): React.JSX.Element {
  const t = useText();
  const { ties, setting, value, onChange } = props;
  const lines = Array.isArray(value) ? value : [];
  const [text, setText] = useState(lines.join("\n"));
  const isEmptyStandard = Array.isArray(setting.standard) && setting.standard.length === 0;
  const take = (typed: string): void => {
    setText(typed);
    const values = typed.split("\n").map((line) => line.trim());
    const said = values.filter((line) => line !== "");
    onChange(said.length === 0 && isEmptyStandard ? null : said);
  };
  return (
    <textarea
      {...ties}
      className="input w-full resize-y px-3! py-2! font-mono text-[0.875rem] leading-relaxed"
      rows={Math.min(8, Math.max(2, lines.length + 1))}
      placeholder={t("settings.onePerLine")}
      value={text}
      onChange={({ target }) => take(target.value)}
    />
  );
}

type Translate = ReturnType<typeof useText>;

function shown(value: Value, t: Translate): string {
  if (value === null) return t("settings.automatic");
  if (Array.isArray(value)) return value.length === 0 ? t("settings.absent") : value.join(", ");
  return typeof value === "boolean" ? t(value ? "settings.yes" : "settings.no") : String(value);
}

function standardOf({ standard }: Setting, t: Translate): string {
  return standard === null
    ? t("settings.standardNone")
    : t("settings.standard", { value: shown(standard, t) });
}

function boundsOf({ minimum, maximum }: Setting, t: Translate): string {
  if (minimum === null) return "";
  return maximum === null
    ? t("settings.atLeast", { from: minimum })
    : t("settings.range", { from: minimum, to: maximum });
}

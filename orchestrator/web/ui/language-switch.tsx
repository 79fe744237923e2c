/** Switches between the two languages; its words are in the other one, so that who needs it can read it. */
import { setLanguage, useLanguage, useText } from "../base/language.ts";
import { Icon } from "./icons.tsx";

export function LanguageSwitch(props: {
  readonly compact?: boolean;
  readonly onDone?: () => void;
}): React.JSX.Element {
  const language = useLanguage();
  const t = useText();
  const other = language === "ja" ? "en" : "ja";
  return (
    <button
      type="button"
      lang={other}
      data-testid="language-switch"
      title={t("language.label")}
      onClick={() => {
        setLanguage(other);
        props.onDone?.();
      }}
      className={`inline-flex items-center gap-1.5 whitespace-nowrap rounded-6 hover:bg-primary-soft hover:underline underline-offset-4 ${props.compact === true ? "h-8 px-2 text-[0.8125rem]" : "h-10 px-3 text-[0.9375rem]"}`}
    >
      <Icon name="globe" size={props.compact === true ? 16 : 18} />
      {t("language.switch")}
    </button>
  );
}

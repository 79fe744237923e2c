/** Asks for the password of a file: several can be pasted at once, one a line. Nothing typed here is kept. */
import { type SyntheticEvent, useId, useState } from "react";
import type { Download } from "../../http/file-contract.ts";
import type { ErrorBody } from "../../http/contract.ts";
import { call, toErrorBody } from "../base/api.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";

const most = 10;

export function PasswordForm(props: { readonly download: Download }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorBody | null>(null);
  const passwords = typed
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .slice(0, most);

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (passwords.length === 0 || busy) return;
    setBusy(true);
    setError(null);
    setTyped("");
    try {
      // What became of it arrives with the tray's own news.
      await call("POST", `/api/downloads/${props.download.id}/password`, { passwords });
    } catch (caught) {
      setError(toErrorBody(caught));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className="flex flex-col gap-2" onSubmit={(event) => void submit(event)}>
      <label htmlFor={id} className="text-dns-14B-130">
        {t("tray.password")}
      </label>
      <p id={`${id}-help`} className="text-[0.8125rem] leading-relaxed text-muted">
        {t("tray.passwordHelp", { count: props.download.passwordTries ?? 0 })}
      </p>
      <div className="flex items-start gap-2">
        <textarea
          id={id}
          data-testid="download-password"
          className="input min-h-10 grow px-3! py-2!"
          rows={Math.min(Math.max(passwords.length, 1), 4)}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${id}-help`}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing)
              event.currentTarget.form?.requestSubmit();
          }}
        />
        <Button
          size="sm"
          type="submit"
          disabled={busy || passwords.length === 0}
          data-testid="download-unlock"
        >
          <Icon name="key" size={18} />
          {t("tray.unlock")}
        </Button>
      </div>
      {error !== null && (
        <p role="alert" className="text-[0.875rem] text-danger">
          {language === "ja" ? error.ja : error.en}
        </p>
      )}
    </form>
  );
}

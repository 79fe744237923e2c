/** The few things worth knowing the first time. Shown once per terminal browser, and gone by itself. */
import { useEffect, useState } from "react";
import { useText } from "../base/language.ts";
import { Icon } from "../ui/icons.tsx";

const seenKey = "hanare.hints";
const shownMs = 30_000;

export function Hints(props: { readonly onClose: () => void }): React.JSX.Element | null {
  const t = useText();
  const [open, setOpen] = useState(() => !seen());

  useEffect(() => {
    if (!open) return;
    remember();
    const timer = window.setTimeout(() => setOpen(false), shownMs);
    return () => window.clearTimeout(timer);
  }, [open]);

  if (!open) return null;
  return (
    <aside
      data-testid="hints"
      aria-label={t("hints.title")}
      className="pointer-events-none absolute bottom-4 left-4 z-10 w-88 rounded-12 bg-surface p-5 text-[0.875rem] shadow-float animate-appear"
    >
      <div className="flex items-center justify-between">
        <p className="font-bold">{t("hints.title")}</p>
        <button
          type="button"
          aria-label={t("common.close")}
          data-testid="hints-close"
          onClick={() => {
            setOpen(false);
            props.onClose();
          }}
          className="pointer-events-auto flex size-7 items-center justify-center rounded-full hover:bg-sunken"
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      <ul className="mt-2 list-disc pl-5 leading-relaxed">
        <li>{t("hints.address")}</li>
        <li>{t("hints.paste")}</li>
        <li>{t("hints.files")}</li>
        <li>{t("hints.end")}</li>
      </ul>
    </aside>
  );
}

function seen(): boolean {
  try {
    return localStorage.getItem(seenKey) !== null;
  } catch {
    // A terminal that keeps nothing would show them every time.
    return true;
  }
}

function remember(): void {
  try {
    localStorage.setItem(seenKey, "seen");
  } catch {
    // As above.
  }
}

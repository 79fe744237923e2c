/** Covers the picture while the person's attention is elsewhere, where the policy asks for it. */
import { useEffect, useState } from "react";
import { useText } from "../base/language.ts";

export function PrivacyCover(): React.JSX.Element | null {
  const t = useText();
  const away = useAway();
  if (!away) return null;
  return (
    <div
      data-testid="privacy-cover"
      className="absolute inset-0 z-20 flex items-center justify-center bg-room text-on-room"
    >
      <p className="text-[1.25rem] font-bold">{t("viewer.covered")}</p>
    </div>
  );
}

function useAway(): boolean {
  const [away, setAway] = useState(() => !document.hasFocus());
  useEffect(() => {
    const stop = new AbortController();
    const look = (): void => setAway(document.hidden || !document.hasFocus());
    for (const name of ["focus", "blur"])
      window.addEventListener(name, look, { signal: stop.signal });
    document.addEventListener("visibilitychange", look, { signal: stop.signal });
    return () => stop.abort();
  }, []);
  return away;
}

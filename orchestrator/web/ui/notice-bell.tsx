/** The bell in the header: how many notices are unread, and the way to them. */
import { useEffect } from "react";
import type { NoticePage } from "../../http/notice-contract.ts";
import { useText } from "../base/language.ts";
import { Link } from "../base/router.tsx";
import { useLoad } from "../base/use-load.ts";
import { Icon } from "./icons.tsx";

const pollMs = 15_000;
const changed = "hanare:notices-changed";

/** Notices were read here: the bell counts again. */
export function tellNoticesChanged(): void {
  window.dispatchEvent(new Event(changed));
}

export function NoticeBell(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<NoticePage>("/api/notices?limit=1", pollMs);
  useEffect(() => {
    window.addEventListener(changed, reload);
    return () => window.removeEventListener(changed, reload);
  }, [reload]);
  // No number while nobody knows one: the page says what is wrong.
  const unread = loaded.state === "value" ? loaded.value.unread : 0;
  return (
    <Link
      href="/notices"
      data-testid="notice-bell"
      data-unread={unread}
      aria-label={unread === 0 ? t("notices.bellNone") : t("notices.bell", { count: unread })}
      className="relative inline-flex size-10 items-center justify-center rounded-6 hover:bg-primary-soft"
    >
      <Icon name="bell" />
      {unread > 0 && (
        <span
          aria-hidden="true"
          className="absolute -right-1 -top-1 rounded-full bg-danger px-1.5 text-[0.75rem] font-bold leading-5 text-white tabular-nums"
        >
          {unread > 99 ? "99+" : unread}
        </span>
      )}
    </Link>
  );
}

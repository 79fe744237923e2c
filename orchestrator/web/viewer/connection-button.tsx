/**
 * The lock beside the address, and what stands behind it: the host in plain letters and the certificate as
 * the isolated browser reports it. What it reports comes from outside; here it is text.
 */
import { useEffect, useRef, useState } from "react";
import type { TabView } from "../../http/room-contract.ts";
import { useText } from "../base/language.ts";
import { Icon } from "../ui/icons.tsx";
import { hostOf, schemeOf } from "../base/address.ts";

type State = NonNullable<TabView["connection"]>["state"] | "none";

const icons = { secure: "lock", plain: "unlock", broken: "warning", none: "globe" } as const;

export function ConnectionButton(props: {
  readonly url: string;
  readonly connection: TabView["connection"];
}): React.JSX.Element {
  const t = useText();
  const { connection, url } = props;
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => setOpen(false), [url]);
  useEffect(() => {
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    window.addEventListener("pointerdown", onPointer, { capture: true });
    return () => window.removeEventListener("pointerdown", onPointer, { capture: true });
  }, []);
  const state = stateOf(url, connection);
  const label = t(`connection.${state}`);
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t("connection.host"), hostOf(url)],
    [t("connection.subject"), connection?.subject],
    [t("connection.issuer"), connection?.issuer],
    [
      t("connection.validTo"),
      connection?.validTo === undefined
        ? undefined
        : new Date(connection.validTo * 1000).toLocaleDateString("ja-JP"),
    ],
  ];
  return (
    <div ref={box} className="absolute left-1.5 z-10">
      <button
        type="button"
        data-testid="connection"
        data-state={state}
        aria-label={label}
        aria-expanded={open}
        title={label}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key === "Escape") setOpen(false);
        }}
        className={`flex size-8 items-center justify-center rounded-full hover:bg-primary-soft ${state === "broken" ? "text-red-900" : "text-muted"}`}
      >
        <Icon name={icons[state]} size={18} />
      </button>
      {open && (
        <div
          data-testid="connection-facts"
          className="absolute left-0 top-full z-30 mt-2 w-96 rounded-12 bg-surface p-5 text-[0.875rem] shadow-float"
        >
          <p className="font-bold">{label}</p>
          <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            {facts.map(
              ([name, value]) =>
                value !== undefined &&
                value !== "" && (
                  <div key={name} className="contents">
                    <dt className="text-muted">{name}</dt>
                    <dd className="wrap-anywhere">{value}</dd>
                  </div>
                ),
            )}
          </dl>
        </div>
      )}
    </div>
  );
}

/** A page over http is never more than plain, whatever is said of it; without a word from the browser, no lock. */
function stateOf(url: string, connection: TabView["connection"]): State {
  const scheme = schemeOf(url);
  if (scheme === "none") return "none";
  if (scheme === "plain") return "plain";
  return connection?.state ?? "plain";
}

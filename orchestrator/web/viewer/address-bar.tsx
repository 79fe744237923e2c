/**
 * The address bar: a native input, so that the terminal's own IME works in it as anywhere. Shows where the
 * tab is while nobody types; Enter goes, Escape gives the address back.
 */
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useState } from "react";
import { useText } from "../base/language.ts";
import type { TabView } from "../../http/room-contract.ts";
import { cleanTyped, displayAddress, splitAtHost } from "../base/address.ts";
import { ConnectionButton } from "./connection-button.tsx";

const imeKeyCode = 229;

export function AddressBar(props: {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly url: string;
  readonly tabId: number | null;
  readonly connection: TabView["connection"];
  readonly onGo: (text: string) => void;
  readonly onLeave: () => void;
}): React.JSX.Element {
  const t = useText();
  const { inputRef, url, tabId } = props;
  /** Null while nobody types: the tab's address shows. */
  const [typed, setTyped] = useState<string | null>(null);

  const shown = typed ?? displayAddress(url);
  const [before, host, after] = splitAtHost(shown);

  useEffect(() => {
    // Another tab has another address; half-typed text belongs to the one that was left.
    if (document.activeElement !== inputRef.current) setTyped(null);
  }, [tabId, inputRef]);

  useLayoutEffect(() => {
    // The page went on under somebody who is about to type: what they type replaces the address, as in any browser.
    if (typed === null && document.activeElement === inputRef.current) inputRef.current?.select();
  }, [shown, typed, inputRef]);

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    // Enter and Escape within a composition are the input method's.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    if (event.nativeEvent.isComposing || event.nativeEvent.keyCode === imeKeyCode) return;
    if (event.key === "Enter") {
      event.preventDefault();
      const text = cleanTyped(event.currentTarget.value);
      if (text === "") return;
      setTyped(null);
      props.onGo(text);
    } else if (event.key === "Escape") {
      event.preventDefault();
      setTyped(null);
      props.onLeave();
    }
  };

  return (
    <div className="relative mx-1 flex min-w-0 grow items-center">
      <ConnectionButton url={url} connection={props.connection} />
      <input
        ref={inputRef}
        data-testid="address"
        aria-label={t("viewer.address")}
        placeholder={t("viewer.addressPlaceholder")}
        className="peer h-10 w-full rounded-full border border-transparent bg-sunken pl-10 pr-4 text-[0.9375rem] text-transparent hover:border-control focus:border-primary focus:bg-surface focus:text-ink"
        inputMode="url"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={8192}
        value={shown}
        onChange={(event) => setTyped(event.target.value)}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={() => setTyped(null)}
        onKeyDown={onKeyDown}
      />
      {/* The same words once more: whose page it is stands out from what the page wrote itself. */}
      <span
        aria-hidden="true"
        className="pointer-events-none absolute inset-x-0 truncate pl-[calc(2.5rem+1px)] pr-4 text-[0.9375rem] text-muted peer-focus:hidden"
      >
        {before}
        <b className="font-bold text-ink" data-testid="address-host">
          {host}
        </b>
        {after}
      </span>
    </div>
  );
}

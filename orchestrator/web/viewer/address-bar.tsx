/**
 * The address bar: a native input, so that the terminal's own IME works in it as anywhere. Shows where the
 * tab is while nobody types; Enter goes, Escape gives the address back.
 */
import { type KeyboardEvent, type RefObject, useEffect, useState } from "react";
import { useText } from "../base/language.ts";
import { Icon } from "../ui/icons.tsx";
import { cleanTyped, displayAddress, schemeOf } from "./address.ts";

const imeKeyCode = 229;

export function AddressBar(props: {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly url: string;
  readonly tabId: number | null;
  readonly onGo: (text: string) => void;
  readonly onLeave: () => void;
}): React.JSX.Element {
  const t = useText();
  const { inputRef, url, tabId } = props;
  /** Null while nobody types: the tab's address shows. */
  const [typed, setTyped] = useState<string | null>(null);
  const scheme = schemeOf(url);

  useEffect(() => {
    // Another tab has another address; half-typed text belongs to the one that was left.
    if (document.activeElement !== inputRef.current) setTyped(null);
  }, [tabId, inputRef]);

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
      <Icon
        name={scheme === "secure" ? "lock" : scheme === "plain" ? "unlock" : "globe"}
        size={18}
        className="pointer-events-none absolute left-3 text-muted"
      />
      <input
        ref={inputRef}
        data-testid="address"
        aria-label={t("viewer.address")}
        placeholder={t("viewer.addressPlaceholder")}
        className="h-10 w-full rounded-full border border-transparent bg-sunken pl-10 pr-4 text-[0.9375rem] hover:border-control focus:border-primary focus:bg-surface"
        inputMode="url"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={8192}
        value={typed ?? displayAddress(url)}
        onChange={(event) => setTyped(event.target.value)}
        onFocus={(event) => event.currentTarget.select()}
        onBlur={() => setTyped(null)}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

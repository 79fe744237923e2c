/** The smallest router that serves: the path is the state, links and `navigate` change it. */
import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from "react";

const changed = "hanare:navigated";

export function navigate(path: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", path);
  else history.replaceState(null, "", path);
  window.dispatchEvent(new Event(changed));
  // Another page begins at its top, whichever way it was reached.
  window.scrollTo(0, 0);
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("popstate", listener);
  window.addEventListener(changed, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(changed, listener);
  };
}

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

/** What follows the path: "?user=hanako", or nothing. */
export function useSearch(): string {
  return useSyncExternalStore(subscribe, () => location.search);
}

/** Where to go after sign-in: only a path of ours, never another origin. */
export function safeNext(search: string): string {
  const next = new URLSearchParams(search).get("next");
  return next?.startsWith("/") === true && !/^\/[/\\]/.test(next) ? next : "/";
}

export function Link(
  props: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string },
): React.JSX.Element {
  const onClick = (event: MouseEvent<HTMLAnchorElement>): void => {
    props.onClick?.(event);
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(props.href);
  };
  return <a {...props} onClick={onClick} />;
}

/** Shows a load in its three states, so that no page forgets one. */
import type { ReactNode } from "react";
import { useText } from "../base/language.ts";
import type { Loaded } from "../base/use-load.ts";
import { ErrorBanner } from "./banner.tsx";
import { Spinner } from "./icons.tsx";

export function LoadView<Value>(props: {
  readonly loaded: Loaded<Value>;
  readonly onRetry: () => void;
  readonly children: (value: Value) => ReactNode;
}): ReactNode {
  switch (props.loaded.state) {
    case "loading":
      return <Loading />;
    case "error":
      return <ErrorBanner error={props.loaded.error} onRetry={props.onRetry} />;
    case "value":
      return props.children(props.loaded.value);
  }
}

export function Loading(): React.JSX.Element {
  const t = useText();
  return (
    <p
      role="status"
      data-testid="loading"
      className="flex items-center justify-center gap-3 py-16 text-muted animate-appear-late"
    >
      <Spinner />
      {t("common.loading")}
    </p>
  );
}

export function EmptyState(props: { readonly text: string }): React.JSX.Element {
  return <p className="px-6 py-14 text-center text-muted">{props.text}</p>;
}

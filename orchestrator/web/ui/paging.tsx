/** Older and newest, under a list that is paged by its sequence. */
import { useText } from "../base/language.ts";
import { Button } from "./button.tsx";

export function Paging(props: {
  readonly isFirst: boolean;
  readonly nextBefore: number | null;
  readonly onBefore: (before: number | null) => void;
}): React.JSX.Element | null {
  const t = useText();
  const { isFirst, nextBefore, onBefore } = props;
  if (isFirst && nextBefore === null) return null;
  return (
    <div className="mt-4 flex justify-end gap-3">
      {!isFirst && (
        <Button size="sm" variant="text" onClick={() => onBefore(null)}>
          {t("files.newest")}
        </Button>
      )}
      {nextBefore !== null && (
        <Button size="sm" variant="outline" onClick={() => onBefore(nextBefore)}>
          {t("files.older")}
        </Button>
      )}
    </div>
  );
}

/** One line to search a list by. */
import { type SyntheticEvent, useState } from "react";
import { useText } from "../base/language.ts";
import { Button } from "./button.tsx";
import { Field } from "./field.tsx";

export function SearchForm(props: {
  readonly label: string;
  readonly onSearch: (words: string) => void;
}): React.JSX.Element {
  const t = useText();
  const [typed, setTyped] = useState("");
  const search = (event: SyntheticEvent): void => {
    event.preventDefault();
    props.onSearch(typed.trim());
  };
  return (
    <form role="search" className="mb-6 flex flex-wrap items-end gap-3" onSubmit={search}>
      <div className="min-w-72 grow sm:max-w-[36rem]">
        <Field
          dense
          label={props.label}
          data-testid="file-search"
          autoComplete="off"
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <Button type="submit" size="sm" variant="outline" data-testid="file-find">
        {t("files.find")}
      </Button>
    </form>
  );
}

/** @param before paging of the list's contract; null: from the newest */
export function searchOf(words: string, before: number | null): string {
  const search = new URLSearchParams();
  if (words !== "") search.set("q", words);
  if (before !== null) search.set("before", String(before));
  return search.size === 0 ? "" : `?${search.toString()}`;
}

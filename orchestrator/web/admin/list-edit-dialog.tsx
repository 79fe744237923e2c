/** One change of a list: what to do with which entry; then it is tried, shown and published. */
import { useState } from "react";
import type { VersionView } from "../../http/policy-contract.ts";
import { useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field, SelectField } from "../ui/field.tsx";
import { ChangeDialog } from "./change-dialog.tsx";
import { type ListChange, listEdit, noListChange } from "./list-edit.ts";

export function ListEditDialog(props: {
  readonly list: string;
  readonly onClose: () => void;
  readonly onPublished: () => void;
}): React.JSX.Element {
  const t = useText();
  const { list, onClose } = props;
  const { loaded, reload } = useLoad<{ current: number | null; versions: VersionView[] }>(
    "/api/admin/policy/versions?limit=1",
  );
  const [change, setChange] = useState<ListChange>(noListChange);
  const [isTrying, setTrying] = useState(false);
  const [isInvalid, setInvalid] = useState(false);
  const base = loaded.state === "value" ? loaded.value.current : null;
  const title = t("listEdit.title", { list });
  if (isTrying && base !== null)
    return (
      <ChangeDialog
        title={title}
        change={{ kind: "edits", edits: [{ kind: "list", list, edit: listEdit(change) }] }}
        base={base}
        act={t("change.publish")}
        onClose={() => setTrying(false)}
        onPublished={props.onPublished}
      />
    );
  const tryOut = (): void => {
    const isGood = /^[^\s#]{1,254}$/.test(change.entry.trim());
    setInvalid(!isGood);
    setTrying(isGood);
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      dismissable={change.entry === ""}
      actions={
        <>
          <Button variant="outline" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button disabled={base === null} data-testid="list-edit-try" onClick={tryOut}>
            {t("listEdit.try")}
          </Button>
        </>
      }
    >
      {loaded.state === "error" && <ErrorBanner error={loaded.error} onRetry={reload} />}
      <Fields change={change} isInvalid={isInvalid} onChange={setChange} />
    </Dialog>
  );
}

function Fields(props: {
  readonly change: ListChange;
  readonly isInvalid: boolean;
  readonly onChange: (change: ListChange) => void;
}): React.JSX.Element {
  const t = useText();
  const { change, isInvalid } = props;
  const set = (part: Partial<ListChange>): void => props.onChange({ ...change, ...part });
  return (
    <>
      <SelectField
        label={t("listEdit.act")}
        testId="list-edit-act"
        value={change.act}
        onChange={(act) => set({ act: act as ListChange["act"] })}
      >
        <option value="add">{t("listEdit.add")}</option>
        <option value="expire">{t("listEdit.expire")}</option>
        <option value="remove">{t("listEdit.remove")}</option>
      </SelectField>
      <Field
        dense
        label={t("listEdit.entry")}
        help={t("listEdit.entryHelp")}
        error={isInvalid ? t("listEdit.entryInvalid") : undefined}
        className="font-mono"
        data-testid="list-edit-entry"
        spellCheck={false}
        autoFocus
        maxLength={254}
        value={change.entry}
        onChange={(event) => set({ entry: event.target.value })}
      />
      {change.act === "add" && (
        <Field
          dense
          optionalMark
          label={t("listEdit.comment")}
          data-testid="list-edit-comment"
          maxLength={300}
          value={change.comment}
          onChange={(event) => set({ comment: event.target.value })}
        />
      )}
      {change.act !== "remove" && (
        <Field
          dense
          optionalMark
          type="date"
          label={t("listEdit.expires")}
          className="max-w-60"
          value={change.expires}
          onChange={(event) => set({ expires: event.target.value })}
        />
      )}
      {change.act === "remove" && (
        <p className="border-l-4 border-caution pl-3 text-[0.9375rem]">
          {t("listEdit.removeWarning")}
        </p>
      )}
    </>
  );
}

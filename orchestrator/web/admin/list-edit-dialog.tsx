/** One change of a list: what to do with which entry; then it is tried, shown and published. */
import { useState } from "react";
import { useText } from "../base/language.ts";
import { Field, SelectField } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { ChangeDialog } from "./change-dialog.tsx";
import { type ListChange, listEdit, noListChange } from "./list-edit.ts";
import { useCurrentVersion } from "./use-current-version.ts";

export function ListEditDialog(props: {
  readonly list: string;
  readonly onClose: () => void;
  readonly onPublished: () => void;
}): React.JSX.Element {
  const t = useText();
  const { list, onClose } = props;
  const { base, act, reload } = useCurrentVersion();
  const [change, setChange] = useState<ListChange>(noListChange);
  const [isTrying, setTrying] = useState(false);
  const [isInvalid, setInvalid] = useState(false);
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
    <FormDialog
      title={title}
      onClose={onClose}
      dismissable={change.entry === ""}
      act={act}
      submit={t("listEdit.try")}
      testId="list-edit-try"
      disabled={base === null}
      onSubmit={tryOut}
      onRetry={reload}
    >
      <Fields change={change} isInvalid={isInvalid} onChange={setChange} />
    </FormDialog>
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

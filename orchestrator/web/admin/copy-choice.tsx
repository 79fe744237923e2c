/** Takes a copy in the form that the person's Excel, or another system, reads; the choice is remembered in this browser. */
import { useState } from "react";
import { useText } from "../base/language.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { SelectField } from "../ui/field.tsx";
import { Icon } from "../ui/icons.tsx";

export const copyForms = ["utf-8", "cp932", "ecs"] as const;
export type CopyForm = (typeof copyForms)[number];
/** What CSV can be written in. */
export const csvForms = ["utf-8", "cp932"] as const;

const key = "hanare-copy-form";

function remembered<Form extends CopyForm>(forms: readonly [Form, ...Form[]]): Form {
  const kept = localStorage.getItem(key);
  return forms.find((form) => form === kept) ?? forms[0];
}

/** `hrefOf`: an address that the browser saves; `onSave`: the page makes the file itself. */
export function CopyChoice<Form extends CopyForm>(
  props: {
    readonly forms: readonly [Form, ...Form[]];
    readonly testId: string;
  } & ({ readonly hrefOf: (form: Form) => string } | { readonly onSave: (form: Form) => void }),
): React.JSX.Element {
  const t = useText();
  const { forms, testId } = props;
  const [form, setForm] = useState(() => remembered(forms));
  const change = (next: string): void => {
    const chosen = forms.find((each) => each === next) ?? forms[0];
    localStorage.setItem(key, chosen);
    setForm(chosen);
  };
  const face = (
    <>
      <Icon name="download" />
      {t("copy.save")}
    </>
  );
  return (
    <div className="flex items-end gap-3">
      <div className="w-64">
        <SelectField
          label={t("copy.form")}
          testId={`${testId}-form`}
          value={form}
          help={form === "cp932" ? t("copy.cp932Note") : undefined}
          onChange={change}
        >
          {forms.map((each: CopyForm) => (
            <option key={each} value={each}>
              {t(`copy.form.${each}`)}
            </option>
          ))}
        </SelectField>
      </div>
      {"hrefOf" in props ? (
        <a
          href={props.hrefOf(form)}
          download
          data-testid={testId}
          className={buttonClass("outline", "sm", "min-h-10!")}
        >
          {face}
        </a>
      ) : (
        <Button
          variant="outline"
          size="sm"
          className="min-h-10!"
          data-testid={testId}
          onClick={() => props.onSave(form)}
        >
          {face}
        </Button>
      )}
    </div>
  );
}

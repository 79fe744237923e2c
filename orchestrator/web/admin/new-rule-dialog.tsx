/** A new rule: its fields; then it is tried, shown in words and published. The rest of the file stays as it is. */
import { useState } from "react";
import type { PolicyStatus } from "../../http/overview-contract.ts";
import { useText } from "../base/language.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { ChangeDialog } from "./change-dialog.tsx";
import { type Missing, missingIn, newRuleEdit, noNewRule } from "./new-rule.ts";
import { NewRuleFields } from "./new-rule-fields.tsx";
import { useCurrentVersion } from "./use-current-version.ts";

export function NewRuleDialog(props: {
  readonly policy: Pick<PolicyStatus, "lists" | "rules">;
  readonly onClose: () => void;
  readonly onPublished: () => void;
}): React.JSX.Element {
  const t = useText();
  const { policy, onClose } = props;
  const { base, act, reload } = useCurrentVersion();
  const [rule, setRule] = useState(noNewRule);
  const [missing, setMissing] = useState<readonly Missing[]>([]);
  const [isTrying, setTrying] = useState(false);
  if (isTrying && base !== null)
    return (
      <ChangeDialog
        title={t("newRule.tried", { rule: rule.id.trim() })}
        change={{ kind: "edits", edits: [{ kind: "rule", edit: newRuleEdit(rule) }] }}
        base={base}
        act={t("change.publish")}
        onClose={() => setTrying(false)}
        onPublished={props.onPublished}
      />
    );
  const tryOut = (): void => {
    const found = missingIn(
      rule,
      policy.rules.map(({ id }) => id),
    );
    setMissing(found);
    setTrying(found.length === 0);
  };
  return (
    <FormDialog
      wide
      title={t("newRule.title")}
      onClose={onClose}
      dismissable={rule === noNewRule}
      act={act}
      submit={t("listEdit.try")}
      testId="new-rule-try"
      disabled={base === null}
      onSubmit={tryOut}
      onRetry={reload}
    >
      <NewRuleFields rule={rule} policy={policy} missing={missing} onChange={setRule} />
    </FormDialog>
  );
}

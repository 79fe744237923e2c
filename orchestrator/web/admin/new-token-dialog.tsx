/** The form for a new token. The same bounds as the contract's, said before the server has to. */
import { useState } from "react";
import type { ApiTokenView } from "../../http/token-contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { Field } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { type Scope, ScopesField } from "./scopes-field.tsx";

export interface IssuedToken {
  readonly token: ApiTokenView;
  readonly secret: string;
}

const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const mostDays = 730;

export function NewTokenDialog(props: {
  readonly onClose: () => void;
  readonly onCreated: (issued: IssuedToken) => void;
}): React.JSX.Element {
  const t = useText();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<readonly Scope[]>([]);
  const [days, setDays] = useState("365");
  const [tried, setTried] = useState(false);
  const act = useAct();
  const nameBad = !namePattern.test(name.trim());
  const daysBad = !(/^\d{1,3}$/.test(days) && Number(days) >= 1 && Number(days) <= mostDays);

  const submit = async (): Promise<void> => {
    setTried(true);
    if (nameBad || daysBad || chosen.length === 0) return;
    const wanted = { name: name.trim(), scopes: chosen, days: Number(days) };
    await act.run(async () =>
      props.onCreated(await call<IssuedToken>("POST", "/api/admin/tokens", wanted)),
    );
  };

  return (
    <FormDialog
      wide
      title={t("tokens.create")}
      act={act}
      submit={t("tokens.submit")}
      busy={t("users.busy")}
      testId="token-submit"
      onSubmit={() => void submit()}
      onClose={props.onClose}
    >
      <Field
        label={t("tokens.name")}
        help={t("tokens.nameHelp")}
        error={tried && nameBad ? t("tokens.nameInvalid") : undefined}
        data-testid="token-name"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <ScopesField chosen={chosen} onChange={setChosen} isMissing={tried && chosen.length === 0} />
      <Field
        label={t("tokens.days")}
        error={tried && daysBad ? t("tokens.daysInvalid") : undefined}
        data-testid="token-days"
        inputMode="numeric"
        autoComplete="off"
        maxLength={3}
        value={days}
        onChange={(event) => setDays(event.target.value)}
      />
    </FormDialog>
  );
}

/** Who decides while the approver is away. */
import { type SyntheticEvent, useState } from "react";
import type { Delegation } from "../../http/approval-contract.ts";
import { call } from "../base/api.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { LoadView } from "../ui/load-view.tsx";
import { Card } from "../ui/page-shell.tsx";

export function DelegationCard(): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { loaded, reload } = useLoad<{ delegations: readonly Delegation[] }>("/api/delegations");
  const { error, run } = useAct();
  const act = (work: () => Promise<unknown>): Promise<boolean> =>
    run(async () => {
      await work();
      reload();
    });
  return (
    <section aria-labelledby="delegation" className="mt-10">
      <h2 id="delegation" className="text-std-22B-150">
        {t("delegation.title")}
      </h2>
      <p className="mb-4 mt-1 text-[0.9375rem] text-muted">{t("delegation.lead")}</p>
      <Card className="flex flex-col gap-5 p-5">
        {error && <ErrorBanner error={error} />}
        <LoadView loaded={loaded} onRetry={reload}>
          {({ delegations }) =>
            delegations.length === 0 ? (
              <p className="text-muted">{t("delegation.none")}</p>
            ) : (
              <ul className="flex flex-col gap-2" data-testid="delegations">
                {delegations.map(({ id, delegate, from, until }) => (
                  <li key={id} className="flex flex-wrap items-center gap-4">
                    <b>{delegate}</b>
                    <span className="text-[0.9375rem] tabular-nums">
                      {t("delegation.period", {
                        from: formatTime(language, from),
                        until: formatTime(language, until),
                      })}
                    </span>
                    <Button
                      size="sm"
                      variant="text"
                      aria-label={t("delegation.endNamed", { name: delegate })}
                      onClick={() =>
                        void act(() => call("DELETE", `/api/delegations/${encodeURIComponent(id)}`))
                      }
                    >
                      {t("delegation.end")}
                    </Button>
                  </li>
                ))}
              </ul>
            )
          }
        </LoadView>
        <DelegationForm onAdd={(body) => act(() => call("POST", "/api/delegations", body))} />
      </Card>
    </section>
  );
}

interface NewDelegation {
  readonly name: string;
  readonly from: string;
  readonly until: string;
}

function DelegationForm(props: {
  /** False: it was refused, and what was typed stays. */
  readonly onAdd: (body: NewDelegation) => Promise<boolean>;
}): React.JSX.Element {
  const t = useText();
  const [name, setName] = useState("");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [incomplete, setIncomplete] = useState(false);
  const add = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const isMissing = name.trim() === "" || from === "" || until === "";
    setIncomplete(isMissing);
    if (isMissing) return;
    const body = {
      name: name.trim(),
      from: new Date(from).toISOString(),
      until: new Date(until).toISOString(),
    };
    if (!(await props.onAdd(body))) return;
    setName("");
    setFrom("");
    setUntil("");
  };
  return (
    <form
      noValidate
      className="flex flex-wrap items-end gap-4 border-t border-line pt-5"
      onSubmit={(event) => void add(event)}
    >
      <Field
        dense
        label={t("delegation.name")}
        data-testid="delegate-name"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={128}
        error={incomplete ? t("delegation.incomplete") : undefined}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        dense
        label={t("delegation.from")}
        type="datetime-local"
        data-testid="delegate-from"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <Field
        dense
        label={t("delegation.until")}
        type="datetime-local"
        data-testid="delegate-until"
        value={until}
        onChange={(event) => setUntil(event.target.value)}
      />
      <Button type="submit" size="sm" data-testid="delegate-add">
        {t("delegation.add")}
      </Button>
    </form>
  );
}

/** Many accounts from a spreadsheet: what would be made is shown first, the one-time passwords once. */
import { useState } from "react";
import type { ImportAnswer } from "../../http/user-import-contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { CopyChoice, csvForms } from "./copy-choice.tsx";
import { decodeTable } from "./decode-table.ts";
import { passwordsCsv } from "./passwords-csv.ts";
import { TableHead } from "../ui/table-head.tsx";

/** As the server's bound, with room for a spreadsheet's quoting. */
const mostBytes = 256 * 1024;
type Made = NonNullable<ImportAnswer["made"]>;

export function ImportUsersDialog(props: {
  readonly onClose: () => void;
  readonly onMade: () => void;
}): React.JSX.Element {
  const t = useText();
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<ImportAnswer | null>(null);
  const [tooLarge, setTooLarge] = useState(false);
  const { busy, error, run } = useAct();

  const send = (table: string, apply: boolean): Promise<boolean> =>
    run(async () => {
      const said = await call<ImportAnswer>("POST", "/api/admin/users/import", {
        text: table,
        apply,
      });
      setAnswer(said);
      if (said.made !== null) props.onMade();
    });
  const choose = async (file: File | undefined): Promise<void> => {
    setAnswer(null);
    setTooLarge(false);
    if (file === undefined) return;
    if (file.size > mostBytes) {
      setTooLarge(true);
      return;
    }
    const table = decodeTable(new Uint8Array(await file.arrayBuffer()));
    setText(table);
    await send(table, false);
  };
  const made = answer?.made ?? null;
  const isReady =
    answer !== null &&
    answer.unreadable === null &&
    answer.users.every(({ problem }) => problem === null);

  return (
    <Dialog
      wide
      title={t("import.title")}
      onClose={props.onClose}
      dismissable={made === null}
      actions={
        made === null ? (
          <>
            <Button variant="outline" onClick={props.onClose}>
              {t("common.cancel")}
            </Button>
            <Button
              data-testid="import-apply"
              disabled={busy || !isReady}
              onClick={() => void send(text, true)}
            >
              {busy ? t("users.busy") : t("import.apply")}
            </Button>
          </>
        ) : (
          <Button data-testid="import-done" onClick={props.onClose}>
            {t("users.oneTimeDone")}
          </Button>
        )
      }
    >
      {error && <ErrorBanner error={error} />}
      {made === null ? (
        <>
          <p>{t("import.lead")}</p>
          <label className="flex flex-col gap-1.5">
            <span className="text-std-16B-170">{t("import.file")}</span>
            <input
              type="file"
              accept=".csv,.tsv,.txt,text/csv"
              data-testid="import-file"
              onChange={(event) => void choose(event.target.files?.[0])}
            />
          </label>
          {tooLarge && <Banner tone="danger" title={t("import.tooLarge")} />}
          {answer !== null && <Preview answer={answer} />}
        </>
      ) : (
        <MadeUsers made={made} />
      )}
    </Dialog>
  );
}

function Preview({ answer }: { readonly answer: ImportAnswer }): React.JSX.Element {
  const t = useText();
  if (answer.unreadable !== null)
    return <Banner tone="danger" title={t(`import.unreadable.${answer.unreadable}`)} />;
  const wrong = answer.users.filter(({ problem }) => problem !== null).length;
  return (
    <>
      <Banner
        tone={wrong === 0 ? "good" : "danger"}
        testId="import-summary"
        title={
          wrong === 0
            ? t("import.ready", { count: answer.users.length })
            : t("import.wrong", { count: wrong })
        }
      />
      <div
        className="max-h-72 overflow-auto rounded-8 border border-line"
        tabIndex={0}
        role="group"
        aria-label={t("import.preview")}
      >
        <table className="table-plain text-[0.875rem]">
          <TableHead
            columns={[
              t("import.line"),
              t("users.name"),
              t("users.displayName"),
              t("users.roles"),
              t("users.groups"),
              t("import.verdict"),
            ]}
          />
          <tbody>
            {answer.users.map((user) => (
              <tr key={user.line} data-testid="import-row">
                <td className="tabular-nums">{user.line}</td>
                <td>{user.name}</td>
                <td>{user.displayName}</td>
                <td>{user.roles.map((role) => t(`role.${role}`)).join(", ")}</td>
                <td>{user.groups.join(", ")}</td>
                <td className={user.problem === null ? "" : "font-bold text-danger"}>
                  {user.problem === null ? t("import.good") : t(`import.problem.${user.problem}`)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function MadeUsers({ made }: { readonly made: Made }): React.JSX.Element {
  const t = useText();
  const save = (encoding: "utf-8" | "cp932"): void => {
    const heads = [t("users.name"), t("users.displayName"), t("import.oneTime")] as const;
    const url = URL.createObjectURL(
      new Blob([passwordsCsv(heads, made, encoding)], { type: "text/csv" }),
    );
    const link = document.createElement("a");
    link.href = url;
    link.download = "hanare-users.csv";
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <Banner tone="good" title={t("import.made", { count: made.length })}>
        {t("users.oneTimeBody")}
      </Banner>
      <CopyChoice forms={csvForms} testId="import-save" onSave={save} />
      <div
        className="max-h-72 overflow-auto rounded-8 border border-line"
        tabIndex={0}
        role="group"
        aria-label={t("import.preview")}
      >
        <table className="table-plain text-[0.875rem]">
          <tbody>
            {made.map((user) => (
              <tr key={user.name}>
                <th scope="row">{user.name}</th>
                <td>{user.displayName}</td>
                <td>
                  <code className="font-mono select-all">{user.oneTimePassword}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

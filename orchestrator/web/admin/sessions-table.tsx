/** The sessions that are not deleted, and ending one with a word to its user. */
import { useState } from "react";
import type { Session } from "../../http/contract.ts";
import { call } from "../base/api.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card } from "../ui/page-shell.tsx";
import { TableHead } from "../ui/table-head.tsx";

const pollMs = 5000;

const tones: Readonly<Record<Session["state"], BadgeTone>> = {
  deleted: "quiet",
  stuck: "danger",
  closing: "caution",
  creating: "info",
  ready: "quiet",
  active: "good",
};

export function SessionsTable(props: { readonly onEnded: () => void }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { loaded, reload } = useLoad<{ sessions: Session[] }>("/api/admin/sessions", pollMs);
  const [ending, setEnding] = useState<Session | null>(null);
  return (
    <section aria-labelledby="sessions">
      <h2 id="sessions" className="mb-4 text-std-22B-150">
        {t("sessions.title")}
      </h2>
      <Card className="overflow-x-auto">
        <LoadView loaded={loaded} onRetry={reload}>
          {({ sessions }) =>
            sessions.length === 0 ? (
              <EmptyState text={t("sessions.empty")} />
            ) : (
              <table className="table-plain text-[0.9375rem]" data-testid="sessions-table">
                <TableHead
                  columns={[
                    t("sessions.state"),
                    t("sessions.owner"),
                    t("sessions.terminal"),
                    t("sessions.since"),
                    t("sessions.expires"),
                    t("sessions.id"),
                  ]}
                  actions
                />
                <tbody>
                  {sessions.map((session) => (
                    <tr key={session.id}>
                      <td>
                        <Badge
                          tone={tones[session.state]}
                          text={t(`sessions.state.${session.state}`)}
                        />
                      </td>
                      <td className="font-bold">
                        {session.ownerName ?? (
                          <span className="font-normal text-muted">{t("sessions.unclaimed")}</span>
                        )}
                      </td>
                      <td className="tabular-nums">{session.terminal ?? "–"}</td>
                      <td className="whitespace-nowrap tabular-nums">
                        {formatTime(language, session.claimedAt)}
                      </td>
                      <td className="whitespace-nowrap tabular-nums">
                        {formatTime(language, session.expiresAt)}
                      </td>
                      <td className="font-mono text-[0.8125rem]">{session.id}</td>
                      <td className="text-right">
                        {session.state !== "closing" && session.state !== "deleted" && (
                          <Button
                            size="sm"
                            variant="outline"
                            aria-label={t("sessions.endNamed", {
                              name: session.ownerName ?? t("sessions.unclaimed"),
                            })}
                            onClick={() => setEnding(session)}
                          >
                            {t("sessions.end")}
                          </Button>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </LoadView>
      </Card>
      {ending && (
        <EndSessionDialog
          session={ending}
          onClose={() => setEnding(null)}
          onEnded={() => {
            setEnding(null);
            reload();
            props.onEnded();
          }}
        />
      )}
    </section>
  );
}

function EndSessionDialog(props: {
  readonly session: Session;
  readonly onClose: () => void;
  readonly onEnded: () => void;
}): React.JSX.Element {
  const t = useText();
  const [message, setMessage] = useState("");
  const act = useAct();
  const { session } = props;

  const end = (): Promise<boolean> =>
    act.run(async () => {
      const text = message.trim();
      await call(
        "DELETE",
        `/api/admin/sessions/${encodeURIComponent(session.id)}`,
        text === "" ? {} : { message: text },
      );
      props.onEnded();
    });

  return (
    <FormDialog
      danger
      title={t("sessions.endTitle")}
      act={act}
      submit={t("sessions.end")}
      testId="admin-end-confirm"
      onSubmit={() => void end()}
      onClose={props.onClose}
    >
      <p>{t("sessions.endBody", { name: session.ownerName ?? t("sessions.unclaimed") })}</p>
      {session.ownerName !== null && (
        <Field
          label={t("sessions.endMessage")}
          help={t("sessions.endMessageHelp")}
          optionalMark
          maxLength={500}
          value={message}
          onChange={(event) => setMessage(event.target.value)}
        />
      )}
    </FormDialog>
  );
}

/** `hanare notify test`: one mail and one post to the webhook, now, as the configuration has them. */
import { randomBytes } from "node:crypto";
import { describeError } from "../base/errors.ts";
import { dataDirOf, loadConfig } from "../config/load.ts";
import { composeMail } from "../notices/mail/compose.ts";
import { sendMail } from "../notices/mail/send.ts";
import type { OutboxParts } from "../notices/outbox.ts";
import { postWebhook } from "../notices/webhook/post.ts";
import { readDoors } from "../start/notice-doors.ts";
import { commonOptions, exitCodes, noArguments, runCommand, UsageError } from "./command.ts";

const help = `hanare notify test [--to ADDRESS]

通知のメールと webhook を、いまの設定で一度だけ試します。
Sends one test mail to ADDRESS and posts one test message to the webhook, as
hanare.yaml (notifications) has them, and says what came of each.

  --to ADDRESS  who gets the mail; needed where a mail server is configured
  --data DIR    data directory of the installation (default: var)

Exit codes: 0 all taken, 1 something failed, 2 wrong usage (also: nothing is
configured).
`;

const spec = { help, options: { ...commonOptions, to: { type: "string" } } } as const;

const limitMs = 30_000;
const words = {
  ja: "これは試験の通知です。届いていれば設定は正しく働いています。",
  en: "This is a test. If it arrives, the settings work.",
  href: "/notices",
};

export function notifyTest(args: string[]): Promise<number> {
  return runCommand(spec, args, async ({ values, positionals }) => {
    noArguments(positionals);
    const dataDir = dataDirOf(values.data);
    const config = await loadConfig(dataDir);
    const { mail, webhook } = readDoors(config.notifications, dataDir);
    if (!mail && !webhook)
      throw new UsageError("hanare.yaml configures neither notifications.mail nor .webhook.");
    if (mail && values.to === undefined) throw new UsageError("Name who gets it: --to ADDRESS.");
    const { portal } = config.terminals;
    const tries = [
      ...(mail ? [said("mail", mailTo(mail, values.to ?? "", portal))] : []),
      ...(webhook ? [said("webhook", post(webhook))] : []),
    ];
    const done = await Promise.all(tries);
    return done.every((each) => each) ? exitCodes.done : exitCodes.failed;
  });
}

const newId = (): string => `test.${randomBytes(6).toString("hex")}`;

function mailTo(
  { server, from }: NonNullable<OutboxParts["mail"]>,
  to: string,
  portal: string | undefined,
): Promise<void> {
  const nowMs = Date.now();
  const mail = composeMail({
    ...{ from, to, language: "ja", portal, id: newId(), nowMs },
    notices: [{ atMs: nowMs, words: { ...words, ja: `${words.ja} / ${words.en}` } }],
  });
  return sendMail(server, mail, AbortSignal.timeout(limitMs));
}

function post(webhook: NonNullable<OutboxParts["webhook"]>): Promise<void> {
  const nowMs = Date.now();
  const id = newId();
  const { ja, en } = words;
  const body = JSON.stringify({ id, kind: "test", at: new Date(nowMs).toISOString(), ja, en });
  return postWebhook(webhook, { id, body, nowMs }, AbortSignal.timeout(limitMs));
}

async function said(what: string, act: Promise<void>): Promise<boolean> {
  try {
    await act;
    process.stdout.write(`${what}: 送りました / taken\n`);
    return true;
  } catch (error) {
    process.stderr.write(`${what}: ${describeError(error)}\n`);
    return false;
  }
}

/**
 * メール無害化: a mail becomes its text and its sanitized attachments. Pages inside are read as text; an
 * attachment that may not leave is replaced by a note with its name.
 */
import { outputTypes } from "../../wire/file-words.ts";
import type { SandboxMember } from "../../wire/sandbox.ts";
import { spend } from "../archive/member.ts";
import { shortName } from "../archive/refusal.ts";
import { type JobContext, Refusal } from "../context.ts";
import { memberName } from "../identify/extension.ts";
import type { MailAttachment } from "../mail/message.ts";
import { readMsg } from "../mail/msg.ts";
import { readEml } from "../mail/parse.ts";
import { type CleanAttachment, writeEml } from "../mail/write.ts";
import type { EngineOutcome } from "./outcome.ts";

interface Cleaned {
  readonly attachment: CleanAttachment | undefined;
  readonly member: SandboxMember;
}

async function clean({ name, bytes }: MailAttachment, context: JobContext): Promise<Cleaned> {
  spend(context, bytes.length);
  context.found.push({ name, bytes });
  const { verdict, reason, contentType, output } = await context.inside(name, bytes);
  const facts = { sizeBytes: bytes.length, encrypted: false, verdict, reason, contentType };
  const member: SandboxMember = { name: shortName(name), ...facts };
  if (output === undefined) return { member, attachment: undefined };
  const { extensions, mediaType } = outputTypes[output.type];
  return {
    member,
    attachment: { name: memberName(name, extensions), mediaType, bytes: output.bytes },
  };
}

const leftOut = (members: readonly SandboxMember[]): string =>
  members
    .map(
      ({ name, reason }) =>
        `［添付を取り除きました / attachment left out］ ${name} (${reason ?? ""})`,
    )
    .join("\n");

export async function sanitizeMail(
  type: "mail" | "msg",
  context: JobContext,
): Promise<EngineOutcome> {
  if (context.depth >= context.limits.nesting) throw new Refusal("blocked", "nesting-limit");
  context.progress("unpack", 0.2);
  const message = type === "mail" ? await readEml(context.bytes) : readMsg(context.bytes, context);
  const cleaned: Cleaned[] = [];
  for (const [index, attachment] of message.attachments.entries()) {
    context.progress("rebuild", 0.3 + (0.6 * index) / message.attachments.length);
    cleaned.push(await clean(attachment, context));
  }
  const members = cleaned.map((each) => each.member);
  const out = cleaned.filter((each) => each.attachment === undefined).map((each) => each.member);
  const text = out.length === 0 ? message.text : `${message.text}\n\n${leftOut(out)}\n`;
  const bytes = writeEml(
    { ...message, text },
    cleaned.flatMap((each) => each.attachment ?? []),
  );
  return {
    kind: "members",
    type: "eml",
    bytes,
    members,
    complete: out.length === 0,
    converted: type === "msg",
  };
}

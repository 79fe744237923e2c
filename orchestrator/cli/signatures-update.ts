/** `hanare signatures update`: has the running Hanare look for newer virus signatures now. */
import type { SignatureUpdate } from "../http/signature-contract.ts";
import {
  commonOptions,
  exitCodes,
  noArguments,
  printJson,
  runCommand,
  UsageError,
} from "./command.ts";
import { connect } from "./policy-server.ts";

const help = `hanare signatures update [--json] [--data DIR]

設定した取得元（signatures.source）から、新しいウイルス定義をいま取得します。確かめてから使い始めます。動いている Hanare が必要です。
Fetches newer virus signatures now from the configured source, checks them and takes them in. Needs a running Hanare.

終了コード / exit codes: 0 taken or already current, 1 failed or refused (what was in force stays), 2 usage
`;
const options = { ...commonOptions, json: { type: "boolean", default: false } } as const;

const sentences = {
  taken: "新しい定義を使い始めます / taken",
  current: "すでに最新です / already current",
  partly: "一部だけ取得できました / only some could be fetched",
  refused: "定義として正しくないため、使いません / not accepted",
  failed: "取得できませんでした / could not be fetched",
  none: "まだ取得していません / not fetched yet",
} as const;

export function signaturesUpdate(args: string[]): Promise<number> {
  return runCommand({ help, options }, args, async ({ values, positionals }) => {
    noArguments(positionals);
    const ask = await connect(values.data);
    const answer = await ask<
      SignatureUpdate | { code: string; ja: string; en: string; nextJa: string; nextEn: string }
    >("POST", "/api/admin/signatures");
    if ("code" in answer)
      throw new UsageError(`${answer.ja}${answer.nextJa} / ${answer.en} ${answer.nextEn}`);
    if (values.json) printJson(answer);
    else
      process.stdout.write(
        `${sentences[answer.outcome]}${answer.detail === "" ? "" : `\n${answer.detail}`}\n`,
      );
    const isGood = answer.outcome === "taken" || answer.outcome === "current";
    return isGood ? exitCodes.done : exitCodes.failed;
  });
}

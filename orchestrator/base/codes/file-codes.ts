/** Received files: sanitizing, scanning, approval, shared folders. */
import type { ErrorTexts } from "./error-text.ts";

export const fileCodes = {
  SANITIZE_BUSY: {
    status: 429,
    ja: "このトークンで処理中、または受け取り待ちのファイルが多すぎます。",
    en: "Too many files of this token are being processed or wait to be fetched.",
    nextJa: "結果を受け取り、少し待ってから送り直してください。",
    nextEn: "Fetch what is ready, wait a little and send it again.",
  },
  FILE_NOT_WAITING: {
    status: 409,
    ja: "このファイルはパスワードを待っていません。",
    en: "This file is not waiting for a password.",
    nextJa: "もう一度ダウンロードしてください。",
    nextEn: "Download the file again.",
  },
  FILE_NOT_FOR_APPROVAL: {
    status: 409,
    ja: "このファイルは、承認を申請できません。",
    en: "No approval can be asked for this file.",
    nextJa: "判定の理由を確かめてください。申請済みのものは「ファイル」の画面で確かめられます。",
    nextEn: "Look at the verdict. Files that were asked for are on the page “Files”.",
  },
  APPROVAL_LIMIT: {
    status: 429,
    ja: "承認待ちの申請が多すぎます。",
    en: "Too many of your requests wait for an approval.",
    nextJa: "承認を待つか、不要な申請を取り下げてください。",
    nextEn: "Wait for decisions, or withdraw requests you do not need.",
  },
  APPROVAL_OWN: {
    status: 403,
    ja: "自分の申請は承認できません。",
    en: "You cannot decide your own request.",
    nextJa: "ほかの承認者に依頼してください。",
    nextEn: "Ask another approver.",
  },
  DELEGATION_NOT_POSSIBLE: {
    status: 422,
    ja: "この内容では代理を設定できません。",
    en: "This stand-in cannot be set.",
    nextJa: "代理の利用者名と期間（1年以内）を確かめてください。",
    nextEn: "Check the stand-in's user name and the dates (a year at most).",
  },
  FILE_NOT_KEPT: {
    status: 410,
    ja: "保管の期限を過ぎたため、このファイルはもうありません。",
    en: "The file is no longer kept.",
    nextJa: "もう一度ダウンロードして、申請してください。",
    nextEn: "Download it again and ask again.",
  },
  PREVIEW_NOT_POSSIBLE: {
    status: 404,
    ja: "このファイルの中身の画像は作れません。",
    en: "No picture of this file can be made.",
    nextJa: "申請の理由と検査の結果で判断するか、申請者に確かめてください。",
    nextEn: "Decide by the reason and what the check found, or ask the requester.",
  },
  KEEP_FULL: {
    status: 507,
    ja: "承認待ちのファイルを保管する場所がいっぱいです。",
    en: "There is no room for more files that wait for an approval.",
    nextJa: "受け取り済み・不要な申請を片付けるか、管理者に連絡してください。",
    nextEn: "Collect or withdraw what you no longer need, or contact your administrator.",
  },
  SIGNATURES_NO_SOURCE: {
    status: 409,
    ja: "ウイルス定義の取得元が設定されていません。",
    en: "No source of virus signatures is configured.",
    nextJa:
      "hanare.yaml の signatures.source に official か、ミラーの https:// のアドレスを書いて、Hanare を再起動してください。",
    nextEn:
      "Write official, or your mirror's https:// address, as signatures.source in hanare.yaml and restart Hanare.",
  },
  SHARED_FOLDER_AWAY: {
    status: 503,
    ja: "共有フォルダーにつながらないため、保存していません。",
    en: "The shared folder cannot be reached; nothing was saved.",
    nextJa:
      "「受け取る」で端末に受け取るか、時間をおいてお試しください。続くときは管理者に連絡してください。",
    nextEn:
      "Get it at your terminal, or try again later. If it persists, contact your administrator.",
  },
  SHARED_FOLDER_MISSING: {
    status: 409,
    ja: "共有フォルダーにあなたの保存先がないか、書き込みが許されていません。保存していません。",
    en: "Your place in the shared folder is not there or may not be written to; nothing was saved.",
    nextJa: "「受け取る」で端末に受け取るか、管理者に保存先の用意を依頼してください。",
    nextEn: "Get it at your terminal, or ask your administrator to prepare the place.",
  },
  SHARED_FOLDER_FULL: {
    status: 409,
    ja: "共有フォルダーの空き、またはあなたの使える量が足りません。保存していません。",
    en: "The shared folder is full, or your share of it is; nothing was saved.",
    nextJa: "不要なファイルの期限を待つか、「受け取る」で端末に受け取ってください。",
    nextEn: "Wait until what you saved before is over, or get it at your terminal.",
  },
  SHARED_FOLDER_BUSY: {
    status: 429,
    ja: "共有フォルダーへの保存が混み合っています。",
    en: "Too many files are being saved to shared folders.",
    nextJa: "少し待ってからお試しください。",
    nextEn: "Wait a moment and try again.",
  },
  SHARED_FOLDER_ORIGINAL: {
    status: 409,
    ja: "無害化していない元のファイルは、この共有フォルダーに保存できません。",
    en: "This shared folder takes no original that was not sanitized.",
    nextJa: "「受け取る」で端末に受け取ってください。",
    nextEn: "Get it at your terminal.",
  },
  FILE_NOT_RELEASED: {
    status: 409,
    ja: "このファイルはまだ受け取れません。",
    en: "This file has not been released.",
    nextJa: "判定が終わるまでお待ちください。",
    nextEn: "Wait for the verdict.",
  },
  FILE_TOO_LARGE: {
    status: 413,
    ja: "ファイルが大きすぎます。",
    en: "The file is too large.",
    nextJa: "上限は管理者に確認してください。",
    nextEn: "Ask your administrator about the limit.",
  },
  SANDBOX_FAILED: {
    status: 502,
    ja: "検査用の環境で処理できませんでした。",
    en: "The inspection sandbox failed.",
    nextJa: "もう一度ダウンロードしてください。",
    nextEn: "Download the file again.",
  },
  SIGNATURES_REFUSED: {
    status: 422,
    ja: "このウイルス定義は取り込めません。いまの定義はそのままです。",
    en: "These virus signatures were not taken. What was in force stays in force.",
    nextJa: "ClamAV の main・daily・bytecode（.cvd または .cld）を入手し直してください。",
    nextEn: "Fetch main, daily and bytecode of ClamAV (.cvd or .cld) again.",
  },
  SCANNER_UNAVAILABLE: {
    status: 503,
    ja: "ウイルス検査を実行できません。",
    en: "The virus scanner is not available.",
    nextJa: "管理者に連絡してください。検査できないファイルは渡しません。",
    nextEn: "Contact your administrator. Files that cannot be scanned are not released.",
  },
} as const satisfies ErrorTexts;

/** The policy, its lists, and requests for what it refused. */
import type { ErrorTexts } from "./error-text.ts";

export const policyCodes = {
  POLICY_INVALID: {
    status: 422,
    ja: "ポリシーに誤りがあります。",
    en: "The policy is invalid.",
    nextJa: "示された行を直してください。それまでは前のポリシーが有効です。",
    nextEn: "Correct the line shown. The previous policy stays in force until then.",
  },
  EDIT_NOT_POSSIBLE: {
    status: 422,
    ja: "この変更はできません。項目や規則がすでにあるか、見つからないか、画面からは直せない書き方です。",
    en: "This change cannot be made: the entry or rule exists already, is not there, or is written in a form that only an editor can change.",
    nextJa: "最新の内容を確かめてください。書き方によるときは、ファイルを直接編集してください。",
    nextEn: "Look at the current content. If it is the form, edit the file itself.",
  },
  REFUSAL_UNKNOWN: {
    status: 404,
    ja: "止められた記録が見つかりません。",
    en: "No refusal of yours has this reference.",
    nextJa: "そのページをもう一度開いてから、申請してください。",
    nextEn: "Open the page once more, then ask.",
  },
  REQUEST_CANNOT_HELP: {
    status: 422,
    ja: "これは申請では開けません。",
    en: "No request can open this.",
    nextJa: "必要なときは、問い合わせ番号を添えて管理者に連絡してください。",
    nextEn: "If you need it, give your administrator the reference.",
  },
  REQUEST_NOT_NEEDED: {
    status: 409,
    ja: "このサイトは、いまは開けます。",
    en: "This site can be opened by now.",
    nextJa: "ページを再読み込みしてください。",
    nextEn: "Reload the page.",
  },
  REQUEST_LIMIT: {
    status: 429,
    ja: "申請の数が上限に達しました。",
    en: "You have asked for as much as is possible at once.",
    nextJa: "いらない申請を取り下げるか、処理されるまでお待ちください。",
    nextEn: "Withdraw what you do not need, or wait until some are decided.",
  },
  REQUEST_OWN: {
    status: 403,
    ja: "自分の申請は処理できません。",
    en: "Nobody decides their own request.",
    nextJa: "ほかのリスト管理者に処理を依頼してください。",
    nextEn: "Leave it to another list administrator.",
  },
  REQUEST_NOT_OPENED: {
    status: 422,
    ja: "選んだ内容では、このサイトは開きません。",
    en: "What was chosen would not open this site.",
    nextJa: "ポリシーが変わった可能性があります。画面を更新して、選び直してください。",
    nextEn: "The policy may have changed. Reload and choose again.",
  },
} as const satisfies ErrorTexts;

/** What is wrong with a call itself: its form, its token, how many come. */
import type { ErrorTexts } from "./error-text.ts";

export const requestCodes = {
  BAD_REQUEST: {
    status: 400,
    ja: "送られた内容を読み取れませんでした。",
    en: "The request could not be understood.",
    nextJa: "入力を確かめて、もう一度お試しください。",
    nextEn: "Check what you entered and try again.",
  },
  NOT_FOUND: {
    status: 404,
    ja: "見つかりませんでした。",
    en: "Not found.",
    nextJa: "ポータルに戻って、もう一度お試しください。",
    nextEn: "Go back to the portal and try again.",
  },
  FORBIDDEN: {
    status: 403,
    ja: "この操作は許可されていません。",
    en: "You are not allowed to do this.",
    nextJa: "必要な場合は管理者に権限を依頼してください。",
    nextEn: "Ask your administrator for the right if you need it.",
  },
  TOKEN_SCOPE: {
    status: 403,
    ja: "このトークンでは、この操作はできません。",
    en: "This token does not open that.",
    nextJa: "必要な権限を持つトークンを、管理者に発行してもらってください。",
    nextEn: "Ask your administrator for a token with the scope it needs.",
  },
  TOKEN_REQUIRED: {
    status: 403,
    ja: "ほかのシステム専用の窓口です。",
    en: "This is for other systems only.",
    nextJa: "管理画面の「API トークン」で発行したトークンを付けて呼び出してください。",
    nextEn: "Call it with a token made under API tokens in the administration.",
  },
  TOKEN_INVALID: {
    status: 401,
    ja: "トークンが正しくないか、期限切れ、または取り消されています。",
    en: "The token is wrong, expired or revoked.",
    nextJa: "管理者に新しいトークンを発行してもらってください。",
    nextEn: "Ask your administrator for a new token.",
  },
  TOKEN_LIMIT: {
    status: 409,
    ja: "トークンが多すぎます。",
    en: "There are too many tokens.",
    nextJa: "使わなくなったトークンを取り消してください。",
    nextEn: "Revoke tokens that nobody uses.",
  },
  CROSS_ORIGIN: {
    status: 403,
    ja: "別のサイトからの操作は受け付けません。",
    en: "Requests from another site are refused.",
    nextJa: "ポータルの画面から操作してください。",
    nextEn: "Use the pages of the portal itself.",
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    ja: "短い間に操作が多すぎるため、受け付けませんでした。",
    en: "There were too many requests in a short time.",
    nextJa: "少し待ってからお試しください。",
    nextEn: "Wait a moment and try again.",
  },
  LINK_NOT_VALID: {
    status: 410,
    ja: "このリンクは期限が切れているか、この端末のものではありません。",
    en: "This link has expired, or was made for another terminal.",
    nextJa: "アドレスに心当たりがあれば、ボタンを押して開いてください。",
    nextEn: "If you know the address, open it with the button.",
  },
} as const satisfies ErrorTexts;

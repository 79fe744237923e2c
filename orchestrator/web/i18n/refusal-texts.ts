/** Why the proxy refused an address: one sentence per reason of the proxy. */
import type { Texts } from "./language.ts";

export const refusalTexts = {
  "refusal.rule": {
    ja: "通信ポリシーの規則で、このサイトへの接続は許可されていません。",
    en: "A rule of the traffic policy does not allow this site.",
  },
  "refusal.default": {
    ja: "許可リストに載っていないサイトのため、接続できません。",
    en: "This site is not on the list of allowed sites.",
  },
  "refusal.guard.deny_ip": {
    ja: "庁内や特別な用途のアドレスに当たるため、接続できません。",
    en: "The site's address belongs to an internal or special-purpose range.",
  },
  "refusal.guard.host": {
    ja: "アドレスの書き方が認められていない形（IP アドレスの直接指定など）です。",
    en: "The host is written in a form that is not accepted, such as a bare IP address.",
  },
  "refusal.guard.port": {
    ja: "認められていないポート番号への接続です。",
    en: "The port number is not allowed.",
  },
  "refusal.guard.dns": {
    ja: "サイトの名前を確かめられませんでした。アドレスの誤りかもしれません。",
    en: "The site's name could not be resolved. The address may be mistyped.",
  },
  "refusal.guard.sni": {
    ja: "暗号化通信で名乗った名前が接続先と一致しないため、切断しました。",
    en: "The name given in the encrypted connection does not match the host.",
  },
  "refusal.guard.parse": {
    ja: "通信の内容を正しく読み取れなかったため、切断しました。",
    en: "The request could not be understood and was closed.",
  },
  "refusal.guard.limit": {
    ja: "一度に扱える通信の上限を超えました。少し待ってからお試しください。",
    en: "A limit on traffic was exceeded. Wait a moment and try again.",
  },
  "refusal.guard.unclaimed": {
    ja: "ブラウザの準備が終わっていないため、まだ通信できません。",
    en: "The browser is not ready for traffic yet.",
  },
  "refusal.unknown": {
    ja: "安全を確かめられなかったため、接続しませんでした。",
    en: "The connection was not made because it could not be shown to be safe.",
  },
} as const satisfies Texts;

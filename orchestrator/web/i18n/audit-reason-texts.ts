/** What the reasons of audit records say. Records hold the codes; a code without words here is shown as it is. */
import type { Session } from "../../http/contract.ts";
import type { Texts } from "./language.ts";

type EndReason = NonNullable<Session["endReason"]>;

const endReasonTexts = {
  "auditReason.user": { ja: "本人が終了", en: "Ended by the person" },
  "auditReason.viewer-gone": { ja: "画面が閉じられた", en: "Viewer closed" },
  "auditReason.idle": { ja: "操作がなかった", en: "Nothing was done" },
  "auditReason.lifetime": { ja: "最長の時間に達した", en: "Longest time reached" },
  "auditReason.administrator": { ja: "管理者が終了", en: "Ended by an administrator" },
  "auditReason.sign-out": { ja: "サインアウト", en: "Signed out" },
  "auditReason.policy-withdrawn": { ja: "ポリシーで認められなくなった", en: "Policy withdrew it" },
  "auditReason.container-died": { ja: "コンテナが止まった", en: "Container died" },
  "auditReason.out-of-memory": { ja: "メモリが足りなくなった", en: "Out of memory" },
  "auditReason.start-failed": { ja: "開始できなかった", en: "Could not start" },
  "auditReason.protocol-violation": {
    ja: "コンテナからの異常な通信",
    en: "The container broke the protocol",
  },
  "auditReason.isolation-refused": {
    ja: "隔離が弱いため渡さなかった",
    en: "Isolation was weaker than asked",
  },
  "auditReason.pool-retired": { ja: "待機の入れ替え", en: "Retired unused" },
  "auditReason.orphan": { ja: "管理外のコンテナ", en: "Orphaned container" },
  "auditReason.unknown": { ja: "終わり方は不明", en: "How it ended is not known" },
  "auditReason.shutdown": { ja: "Hanare の停止", en: "Hanare was stopped" },
} as const satisfies Readonly<Record<`auditReason.${EndReason}`, Texts[string]>>;

export const auditReasonTexts = {
  ...endReasonTexts,
  "auditReason.default": { ja: "既定のとおり", en: "No rule matched" },
  "auditReason.unknown-user": { ja: "利用者名がない", en: "No such user" },
  "auditReason.wrong-password": { ja: "パスワードが違う", en: "Wrong password" },
  "auditReason.wrong-code": { ja: "確認コードが違う", en: "Wrong code" },
  "auditReason.one-time-expired": {
    ja: "仮パスワードの期限切れ",
    en: "One-time password expired",
  },
  "auditReason.disabled": { ja: "停止中の利用者", en: "Disabled account" },
  "auditReason.command-line": { ja: "コマンドで実行", en: "By a command on the server" },
  "auditReason.import": { ja: "CSV で一括登録", en: "Imported from CSV" },
  "auditReason.first-administrator": { ja: "最初の管理者", en: "First administrator" },
  "auditReason.name-taken": { ja: "利用者名が使われている", en: "Name is taken" },
  "auditReason.conflict": { ja: "ほかの変更が先にあった", en: "Another change came first" },
  "auditReason.taken": { ja: "新しい内容を取り込んだ", en: "Newer content taken" },
  "auditReason.held": { ja: "変化が大きく、確認待ち", en: "Held: it changes too much" },
  "auditReason.unreachable": { ja: "配布元に届かない", en: "Source cannot be reached" },
  "auditReason.flood": { ja: "多すぎるためまとめた", en: "Too many: counted together" },
  "auditReason.metadata-removed": {
    ja: "付帯情報を取り除いた",
    en: "Hidden information removed",
  },
} as const satisfies Texts;

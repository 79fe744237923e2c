/** The installation itself: starting, settings, stored data, backups. */
import type { ErrorTexts } from "./error-text.ts";

export const installationCodes = {
  INTERNAL: {
    status: 500,
    ja: "内部エラーが発生しました。",
    en: "Something went wrong inside Hanare.",
    nextJa: "時間をおいてもう一度お試しください。続くときは管理者に連絡してください。",
    nextEn: "Try again in a moment. If it persists, contact your administrator.",
  },
  ALREADY_RUNNING: {
    status: 409,
    ja: "この環境の Hanare はすでに動いています。",
    en: "Hanare is already running for this installation.",
    nextJa:
      "先に動いているものを止めてください。別に動かすときは --data で別のフォルダーを指定してください。",
    nextEn:
      "Stop the running one first. To run another beside it, give it its own --data directory.",
  },
  CONFIG_INVALID: {
    status: 500,
    ja: "設定ファイルに誤りがあります。",
    en: "The configuration file is invalid.",
    nextJa: "示された行を直してください。",
    nextEn: "Correct the line shown.",
  },
  SETTINGS_CHANGED: {
    status: 409,
    ja: "設定ファイルが、表示した後に変わりました。",
    en: "The configuration file has changed since it was shown.",
    nextJa: "画面を再読み込みして、もう一度変更してください。",
    nextEn: "Reload the page and make the change again.",
  },
  SETTING_FIXED: {
    status: 422,
    ja: "この設定は、管理画面からは変更できません。",
    en: "This setting cannot be changed from the console.",
    nextJa: "サーバーの設定ファイルで変更してください。",
    nextEn: "Change it in the configuration file on the server.",
  },
  SETTINGS_NOT_EDITABLE: {
    status: 422,
    ja: "設定ファイルの書き方のため、ほかの部分を変えずに書き込めません。",
    en: "The way the configuration file is written, this cannot be changed without touching the rest.",
    nextJa: "サーバーの設定ファイルで変更してください。",
    nextEn: "Change it in the configuration file on the server.",
  },
  SETTINGS_INVALID: {
    status: 422,
    ja: "この値では Hanare を起動できないため、書き込みませんでした。",
    en: "Hanare would not start with this value, so it was not written.",
    nextJa: "示された誤りを直してください。",
    nextEn: "Correct the mistake shown.",
  },
  STORE_NEWER: {
    status: 500,
    ja: "このデータは、より新しい Hanare が書いたものです。古い Hanare では開きません。",
    en: "A newer Hanare has written this data; an older one does not open it.",
    nextJa:
      "新しい Hanare に戻してください。古いほうを使うときは、更新の前に作ったバックアップを復元してください。",
    nextEn:
      "Install the newer Hanare again. To stay with the older one, restore a backup from before the upgrade.",
  },
  BACKUP_DAMAGED: {
    status: 422,
    ja: "このバックアップは壊れているか、途中で切れているか、Hanare のものではありません。何も変更していません。",
    en: "This backup is damaged, cut off, or not one of Hanare. Nothing has been changed.",
    nextJa: "ファイルをコピーし直すか、別のバックアップを使ってください。",
    nextEn: "Copy the file again, or use another backup.",
  },
  BACKUP_PASSPHRASE: {
    status: 422,
    ja: "バックアップのパスフレーズが違うか、指定されていません。何も変更していません。",
    en: "The passphrase of the backup is wrong or missing. Nothing has been changed.",
    nextJa: "--passphrase-file か HANARE_BACKUP_PASSPHRASE を確かめてください。",
    nextEn: "Check --passphrase-file or HANARE_BACKUP_PASSPHRASE.",
  },
  BACKUP_NEWER: {
    status: 422,
    ja: "より新しい Hanare で作ったバックアップです。何も変更していません。",
    en: "A newer Hanare has made this backup. Nothing has been changed.",
    nextJa: "この機械の Hanare を更新してから、もう一度復元してください。",
    nextEn: "Upgrade Hanare on this machine, then restore again.",
  },
  BACKUP_REFUSED: {
    status: 422,
    ja: "このバックアップの中身は、このままでは使えません。何も変更していません。",
    en: "What is in this backup cannot be used as it is. Nothing has been changed.",
    nextJa: "示された理由を確かめ、別のバックアップを使ってください。",
    nextEn: "Look at the reason that is shown, and use another backup.",
  },
  BACKUP_NO_ROOM: {
    status: 507,
    ja: "ディスクの空きが足りません。何も変更していません。",
    en: "There is not enough room on the disk. Nothing has been changed.",
    nextJa: "空きを増やすか、別の場所を指定してください。",
    nextEn: "Make room, or name another place.",
  },
} as const satisfies ErrorTexts;

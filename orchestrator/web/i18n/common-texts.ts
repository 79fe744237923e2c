/** Texts of the frame around every page, and of the pages of the portal. */
import type { Texts } from "./language.ts";

export const commonTexts = {
  "app.name": { ja: "Hanare", en: "Hanare" },
  "app.tagline": { ja: "インターネット分離ブラウザ", en: "Isolated internet browser" },
  "app.skip": { ja: "本文へ移動", en: "Skip to content" },
  "language.switch": { ja: "English", en: "日本語" },
  "language.label": { ja: "表示を英語に切り替える", en: "Switch the display to Japanese" },
  "common.loading": { ja: "読み込んでいます…", en: "Loading…" },
  "common.retry": { ja: "もう一度試す", en: "Try again" },
  "common.cancel": { ja: "キャンセル", en: "Cancel" },
  "common.close": { ja: "閉じる", en: "Close" },
  "common.copy": { ja: "コピー", en: "Copy" },
  "common.copied": { ja: "コピーしました", en: "Copied" },
  "common.required": { ja: "必須", en: "Required" },
  "common.optional": { ja: "任意", en: "Optional" },
  "common.none": { ja: "なし", en: "None" },
  "common.requestId": { ja: "問い合わせ番号 {id}", en: "Reference {id}" },
  "common.toPortal": { ja: "ポータルへ戻る", en: "Back to the portal" },
  "go.title": { ja: "インターネットのページを開く", en: "Open an internet page" },
  "go.asked": {
    ja: "別のサイトが、このページを分離ブラウザで開こうとしています。",
    en: "Another site wants this page opened in the isolated browser.",
  },
  "go.askedBody": {
    ja: "心当たりがあるときだけ開いてください。",
    en: "Open it only if you expected this.",
  },
  "go.open": { ja: "分離ブラウザで開く", en: "Open in the isolated browser" },
  "common.refresh": { ja: "更新", en: "Refresh" },
  "error.network": {
    ja: "Hanare のサーバーに接続できません。",
    en: "The Hanare server cannot be reached.",
  },
  "error.networkNext": {
    ja: "ネットワークを確かめて、もう一度お試しください。",
    en: "Check your network connection and try again.",
  },
  "error.unreadable": {
    ja: "サーバーの応答を読み取れませんでした。",
    en: "The server's answer could not be read.",
  },
  "error.unreadableNext": {
    ja: "時間をおいてもう一度お試しください。続くときは管理者に連絡してください。",
    en: "Try again in a moment. If it persists, contact your administrator.",
  },
  "error.page": {
    ja: "画面の表示中に問題が起きました。",
    en: "Something went wrong while showing this page.",
  },
  "error.pageNext": { ja: "画面を再読み込みしてください。", en: "Please reload the page." },
  "error.reload": { ja: "再読み込み", en: "Reload" },
  "notFound.title": { ja: "ページが見つかりません", en: "Page not found" },
  "notFound.body": {
    ja: "アドレスが変わったか、誤っている可能性があります。",
    en: "The address may have changed or be mistyped.",
  },

  "header.signOut": { ja: "サインアウト", en: "Sign out" },
  "header.account": { ja: "{name} さん", en: "{name}" },
  "header.portal": { ja: "ポータル", en: "Portal" },
  "header.password": { ja: "パスワード変更", en: "Change password" },
  "header.admin": { ja: "管理", en: "Administration" },
  "header.overview": { ja: "稼働状況", en: "Overview" },
  "header.audit": { ja: "監査記録", en: "Audit log" },
  "header.auditReports": { ja: "集計", en: "Reports" },
  "header.users": { ja: "利用者", en: "Users" },
  "header.requests": { ja: "利用申請", en: "Requests" },
  "header.inbox": { ja: "申請", en: "Requests" },
  "header.explain": { ja: "判定の確認", en: "Explain" },
  "header.policy": { ja: "通信ポリシー", en: "Policy" },
  "header.navigation": { ja: "主なページ", en: "Main pages" },

  "signIn.title": { ja: "サインイン", en: "Sign in" },
  "signIn.name": { ja: "利用者名", en: "User name" },
  "signIn.password": { ja: "パスワード", en: "Password" },
  "signIn.submit": { ja: "サインイン", en: "Sign in" },
  "signIn.busy": { ja: "確認しています…", en: "Checking…" },
  "signIn.help": {
    ja: "パスワードを忘れたときは、管理者に再発行を依頼してください。",
    en: "If you forgot your password, ask your administrator for a new one.",
  },
  "signIn.lead": {
    ja: "インターネットは、離れの部屋で。",
    en: "The internet, in a detached room.",
  },
  "signIn.about": {
    ja: "閲覧するたびに使い捨てのブラウザを用意し、手元の端末には画面だけを届けます。ファイルは検査と無害化を終えてからお渡しします。",
    en: "Every visit gets its own disposable browser; only its picture reaches your terminal. Files are inspected and sanitized before they are handed over.",
  },

  "password.title": { ja: "パスワードの変更", en: "Change password" },
  "password.forced": {
    ja: "はじめに新しいパスワードを設定してください。",
    en: "Please set a new password to begin.",
  },
  "password.forcedBody": {
    ja: "お渡ししたパスワードは一度だけ使えます。",
    en: "The password you were given works once only.",
  },
  "password.current": { ja: "現在のパスワード", en: "Current password" },
  "password.next": { ja: "新しいパスワード", en: "New password" },
  "password.nextHelp": {
    ja: "12文字以上。利用者名や前のパスワードと異なるもの。",
    en: "At least 12 characters, different from your user name and your old password.",
  },
  "password.repeat": { ja: "新しいパスワード（確認）", en: "New password (again)" },
  "password.mismatch": {
    ja: "2つの新しいパスワードが一致しません。",
    en: "The two new passwords differ.",
  },
  "password.short": { ja: "12文字以上にしてください。", en: "Use at least 12 characters." },
  "password.submit": { ja: "設定する", en: "Set password" },
  "password.busy": { ja: "設定しています…", en: "Setting…" },
  "password.done": { ja: "パスワードを変更しました。", en: "Your password was changed." },

  "portal.title": { ja: "インターネットを開く", en: "Open the internet" },
  "portal.lead": {
    ja: "使い捨てのブラウザを、離れの部屋に用意します。閉じると跡形なく消えます。",
    en: "A disposable browser is prepared in a detached room. Once closed, nothing of it remains.",
  },
  "portal.open": { ja: "インターネットを開く", en: "Open the internet" },
  "portal.address": { ja: "開きたいアドレス", en: "Address to open" },
  "portal.addressHelp": {
    ja: "空欄のままなら、最初のページを開きます。",
    en: "Leave it empty to open the start page.",
  },
  "portal.addressExample": { ja: "例: www.example.lg.jp", en: "e.g. www.example.lg.jp" },
  "portal.running": { ja: "開いているブラウザがあります", en: "Your browser is open" },
  "portal.runningBody": {
    ja: "{since} から利用中です。続きから使えます。",
    en: "In use since {since}. You can carry on where you left off.",
  },
  "portal.return": { ja: "ブラウザに戻る", en: "Return to the browser" },
  "portal.end": { ja: "終了する", en: "End it" },
  "portal.ending": { ja: "終了しています…", en: "Ending…" },
  "portal.popup": {
    ja: "新しいタブを開けませんでした",
    en: "The new tab could not be opened",
  },
  "portal.popupBody": {
    ja: "「ここから開く」を押してください。毎回こうなるときは、ブラウザのポップアップ設定で、このサイトを許可してください。",
    en: "Press “Open it here”. If this happens every time, allow pop-ups for this site in your browser.",
  },
  "portal.popupOpen": { ja: "ここから開く", en: "Open it here" },
  "portal.how": { ja: "使い方", en: "How it works" },
  "portal.how1": { ja: "見る", en: "Browse" },
  "portal.how1Body": {
    ja: "タブもアドレス欄も日本語入力も、いつものブラウザと同じように使えます。",
    en: "Tabs, address bar and Japanese input work as in your usual browser.",
  },
  "portal.how2": { ja: "受け取る", en: "Receive files" },
  "portal.how2Body": {
    ja: "ダウンロードしたファイルは、検査と無害化のあと端末に届きます。",
    en: "Downloads reach your terminal after inspection and sanitizing.",
  },
  "portal.how3": { ja: "閉じる", en: "Close" },
  "portal.how3Body": {
    ja: "「終了」を押すかタブを閉じると、ブラウザは中身ごと消えます。",
    en: "Press “End” or close the tab, and the browser vanishes with everything in it.",
  },
  "portal.admin": { ja: "管理メニュー", en: "Administration" },
} as const satisfies Texts;

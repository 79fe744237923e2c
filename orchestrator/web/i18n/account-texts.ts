/** Texts about how people sign in: second factors, passkeys, recovery codes, places where they are signed in. */
import type { Texts } from "./language.ts";

export const accountTexts = {
  "header.security": { ja: "サインインの安全", en: "Sign-in security" },

  "factor.title": { ja: "もう一段階の本人確認", en: "One more step" },
  "factor.lead": {
    ja: "パスワードを確認しました。続けて本人確認をしてください。",
    en: "Your password was right. Please verify that it is you.",
  },
  "factor.code": { ja: "認証アプリの6桁のコード", en: "6-digit code of your authenticator app" },
  "factor.recovery": { ja: "回復コード", en: "Recovery code" },
  "factor.recoveryHelp": {
    ja: "設定のときに控えた、英数字15文字のコードです。一度だけ使えます。",
    en: "One of the 15-character codes you kept when you set this up. Each works once.",
  },
  "factor.submit": { ja: "確認する", en: "Verify" },
  "factor.busy": { ja: "確認しています…", en: "Verifying…" },
  "factor.usePasskey": { ja: "パスキーで確認する", en: "Use a passkey" },
  "factor.useTotp": { ja: "認証アプリのコードを使う", en: "Use a code of the app" },
  "factor.useRecovery": { ja: "回復コードを使う", en: "Use a recovery code" },
  "factor.lost": {
    ja: "どの方法も使えないときは、管理者に二段階認証の初期化を依頼してください。",
    en: "If none of them is at hand, ask your administrator to reset your second factors.",
  },
  "factor.cancel": { ja: "サインインをやめる", en: "Cancel sign-in" },

  "proof.title": { ja: "本人確認", en: "Verify that it is you" },
  "proof.body": {
    ja: "大事な操作の前に、パスワードをもう一度入力してください。",
    en: "Enter your password once more before this step.",
  },
  "proof.submit": { ja: "確認して続ける", en: "Verify and go on" },

  "security.title": { ja: "サインインの安全", en: "Sign-in security" },
  "security.lead": {
    ja: "パスワードが漏れても入られないように、もう一つの確認方法を加えられます。",
    en: "Add a second way to prove who you are, so that a leaked password alone opens nothing.",
  },
  "security.mustSetUp": {
    ja: "二段階の本人確認を設定してください",
    en: "Please set up two-step verification",
  },
  "security.mustSetUpBody": {
    ja: "あなたの役割では必須です。認証アプリかパスキーのどちらかを設定すると、先へ進めます。",
    en: "Your role needs it. Set up an authenticator app or a passkey to go on.",
  },
  "security.continue": { ja: "先へ進む", en: "Continue" },
  "security.app": { ja: "認証アプリ", en: "Authenticator app" },
  "security.appLead": {
    ja: "スマートフォンのアプリが30秒ごとに示すコードで確認します。",
    en: "An app on your telephone shows a new code every thirty seconds.",
  },
  "security.appSince": { ja: "{at} から使用中", en: "In use since {at}" },
  "security.appAdd": { ja: "認証アプリを設定する", en: "Set up an app" },
  "security.appRemove": { ja: "認証アプリを外す", en: "Remove the app" },
  "security.appSetUp": { ja: "認証アプリの設定", en: "Set up an authenticator app" },
  "security.appStep1": {
    ja: "アプリでこの QR コードを読み取ってください。",
    en: "Scan this QR code with the app.",
  },
  "security.appQr": { ja: "認証アプリ用の QR コード", en: "QR code for the authenticator app" },
  "security.appSecret": {
    ja: "読み取れないときは、この文字列をアプリに入力します。",
    en: "If it cannot be scanned, type this into the app.",
  },
  "security.appStep2": {
    ja: "アプリに表示された6桁のコードを入力してください。",
    en: "Enter the 6-digit code that the app shows.",
  },
  "security.passkeys": { ja: "パスキー", en: "Passkeys" },
  "security.passkeysLead": {
    ja: "Windows Hello やセキュリティキーで確認します。偽サイトには使えないため、最も安全です。",
    en: "Windows Hello or a security key. They do not work on fake sites, which makes them the safest.",
  },
  "security.passkeysNone": { ja: "まだありません。", en: "None yet." },
  "security.passkeysUnsupported": {
    ja: "このブラウザーでは、パスキーを追加できません。",
    en: "This browser cannot add passkeys.",
  },
  "security.passkeyName": { ja: "パスキーの名前", en: "Name of the passkey" },
  "security.passkeyNameHelp": {
    ja: "例: 執務室の端末、予備のセキュリティキー",
    en: "For example: desk terminal, spare security key",
  },
  "security.passkeyAdd": { ja: "パスキーを追加する", en: "Add a passkey" },
  "security.passkeyCreate": { ja: "作成する", en: "Create" },
  "security.passkeyUsed": {
    ja: "{host} 用、最終使用 {at}",
    en: "for {host}, last used {at}",
  },
  "security.passkeyUnused": { ja: "{host} 用、未使用", en: "for {host}, not used yet" },
  "security.passkeyRemove": { ja: "パスキー「{name}」を外す", en: "Remove the passkey “{name}”" },
  "security.remove": { ja: "外す", en: "Remove" },
  "security.codes": { ja: "回復コード", en: "Recovery codes" },
  "security.codesLead": {
    ja: "スマートフォンやキーをなくしたときに、一度ずつ使えるコードです。",
    en: "For the day the telephone or the key is gone. Each works once.",
  },
  "security.codesLeft": { ja: "残り {count} 個", en: "{count} left" },
  "security.codesNew": { ja: "新しい回復コードを作る", en: "Make new recovery codes" },
  "security.codesShown": { ja: "回復コードを控えてください", en: "Keep your recovery codes" },
  "security.codesShownBody": {
    ja: "この画面を閉じると二度と表示できません。印刷するか書き写して、鍵のかかる場所に保管してください。以前の回復コードは使えません。",
    en: "They cannot be shown again after this is closed. Print or write them down and lock them away. Earlier recovery codes no longer work.",
  },
  "security.codesDone": { ja: "控えました", en: "I have kept them" },
  "security.signIns": { ja: "サインイン中の場所", en: "Where you are signed in" },
  "security.signInsLead": {
    ja: "心当たりのないものがあれば、すべて終了してパスワードを変更してください。",
    en: "If one is not yours, end them all and change your password.",
  },
  "security.signInHere": { ja: "この画面", en: "This one" },
  "security.signInSince": { ja: "開始", en: "Since" },
  "security.signInSeen": { ja: "最終利用", en: "Last seen" },
  "security.signInBrowser": { ja: "ブラウザー", en: "Browser" },
  "security.signInTerminal": { ja: "端末", en: "Terminal" },
  "security.signInActions": { ja: "操作", en: "Actions" },
  "security.signInEnd": { ja: "終了", en: "End" },
  "security.signInEndNamed": {
    ja: "{terminal} のサインインを終了",
    en: "End the sign-in at {terminal}",
  },
  "security.signInsEndOthers": {
    ja: "ほかのサインインをすべて終了する",
    en: "Sign out everywhere else",
  },
  "security.signInsEnded": {
    ja: "ほかのサインインを {count} 件終了しました。",
    en: "{count} other sign-ins ended.",
  },
  "security.browserUnknown": { ja: "不明", en: "Unknown" },

  "import.open": { ja: "CSV で一括登録", en: "Import from CSV" },
  "import.title": { ja: "利用者の一括登録", en: "Import users" },
  "import.lead": {
    ja: "1行目に「利用者名、氏名、役割、グループ」の見出しがある CSV（UTF-8 または Excel の CSV）を選んでください。役割とグループは省けます。一度に300人までです。",
    en: "Choose a CSV file whose first line has the titles name, full name, roles, groups (UTF-8, or as a Japanese Excel saves it). Roles and groups may be left out. Up to 300 at once.",
  },
  "import.file": { ja: "CSV ファイル", en: "CSV file" },
  "import.tooLarge": {
    ja: "ファイルが大きすぎます（256 KB まで）。",
    en: "The file is too large (256 KB at most).",
  },
  "import.preview": { ja: "登録の内容", en: "What will be made" },
  "import.line": { ja: "行", en: "Line" },
  "import.verdict": { ja: "確認", en: "Check" },
  "import.good": { ja: "登録できます", en: "Good" },
  "import.ready": { ja: "{count} 人を登録できます。", en: "{count} users can be made." },
  "import.wrong": {
    ja: "{count} 行に誤りがあります。ファイルを直して、もう一度選んでください。",
    en: "{count} rows are wrong. Mend the file and choose it again.",
  },
  "import.apply": { ja: "登録する", en: "Make them" },
  "import.made": { ja: "{count} 人を登録しました。", en: "{count} users were made." },
  "import.oneTime": { ja: "仮パスワード", en: "One-time password" },
  "import.unreadable.no-header": {
    ja: "1行目に「利用者名」と「氏名」の見出しがありません。",
    en: "The first line has no titles “name” and “full name”.",
  },
  "import.unreadable.too-many": {
    ja: "一度に登録できるのは300人までです。ファイルを分けてください。",
    en: "Up to 300 users at once. Please split the file.",
  },
  "import.unreadable.no-rows": { ja: "登録する行がありません。", en: "There is no row to import." },
  "import.problem.name-invalid": { ja: "利用者名が正しくありません", en: "User name not valid" },
  "import.problem.display-name-missing": { ja: "氏名がありません", en: "Full name missing" },
  "import.problem.role-unknown": { ja: "役割が分かりません", en: "Unknown role" },
  "import.problem.group-too-long": { ja: "グループが長すぎます", en: "Group too long" },
  "import.problem.name-twice": { ja: "ファイルの中で重複しています", en: "Twice in this file" },
  "import.problem.name-taken": { ja: "すでに登録されています", en: "Exists already" },

  "users.resetFactors": { ja: "二段階認証の初期化", en: "Reset second factors" },
  "users.resetFactorsTitle": {
    ja: "二段階認証を初期化しますか",
    en: "Reset the second factors?",
  },
  "users.resetFactorsBody": {
    ja: "{name} の認証アプリ、パスキー、回復コードをすべて外し、サインインを終了します。必ず本人であることを確かめてください。",
    en: "The app, passkeys and recovery codes of {name} are removed and every sign-in ends. Be sure that it is really them who ask.",
  },
} as const satisfies Texts;

/**
 * Every error code with its HTTP status, what people read (ja, en) and what to do next (ja, en).
 * A code without all of these does not compile.
 */
export interface ErrorText {
  readonly status: number;
  readonly ja: string;
  readonly en: string;
  readonly nextJa: string;
  readonly nextEn: string;
}

export const errorCodes = {
  INTERNAL: {
    status: 500,
    ja: "内部エラーが発生しました。",
    en: "Something went wrong inside Hanare.",
    nextJa: "時間をおいてもう一度お試しください。続くときは管理者に連絡してください。",
    nextEn: "Try again in a moment. If it persists, contact your administrator.",
  },
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
  CROSS_ORIGIN: {
    status: 403,
    ja: "別のサイトからの操作は受け付けません。",
    en: "Requests from another site are refused.",
    nextJa: "ポータルの画面から操作してください。",
    nextEn: "Use the pages of the portal itself.",
  },
  SIGN_IN_REQUIRED: {
    status: 401,
    ja: "サインインしてください。",
    en: "Please sign in.",
    nextJa: "サインイン画面からお進みください。",
    nextEn: "Continue on the sign-in page.",
  },
  SIGN_IN_FAILED: {
    status: 401,
    ja: "利用者名またはパスワードが違います。",
    en: "The user name or the password is wrong.",
    nextJa: "入力を確かめてください。忘れたときは管理者に再発行を依頼してください。",
    nextEn: "Check what you typed. If you forgot it, ask your administrator for a new one.",
  },
  SIGN_IN_THROTTLED: {
    status: 429,
    ja: "サインインの失敗が続いたため、しばらく受け付けません。",
    en: "Too many failed sign-ins; sign-in is paused.",
    nextJa: "数分待ってからお試しください。",
    nextEn: "Wait a few minutes and try again.",
  },
  PASSWORD_CHANGE_REQUIRED: {
    status: 403,
    ja: "先に新しいパスワードを設定してください。",
    en: "Set a new password first.",
    nextJa: "パスワード設定の画面からお進みください。",
    nextEn: "Continue on the password page.",
  },
  PASSWORD_TOO_WEAK: {
    status: 422,
    ja: "このパスワードは使えません。",
    en: "This password cannot be used.",
    nextJa: "12文字以上で、利用者名や前のパスワードと異なるものにしてください。",
    nextEn: "Use at least 12 characters, different from your user name and the old password.",
  },
  USER_EXISTS: {
    status: 409,
    ja: "同じ利用者名がすでにあります。",
    en: "A user of that name already exists.",
    nextJa: "別の利用者名にしてください。",
    nextEn: "Choose another user name.",
  },
  LINK_NOT_VALID: {
    status: 410,
    ja: "このリンクは期限が切れているか、この端末のものではありません。",
    en: "This link has expired, or was made for another terminal.",
    nextJa: "アドレスに心当たりがあれば、ボタンを押して開いてください。",
    nextEn: "If you know the address, open it with the button.",
  },
  CAPACITY: {
    status: 503,
    ja: "ただいま満席です。",
    en: "All places are taken right now.",
    nextJa: "少し待ってから、もう一度開いてください。",
    nextEn: "Wait a moment and open it again.",
  },
  SESSION_NOT_ALLOWED: {
    status: 403,
    ja: "インターネットの利用が許可されていません。",
    en: "You are not allowed to use the internet.",
    nextJa: "業務で必要なときは、所属を伝えて管理者に依頼してください。",
    nextEn: "If your work needs it, ask your administrator and name your department.",
  },
  RUNTIME_MISSING: {
    status: 503,
    ja: "決められた隔離方式（gVisor）が、このサーバーで使えません。",
    en: "The required isolation runtime (gVisor) is not installed on this host.",
    nextJa:
      "管理者に連絡してください。(管理者: npm run setup -- --gvisor で登録するか、runtime を runc にしてください)",
    nextEn:
      "Contact your administrator. (Administrators: register it with npm run setup -- --gvisor, or set runtime to runc.)",
  },
  SESSION_START_FAILED: {
    status: 503,
    ja: "ブラウザを開始できませんでした。",
    en: "The browser could not be started.",
    nextJa: "もう一度お試しください。続くときは管理者に連絡してください。",
    nextEn: "Try again. If it persists, contact your administrator.",
  },
  ISOLATION_WEAKER: {
    status: 503,
    ja: "ブラウザの隔離を確認できなかったため、開始しませんでした。",
    en: "The browser's isolation could not be confirmed, so it was not started.",
    nextJa: "管理者に連絡してください。(管理者: npx hanare doctor を実行してください)",
    nextEn: "Contact your administrator. (Administrators: run npx hanare doctor.)",
  },
  HOST_ISOLATION: {
    status: 503,
    ja: "この機械ではブラウザを隔離できないため、開始しません。",
    en: "This machine cannot isolate browsers, so Hanare does not start.",
    nextJa: "npx hanare doctor を実行し、示された直し方に従ってください。",
    nextEn: "Run npx hanare doctor and follow what it says.",
  },
  SESSION_ENDED: {
    status: 410,
    ja: "このセッションは終了しました。",
    en: "This session has ended.",
    nextJa: "ポータルから新しく開いてください。",
    nextEn: "Open a new one from the portal.",
  },
  ILLEGAL_TRANSITION: {
    status: 409,
    ja: "いまの状態ではできない操作です。",
    en: "This cannot be done in the current state.",
    nextJa: "画面を更新して、状態を確かめてください。",
    nextEn: "Reload the page and check the state.",
  },
  WIRE_PROTOCOL: {
    status: 502,
    ja: "ブラウザとの通信が正しくありません。",
    en: "The browser sent something invalid.",
    nextJa: "ポータルから新しく開いてください。",
    nextEn: "Open a new one from the portal.",
  },
  ENGINE_UNAVAILABLE: {
    status: 503,
    ja: "コンテナエンジンに接続できません。",
    en: "The container engine cannot be reached.",
    nextJa: "管理者に連絡してください。(管理者: npx hanare doctor を実行してください)",
    nextEn: "Contact your administrator. (Administrators: run npx hanare doctor.)",
  },
  ENGINE_FAILED: {
    status: 502,
    ja: "コンテナの操作に失敗しました。",
    en: "A container operation failed.",
    nextJa: "もう一度お試しください。",
    nextEn: "Try again.",
  },
  DEADLINE_EXCEEDED: {
    status: 504,
    ja: "時間内に終わりませんでした。",
    en: "This did not finish in time.",
    nextJa: "もう一度お試しください。",
    nextEn: "Try again.",
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
  FILE_NOT_WAITING: {
    status: 409,
    ja: "このファイルはパスワードを待っていません。",
    en: "This file is not waiting for a password.",
    nextJa: "もう一度ダウンロードしてください。",
    nextEn: "Download the file again.",
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
  SCANNER_UNAVAILABLE: {
    status: 503,
    ja: "ウイルス検査を実行できません。",
    en: "The virus scanner is not available.",
    nextJa: "管理者に連絡してください。検査できないファイルは渡しません。",
    nextEn: "Contact your administrator. Files that cannot be scanned are not released.",
  },
  PROXY_UNAVAILABLE: {
    status: 503,
    ja: "通信の出口が準備できていません。",
    en: "The egress proxy is not ready.",
    nextJa: "少し待ってから、もう一度お試しください。",
    nextEn: "Wait a moment and try again.",
  },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof errorCodes;

/** Texts of the viewer: toolbar, menus, banners, block panel, waiting and ending. */
import type { Texts } from "./language.ts";

export const viewerTexts = {
  "viewer.frame": { ja: "インターネット（分離）", en: "Internet (isolated)" },
  "viewer.frameShort": { ja: "分離", en: "Isolated" },
  "viewer.covered": {
    ja: "画面を隠しています。クリックすると戻ります。",
    en: "The picture is hidden. Click to return.",
  },
  "viewer.title": { ja: "インターネット", en: "Internet" },
  "viewer.toolbar": { ja: "ブラウザの操作", en: "Browser controls" },
  "viewer.tabs": { ja: "タブ", en: "Tabs" },
  "viewer.newTab": { ja: "新しいタブ", en: "New tab" },
  "viewer.untitled": { ja: "新しいタブ", en: "New tab" },
  "viewer.closeTab": { ja: "タブを閉じる: {title}", en: "Close tab: {title}" },
  "viewer.back": { ja: "戻る", en: "Back" },
  "viewer.forward": { ja: "進む", en: "Forward" },
  "viewer.reload": { ja: "再読み込み", en: "Reload" },
  "viewer.stop": { ja: "読み込みを中止", en: "Stop loading" },
  "viewer.address": { ja: "アドレス", en: "Address" },
  "viewer.addressPlaceholder": {
    ja: "アドレスまたは検索語を入力",
    en: "Type an address or search words",
  },
  "viewer.print": { ja: "印刷", en: "Print" },
  "viewer.history": { ja: "このタブの履歴", en: "History of this tab" },
  "viewer.historyHere": { ja: "いまのページ", en: "this page" },

  "menu.label": { ja: "右クリックのメニュー", en: "Context menu" },
  "menu.open-link": { ja: "リンクを新しいタブで開く", en: "Open link in new tab" },
  "menu.copy-link": { ja: "リンクのアドレスをコピー", en: "Copy link address" },
  "menu.open-image": { ja: "画像を新しいタブで開く", en: "Open image in new tab" },
  "menu.cut": { ja: "切り取り", en: "Cut" },
  "menu.copy": { ja: "コピー", en: "Copy" },
  "menu.paste": { ja: "貼り付け", en: "Paste" },
  "menu.select-all": { ja: "すべて選択", en: "Select all" },
  "menu.back": { ja: "戻る", en: "Back" },
  "menu.forward": { ja: "進む", en: "Forward" },
  "menu.reload": { ja: "再読み込み", en: "Reload" },
  "menu.print": { ja: "印刷…", en: "Print…" },
  "menu.pasteByKey": {
    ja: "この端末のブラウザは、メニューからの貼り付けを許していません。Ctrl+V で貼り付けてください。",
    en: "This terminal's browser does not let menus paste. Press Ctrl+V instead.",
  },

  "connection.secure": { ja: "暗号化された通信", en: "Encrypted connection" },
  "connection.plain": { ja: "暗号化されていない通信", en: "Not encrypted" },
  "connection.broken": { ja: "証明書に問題のある通信", en: "Problem with the certificate" },
  "connection.none": { ja: "アドレスなし", en: "No address" },
  "connection.subject": { ja: "証明書の名前", en: "Certificate for" },
  "connection.issuer": { ja: "発行者", en: "Issued by" },
  "connection.validTo": { ja: "有効期限", en: "Valid until" },
  "connection.host": { ja: "接続先", en: "Host" },

  "viewer.downloads": { ja: "ダウンロード", en: "Downloads" },
  "viewer.downloadsCount": {
    ja: "ダウンロード（処理中 {count} 件）",
    en: "Downloads ({count} in progress)",
  },
  "viewer.pictureScreen": {
    ja: "画面の送り方：標準（押すと互換の方式にします）",
    en: "Picture: standard (press for the compatible way)",
  },
  "viewer.pictureRfb": {
    ja: "画面の送り方：互換（押すと切り替えます）",
    en: "Picture: compatible (press to change)",
  },

  "sound.quiet": { ja: "音を消す", en: "Mute" },
  "sound.playing": { ja: "音を消す", en: "Mute" },
  "sound.muted": { ja: "音を出す", en: "Turn sound on" },
  "sound.waiting": {
    ja: "画面を一度クリックすると音が出ます",
    en: "Sound starts after a click in the page",
  },
  "sound.failed": {
    ja: "音を出せませんでした。押すと音を消し、もう一度押すと出し直します",
    en: "Sound did not work. Press to mute, and again to try anew",
  },
  "sound.impossible": {
    ja: "この端末のブラウザーでは音を出せません（Edge か Chrome をお使いください）",
    en: "This terminal's browser cannot play sound here (use Edge or Chrome)",
  },

  "viewer.fullScreen": { ja: "全画面", en: "Full screen" },
  "viewer.leaveFullScreen": { ja: "全画面を終わる", en: "Leave full screen" },
  "viewer.end": { ja: "終了", en: "End" },
  "viewer.picture": {
    ja: "離れのブラウザの画面。F6 キーでアドレス欄に移ります。",
    en: "Picture of the detached browser. Press F6 to move to the address bar.",
  },
  "viewer.reconnecting": { ja: "再接続しています…", en: "Reconnecting…" },
  "viewer.reconnectingBody": {
    ja: "ネットワークを確かめてください。{seconds} 秒以内に戻ると、続きから使えます。",
    en: "Check your network. You can carry on if the connection returns within {seconds} seconds.",
  },
  "viewer.slow": {
    ja: "回線が遅くなっています。画面の反応が遅れることがあります。",
    en: "The connection is slow. The picture may lag behind.",
  },

  "hints.title": { ja: "はじめての方へ", en: "Good to know" },
  "hints.address": {
    ja: "アドレス欄へは F6 で移れます。言葉を入れると検索します。",
    en: "F6 moves to the address bar. Words are searched for.",
  },
  "hints.paste": {
    ja: "日本語入力、コピー、貼り付けは、ふだんと同じ操作です。",
    en: "Typing, copying and pasting work as usual.",
  },
  "hints.files": {
    ja: "ダウンロードは無害化してから端末に届きます。進み具合は右上の一覧に出ます。",
    en: "Downloads are sanitized first; the list at the top right shows how far they are.",
  },
  "hints.end": {
    ja: "「終了」を押すと、ブラウザと中身はすべて消えます。",
    en: "End erases the browser and everything in it.",
  },

  "viewer.idle": {
    ja: "操作がないため、あと {seconds} 秒で終了します。",
    en: "No activity: this session ends in {seconds} seconds.",
  },
  "viewer.lifetimeMinutes": {
    ja: "1回の利用時間の上限まで、あと {minutes} 分です。続けるときは、終了後に開き直してください。",
    en: "This session reaches its time limit in {minutes} min. Open a new one afterwards to carry on.",
  },
  "viewer.lifetimeSeconds": {
    ja: "利用時間の上限により、あと {seconds} 秒で終了します。受け取り中のファイルにご注意ください。",
    en: "This session ends in {seconds} seconds: its time limit. Mind files that are still arriving.",
  },
  "viewer.idleContinue": { ja: "続ける", en: "Continue" },
  "viewer.shared": {
    ja: "このブラウザは {count} つの画面で開いています。操作はすべての画面に反映されます。",
    en: "This browser is open in {count} windows. What you do in one shows in all of them.",
  },
  "viewer.pasteCut": {
    ja: "貼り付ける文字が多すぎるため、先頭の {count} 文字だけを入力しました。",
    en: "The pasted text was too long; the first {count} characters were entered.",
  },

  "start.title": { ja: "ブラウザを準備しています", en: "Preparing your browser" },
  "start.room": { ja: "離れの部屋を用意しています…", en: "Preparing a detached room…" },
  "start.picture": { ja: "画面を受け取っています…", en: "Receiving the picture…" },
  "start.slow": {
    ja: "いつもより時間がかかっています。このままお待ちください。",
    en: "This takes longer than usual. Please wait.",
  },

  "wait.title": { ja: "順番をお待ちください", en: "Please wait for your turn" },
  "wait.position": { ja: "{position} 番目", en: "Number {position}" },
  "wait.of": { ja: "{waiting} 人が待っています", en: "{waiting} waiting" },
  "wait.full": {
    ja: "いまはすべてのブラウザが使われています。空きしだい、この画面で開きます。",
    en: "All browsers are in use. Yours opens here as soon as one is free.",
  },
  "wait.quota": {
    ja: "所属で同時に使える数に達しています。空きしだい、この画面で開きます。",
    en: "Your section has reached its limit. Yours opens here as soon as one is free.",
  },
  "wait.leave": {
    ja: "待つのをやめるときは、このタブを閉じてください。",
    en: "To stop waiting, close this tab.",
  },

  "start.failed": { ja: "ブラウザを開けませんでした", en: "The browser could not be opened" },

  "endDialog.title": { ja: "処理中のファイルがあります", en: "Files are still being processed" },
  "endDialog.body": {
    ja: "いま終了すると、次のファイルは受け取れません。",
    en: "If you end now, these files will not be handed over.",
  },
  "endDialog.confirm": { ja: "終了する", en: "End now" },
  "endDialog.keep": { ja: "続ける", en: "Keep browsing" },

  "ended.title": { ja: "インターネットを終了しました", en: "The session has ended" },
  "ended.body": {
    ja: "ブラウザと、その中のものはすべて消去されました。",
    en: "The browser and everything in it has been erased.",
  },
  "ended.again": { ja: "もう一度開く", en: "Open again" },
  "ended.close": { ja: "このタブを閉じる", en: "Close this tab" },
  "ended.message": { ja: "管理者からのお知らせ", en: "Message from the administrator" },
  "ended.reason.user": { ja: "終了の操作を受け付けました。", en: "You ended the session." },
  "ended.reason.viewer-gone": {
    ja: "画面との接続が切れたままになったため、終了しました。",
    en: "The connection to your terminal was lost for too long.",
  },
  "ended.reason.idle": {
    ja: "しばらく操作がなかったため、終了しました。",
    en: "There was no activity for a while.",
  },
  "ended.reason.lifetime": {
    ja: "1回の利用時間の上限に達したため、終了しました。",
    en: "The longest time for one session was reached.",
  },
  "ended.reason.administrator": {
    ja: "管理者が終了しました。",
    en: "An administrator ended the session.",
  },
  "ended.reason.sign-out": {
    ja: "サインアウトしたため、終了しました。",
    en: "You signed out.",
  },
  "ended.reason.policy-withdrawn": {
    ja: "ポリシーの変更により、インターネットを利用できなくなったため、終了しました。",
    en: "The policy was changed and no longer allows you to use the internet.",
  },
  "ended.reason.container-died": {
    ja: "ブラウザが予期せず停止したため、終了しました。",
    en: "The browser stopped unexpectedly.",
  },
  "ended.reason.out-of-memory": {
    ja: "開いたページがメモリを使い切ったため、終了しました。",
    en: "The pages that were open used up the browser's memory.",
  },
  "ended.reason.start-failed": {
    ja: "ブラウザを開始できませんでした。",
    en: "The browser could not be started.",
  },
  "ended.reason.protocol-violation": {
    ja: "ブラウザが決まりに反する通信を繰り返したため、安全のために終了しました。",
    en: "The browser kept breaking its protocol, so it was ended for safety.",
  },
  "ended.reason.isolation-refused": {
    ja: "ブラウザの隔離を確認できなかったため、開始しませんでした。",
    en: "The browser's isolation could not be confirmed, so it was not started.",
  },
  "ended.reason.pool-retired": {
    ja: "待機中のブラウザを入れ替えるため、終了しました。",
    en: "A waiting browser was replaced.",
  },
  "ended.reason.unknown": {
    ja: "バックアップから復元する前に開かれていたブラウザです。いつ終わったかは分かりません。",
    en: "The browser was open before a backup was restored. When it ended is not known.",
  },
  "ended.reason.orphan": {
    ja: "管理外のブラウザとして片付けられました。",
    en: "The browser was cleaned up because it no longer belonged to a session.",
  },
  "ended.reason.shutdown": {
    ja: "Hanare が停止したため、終了しました。",
    en: "Hanare was shut down.",
  },
  "ended.reason.gone": {
    ja: "このセッションはすでに終了しています。",
    en: "This session is no longer there.",
  },

  "block.title": { ja: "このサイトは表示できません", en: "This site cannot be shown" },
  "block.host": { ja: "接続先", en: "Host" },
  "block.rule": { ja: "規則", en: "Rule" },
  "block.reason": { ja: "理由", en: "Reason" },
  "block.time": { ja: "日時", en: "Time" },
  "block.id": { ja: "問い合わせ番号", en: "Reference" },
  "block.message": { ja: "リスト管理者からのお知らせ", en: "Message from the list administrator" },
  "block.passed": {
    ja: "先に調べ、当てはまらなかった規則",
    en: "Rules looked at before, which did not apply",
  },
  "block.passedOthers": {
    ja: "ほかに {count} 件（対象の人・端末・通信が違うものなど）",
    en: "{count} more, such as those for other people, terminals or traffic",
  },
  "block.back": { ja: "戻る", en: "Back" },
  "block.close": { ja: "別のアドレスを開く", en: "Open another address" },
  "block.help": {
    ja: "業務に必要なときは「利用を申請」を押してください。",
    en: "If you need this site for your work, press “Ask for it”.",
  },
} as const satisfies Texts;

/** What each setting is, by its path; those of the two proxies' limits share theirs. */
import type { Texts } from "./language.ts";

export const settingNameTexts = {
  "setting.engine.socket": { ja: "Docker Engine のソケット", en: "Docker Engine's socket" },
  "setting.listen.host": { ja: "待ち受けるアドレス", en: "Address to listen on" },
  "setting.listen.port": { ja: "ポータルのポート", en: "The portal's port" },
  "setting.listen.names": {
    ja: "端末が使う名前（証明書に入る）",
    en: "Names terminals use (in the certificate)",
  },
  "setting.sessions.maxTotal": {
    ja: "同時のブラウザの上限（待機中を含む）",
    en: "Browsers at most, ready ones included",
  },
  "setting.sessions.graceSeconds": {
    ja: "接続が切れてから終了まで（秒）",
    en: "Seconds from a lost connection to the end",
  },
  "setting.sessions.closedTabGraceSeconds": {
    ja: "タブが閉じられてから終了まで（秒）",
    en: "Seconds from a closed tab to the end",
  },
  "setting.sessions.idleMinutes": {
    ja: "操作がないときの終了（分）",
    en: "Minutes without activity to the end",
  },
  "setting.sessions.idleWarningSeconds": {
    ja: "その何秒前に知らせるか",
    en: "Seconds of warning before that",
  },
  "setting.sessions.lifetimeHours": { ja: "1回の最長（時間）", en: "Longest session (hours)" },
  "setting.sessions.lifetimeWarningSeconds": {
    ja: "最長の何秒前に知らせるか",
    en: "Seconds of warning before the longest time",
  },
  "setting.sessions.startSeconds": { ja: "起動を待つ上限（秒）", en: "Seconds a start may take" },
  "setting.sessions.administratorPlaces": {
    ja: "管理者だけが使える席",
    en: "Places for administrators only",
  },
  "setting.sessions.pool.min": { ja: "待機ブラウザの数（ふだん）", en: "Ready browsers at least" },
  "setting.sessions.pool.max": { ja: "待機ブラウザの上限", en: "Ready browsers at most" },
  "setting.sessions.pool.maxAgeMinutes": {
    ja: "未使用のまま作り直すまで（分）",
    en: "Minutes until an unused one is replaced",
  },
  "setting.sessions.queue.max": { ja: "順番待ちの人数の上限", en: "People in line at most" },
  "setting.sessions.queue.minutes": { ja: "順番を待つ上限（分）", en: "Minutes in line at most" },
  "setting.sessions.hostReserveMb": {
    ja: "サーバーに残すメモリ（MB）",
    en: "Memory left to the server (MB)",
  },
  "setting.sessions.memoryMb": {
    ja: "1席のメモリの上限（MB）",
    en: "Memory of a browser at most (MB)",
  },
  "setting.sessions.pids": { ja: "1席のプロセス数の上限", en: "Processes of a browser at most" },
  "setting.sessions.cpus": { ja: "1席の CPU の上限", en: "Processors of a browser at most" },
  "setting.sessions.homeMb": { ja: "プロファイルの置き場（MB）", en: "Room for the profile (MB)" },
  "setting.sessions.runtime": { ja: "コンテナのランタイム", en: "Container runtime" },
  "setting.sessions.firstUid": { ja: "コンテナの uid の最初", en: "First uid of containers" },
  "setting.browser.homepage": { ja: "最初のページ", en: "First page" },
  "setting.browser.search": { ja: "検索先（%s が語句）", en: "Search (%s is the words)" },
  "setting.browser.trustCaFiles": {
    ja: "追加で信頼する認証局",
    en: "Authorities trusted in addition",
  },
  "setting.proxy.dnsServers": { ja: "分離側の DNS", en: "Name servers of the isolated side" },
  "setting.proxy.policyFile": { ja: "ポリシーのファイル", en: "Policy file" },
  "setting.proxy.uid": { ja: "プロキシの uid", en: "Uid of the proxy" },
  "setting.proxy.signerUid": { ja: "署名プロセスの uid", en: "Uid of the signer" },
  "setting.limits.connections": { ja: "接続の上限（1人・1端末）", en: "Connections of one" },
  "setting.limits.totalConnections": { ja: "接続の上限（全体）", en: "Connections of all" },
  "setting.limits.tunnels": { ja: "トンネルの上限（1人・1端末）", en: "Tunnels of one" },
  "setting.limits.totalTunnels": { ja: "トンネルの上限（全体）", en: "Tunnels of all" },
  "setting.limits.requests": {
    ja: "同時の要求の上限（1人・1端末）",
    en: "Requests at a time of one",
  },
  "setting.limits.requestsPerSecond": { ja: "毎秒の要求の上限", en: "Requests a second" },
  "setting.limits.requestBurst": { ja: "一度に続けてよい要求の数", en: "Requests in one burst" },
  "setting.limits.bytesPerSecond": {
    ja: "毎秒のバイト数（1人・1端末）",
    en: "Bytes a second of one",
  },
  "setting.limits.totalBytesPerSecond": {
    ja: "毎秒のバイト数（全体）",
    en: "Bytes a second of all",
  },
  "setting.limits.bytes": { ja: "1回の通信のバイト数の上限", en: "Bytes of one transfer" },
  "setting.limits.parentMs": {
    ja: "上位プロキシを待つ上限（ミリ秒）",
    en: "Milliseconds to wait for a parent proxy",
  },
  "setting.terminals.enabled": { ja: "端末用プロキシを使う", en: "Proxy for terminals" },
  "setting.terminals.host": { ja: "端末用の待ち受けアドレス", en: "Address for terminals" },
  "setting.terminals.port": { ja: "端末用のポート", en: "Port for terminals" },
  "setting.terminals.redirectMode": {
    ja: "拒否した https ページの誘導方法",
    en: "How refused https pages lead on",
  },
  "setting.terminals.portal": {
    ja: "端末から見たポータルの URL",
    en: "The portal's URL at terminals",
  },
  "setting.terminals.proxies": { ja: "PAC に書くプロキシ", en: "Proxies in the PAC file" },
  "setting.terminals.directHosts": {
    ja: "プロキシを使わない宛先",
    en: "Hosts reached without the proxy",
  },
  "setting.terminals.uid": { ja: "端末用プロキシの uid", en: "Uid of the terminals' proxy" },
  "setting.requests.openPerPerson": {
    ja: "1人が同時に出せる申請",
    en: "Open requests of one person",
  },
  "setting.requests.perDay": { ja: "1人が1日に出せる申請", en: "Requests of one person a day" },
  "setting.requests.openDays": {
    ja: "判断のない申請の期限（日）",
    en: "Days until a request expires",
  },
  "setting.requests.keepDays": { ja: "申請を残す期間（日）", en: "Days requests are kept" },
  "setting.requests.proposedDays": {
    ja: "承認の期間のはじめの値（日）",
    en: "Days an approval is proposed for",
  },
  "setting.requests.longestDays": {
    ja: "承認の期間の最長（日）",
    en: "Days an approval may be at most",
  },
  "setting.audit.queryStrings": {
    ja: "アドレスの「?」より後を残すか",
    en: "What follows “?” in addresses",
  },
  "setting.audit.forward.host": { ja: "転送先のサーバー", en: "Server records go to" },
  "setting.audit.forward.port": { ja: "転送先のポート", en: "Its port" },
  "setting.audit.forward.format": { ja: "転送の形式", en: "Format of records sent" },
  "setting.audit.forward.serverName": { ja: "転送先の証明書の名前", en: "Name in its certificate" },
  "setting.audit.forward.caFile": { ja: "転送先の認証局のファイル", en: "File of its authority" },
  "setting.audit.forward.certFile": {
    ja: "転送に使う証明書のファイル",
    en: "File of our certificate for it",
  },
  "setting.audit.forward.keyFile": { ja: "転送に使う鍵のファイル", en: "File of our key for it" },
  "setting.files.sharedFolders": { ja: "共有フォルダー", en: "Shared folders" },
  "setting.signatures.source": {
    ja: "ウイルス定義の取得元",
    en: "Where virus signatures come from",
  },
  "setting.signatures.databases": {
    ja: "取得する公式の定義",
    en: "Official sets that are fetched",
  },
  "setting.signatures.extra": { ja: "追加で取得する定義", en: "Further sets that are fetched" },
  "setting.signatures.everyHours": {
    ja: "定義を取得する間隔（時間）",
    en: "Hours between two fetches",
  },
  "setting.signatures.via": { ja: "定義の取得に使う親プロキシ", en: "Parent proxy for signatures" },
  "setting.signatures.caFile": {
    ja: "取得元の認証局のファイル",
    en: "File of the authority of their source",
  },
  "setting.signatures.minutes": { ja: "1 回の取得の上限（分）", en: "Longest fetch, in minutes" },
  "setting.notifications.mail.host": { ja: "メールサーバー", en: "Mail server" },
  "setting.notifications.mail.port": { ja: "メールサーバーのポート", en: "Its port" },
  "setting.notifications.mail.security": { ja: "メールの暗号化", en: "How mail is encrypted" },
  "setting.notifications.mail.serverName": {
    ja: "メールサーバーの証明書の名前",
    en: "Name in its certificate",
  },
  "setting.notifications.mail.caFile": {
    ja: "メールサーバーの認証局のファイル",
    en: "File of its authority",
  },
  "setting.notifications.mail.from": { ja: "メールの差出人", en: "Sender of mails" },
  "setting.notifications.mail.domains": {
    ja: "宛先に使えるドメイン",
    en: "Domains mail may go to",
  },
  "setting.notifications.mail.user": {
    ja: "メールサーバーの利用者名",
    en: "User at the mail server",
  },
  "setting.notifications.mail.passwordFile": {
    ja: "メールサーバーのパスワードのファイル",
    en: "File of the password there",
  },
  "setting.notifications.webhook.url": { ja: "webhook の宛先", en: "Address of the webhook" },
  "setting.notifications.webhook.secretFile": {
    ja: "webhook に署名する鍵のファイル",
    en: "File of the secret that signs for the webhook",
  },
  "setting.notifications.webhook.caFile": {
    ja: "webhook の認証局のファイル",
    en: "File of the webhook's authority",
  },
  "setting.notifications.webhook.allowAddress": {
    ja: "webhook に許す内部のアドレス",
    en: "Inside address the webhook may have",
  },
  "setting.audit.retention.rule": { ja: "保存の規則の名前", en: "Name of the retention rule" },
  "setting.audit.retention.keepDays": {
    ja: "監査記録を残す期間（日）",
    en: "Days audit records are kept",
  },
  "setting.policy.decisionDays": {
    ja: "判定の記録を残す期間（日）",
    en: "Days decisions are kept",
  },
  "setting.policy.decisionMaxMb": {
    ja: "判定の記録の大きさの上限（MB）",
    en: "Size of decisions at most (MB)",
  },
  "setting.practice.enabled": { ja: "訓練用サイトを使う", en: "Practice site" },
  "setting.practice.host": { ja: "訓練用サイトの名前", en: "Name of the practice site" },
  "setting.practice.uid": { ja: "訓練用サイトの uid", en: "Uid of the practice site" },
  "setting.files.maxBytes": {
    ja: "1ファイルの上限（バイト）",
    en: "Size of a file at most (bytes)",
  },
  "setting.files.sessionMaxBytes": {
    ja: "1セッションの合計の上限（バイト）",
    en: "Files of a session at most (bytes)",
  },
  "setting.files.personMaxBytes": {
    ja: "1人の合計の上限（バイト）",
    en: "Files of a person at most (bytes)",
  },
  "setting.files.totalMaxBytes": {
    ja: "全員の合計の上限（バイト）",
    en: "Files of everybody at most (bytes)",
  },
  "setting.files.diskReserveBytes": {
    ja: "ディスクに残す空き（バイト）",
    en: "Space left on the disk (bytes)",
  },
  "setting.files.sandboxSeconds": { ja: "無害化の制限時間（秒）", en: "Seconds to sanitize" },
  "setting.files.scanSeconds": { ja: "ウイルス検査の制限時間（秒）", en: "Seconds to scan" },
  "setting.files.warmSandboxes": { ja: "待たせておく検査用コンテナ", en: "Sandboxes kept ready" },
  "setting.files.sandboxMemoryMb": {
    ja: "検査用コンテナのメモリ（MB）",
    en: "Memory of a sandbox (MB)",
  },
  "setting.files.officeSeconds": {
    ja: "古い形式の変換の制限時間（秒）",
    en: "Seconds to convert an older format",
  },
  "setting.files.officeMemoryMb": {
    ja: "変換用コンテナのメモリ（MB）",
    en: "Memory of its container (MB)",
  },
  "setting.files.parallel": { ja: "同時に処理するファイル数", en: "Files worked on at a time" },
  "setting.files.historyDays": {
    ja: "ファイルの記録を残す期間（日）",
    en: "Days file records are kept",
  },
  "setting.files.approval.openHours": {
    ja: "判断のない承認申請の期限（時間）",
    en: "Hours until an approval request expires",
  },
  "setting.files.approval.keepHours": {
    ja: "承認したファイルを置く時間",
    en: "Hours an approved file is kept",
  },
  "setting.files.approval.openPerPerson": {
    ja: "1人が同時に出せる承認申請",
    en: "Open approval requests of one person",
  },
  "setting.files.approval.keptMaxBytes": {
    ja: "承認待ちの合計の上限（バイト）",
    en: "Files waiting for approval at most (bytes)",
  },
  "setting.files.approval.personKeptMaxBytes": {
    ja: "承認待ちの1人の上限（バイト）",
    en: "The same of one person (bytes)",
  },
  "setting.files.approval.centralGroups": {
    ja: "全所属の承認ができるグループ",
    en: "Groups that approve for every section",
  },
  "setting.files.approval.recordDays": {
    ja: "承認の記録を残す期間（日）",
    en: "Days approval records are kept",
  },
  "setting.identity.signInHours": { ja: "サインインの有効時間", en: "Hours a sign-in lasts" },
  "setting.identity.failuresBeforePause": {
    ja: "休止までのサインインの失敗",
    en: "Failed sign-ins before a pause",
  },
  "setting.identity.pauseSeconds": { ja: "休止の長さ（秒）", en: "Seconds of a pause" },
  "setting.identity.oneTimeHours": {
    ja: "仮パスワードの期限（時間）",
    en: "Hours a one-time password is good",
  },
  "setting.identity.proofMinutes": {
    ja: "パスワードを聞き直すまで（分）",
    en: "Minutes until the password is asked for again",
  },
  "setting.identity.secondFactorRoles": {
    ja: "二段階の本人確認を必須にする役割",
    en: "Roles that must have a second factor",
  },
  "setting.log.level": { ja: "ログの詳しさ", en: "How much is logged" },
  "setting.log.file": { ja: "ログのファイル", en: "Log file" },
  "settings.section.engine": { ja: "コンテナエンジン", en: "Container engine" },
  "settings.section.listen": { ja: "ポータル", en: "Portal" },
  "settings.section.sessions": { ja: "セッション", en: "Sessions and places" },
  "settings.section.browser": { ja: "ブラウザ", en: "Browser" },
  "settings.section.proxy": { ja: "プロキシ（分離側）", en: "Proxy (isolated side)" },
  "settings.section.terminals": { ja: "端末", en: "Terminals" },
  "settings.section.requests": { ja: "利用の申請", en: "Requests for sites" },
  "settings.section.audit": { ja: "監査記録", en: "Audit records" },
  "settings.section.policy": { ja: "ポリシーの記録", en: "Policy records" },
  "settings.section.practice": { ja: "訓練用サイト", en: "Practice site pages" },
  "settings.section.files": { ja: "ファイル", en: "Files" },
  "settings.section.identity": { ja: "サインイン", en: "Signing in" },
  "settings.section.signatures": { ja: "ウイルス定義", en: "Virus signatures" },
  "settings.section.notifications": { ja: "通知", en: "Notices" },
  "settings.section.log": { ja: "ログ", en: "Log" },
} as const satisfies Texts;

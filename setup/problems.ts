/**
 * Everything that can stop the set-up, with what people read (ja, en) and the command that mends it.
 * Pure. A code without all of these does not compile. `{name}` in a text is filled from the facts.
 */
import type { Bilingual } from "../orchestrator/base/bilingual.ts";
import { type Language, lineFor, linesFor } from "./language.ts";

export interface ProblemText extends Bilingual {
  /** A command to type, or the one thing to change: the same in every language. */
  readonly mend: string;
  /** Another way, if there is one. */
  readonly instead?: string;
  /** What to do besides. */
  readonly besides?: Bilingual;
}

const seeDocs = (file: string): Bilingual => ({
  ja: `詳しくは ${file} を見てください。`,
  en: `See ${file}.`,
});

export const problems = {
  NOT_ROOT: {
    ja: "管理者 (root) で実行してください。コンテナと専用ユーザーの管理に必要です。",
    en: "Hanare must be started as root: it manages containers and per-session users.",
    mend: "sudo npm start",
  },
  NOT_LINUX: {
    ja: "Linux 以外では動作しません ({platform})。",
    en: "Hanare runs on Linux only; this is {platform}.",
    mend: "Debian 12 / 13",
  },
  NO_USER_NAMESPACES: {
    ja: "ユーザー名前空間が無効です。Chromium のサンドボックスに必要なため、開始しません。",
    en: "User namespaces are off. Chromium's sandbox needs them, so Hanare does not start without.",
    mend: "sysctl -w user.max_user_namespaces=28633 && echo 'user.max_user_namespaces=28633' > /etc/sysctl.d/60-hanare.conf",
  },
  USER_NAMESPACES_ROOT_ONLY: {
    ja: "一般ユーザーのユーザー名前空間が禁止されています。Chromium のサンドボックスに必要です。",
    en: "Unprivileged user namespaces are forbidden. Chromium's sandbox needs them.",
    mend: "sysctl -w kernel.unprivileged_userns_clone=1 && echo 'kernel.unprivileged_userns_clone=1' > /etc/sysctl.d/60-hanare.conf",
  },
  USER_NAMESPACES_APPARMOR: {
    ja: "AppArmor がユーザー名前空間を制限しています (Ubuntu 24.04 の既定)。Chromium のサンドボックスに必要です。",
    en: "AppArmor restricts user namespaces (the default of Ubuntu 24.04). Chromium's sandbox needs them.",
    mend: "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 && echo 'kernel.apparmor_restrict_unprivileged_userns=0' > /etc/sysctl.d/60-hanare.conf",
  },
  DISK_FULL_DATA: {
    ja: "データの置き場所 {path} の空きが足りません (空き {free}、必要 {need})。",
    en: "Too little space for data in {path}: {free} free, {need} needed.",
    mend: "df -h {path}",
    instead: "HANARE_DATA=/srv/hanare npm start",
  },
  DISK_FULL_ENGINE: {
    ja: "コンテナの置き場所 {path} の空きが足りません (空き {free}、必要 {need})。",
    en: "Too little space for container images in {path}: {free} free, {need} needed.",
    mend: "docker system df && docker image prune",
  },
  DATA_NOT_WRITABLE: {
    ja: "データの置き場所 {path} に書き込めません。",
    en: "The data directory {path} cannot be written.",
    mend: "ls -ld {path}",
    instead: "HANARE_DATA=/srv/hanare npm start",
  },
  MEMORY_LOW: {
    ja: "メモリが足りません ({total} のうち空き {free}、必要 {need})。",
    en: "Too little memory: {free} free of {total}, {need} needed.",
    mend: "free -m",
  },
  SIGNATURES_NONE: {
    ja: "公式のウイルス定義がありません。実際のウイルスはほとんど検出できません。",
    en: "There are no official virus signatures: real viruses are hardly detected.",
    mend: "npx hanare signatures import main.cvd daily.cvd bytecode.cvd",
    instead: "hanare.yaml → signatures: { source: … }",
    besides: seeDocs("docs/operation.md"),
  },
  SIGNATURES_OLD: {
    ja: "ウイルス定義が3日より古くなっています ({at})。新しいウイルスを検出できません。",
    en: "The virus signatures are older than three days ({at}): new viruses are not detected.",
    mend: "npx hanare signatures update",
    instead: "npx hanare signatures import main.cvd daily.cvd bytecode.cvd",
  },
  SHARED_FOLDER_AWAY: {
    ja: "共有フォルダー「{id}」がマウントされていないか、応答しません ({mount})。ファイルは保存されません。",
    en: "The shared folder “{id}” is not mounted or does not answer ({mount}). No file is saved there.",
    mend: "findmnt {mount} || mount {mount}",
    besides: seeDocs("docs/shared-folders.md"),
  },
  PORT_TAKEN: {
    ja: "ポート {port} は別のプログラムが使用中です ({holder})。",
    en: "Port {port} is taken ({holder}).",
    mend: "ss -ltnp 'sport = :{port}'",
    instead: "{config} → listen: { port: 8444 }",
  },
  ADDRESS_UNUSABLE: {
    ja: "待ち受けアドレス {host}:{port} を使えません ({reason})。",
    en: "Cannot listen on {host}:{port} ({reason}).",
    mend: "ip -brief address",
    instead: "{config} → listen: { host: 0.0.0.0 }",
  },
  CLOCK_WRONG: {
    ja: "時計が {now} を指しています。証明書の検証に失敗するため、開始しません。",
    en: "The clock says {now}. Certificates would not verify, so Hanare does not start.",
    mend: "timedatectl set-ntp true",
    instead: "date -s 'YYYY-MM-DD hh:mm'",
  },
  AUDIT_FORWARD_BEHIND: {
    ja: "監査記録が {target} に届いていません。{since} から {count} 件が送信を待っています（記録は失われていません）。",
    en: "Audit records do not reach {target}: {count} wait since {since} (none is lost).",
    mend: "grep audit-forward var/log/hanare.log | tail -1",
    instead: "hanare.yaml → audit: { forward: … }",
  },
  NOTICES_WAIT: {
    ja: "通知のメールか webhook を送れていません。{since} から {count} 件が待っています。",
    en: "Notices do not go out by mail or webhook: {count} wait since {since}.",
    mend: "npx hanare notify test --to ADDRESS",
    instead: "hanare.yaml → notifications: { … }",
  },
  CLOCK_UNSYNCHRONISED: {
    ja: "時計が時刻サーバーと同期していません。監査記録の時刻がずれるおそれがあります。",
    en: "The clock is not synchronised; the times in the audit log may drift.",
    mend: "timedatectl set-ntp true",
  },
  NO_APT: {
    ja: "Docker Engine が見つからず、apt も使えないため自動では導入できません。",
    en: "Docker Engine was not found, and without apt it cannot be installed automatically.",
    mend: "systemctl start docker && npm start",
    besides: {
      ja: "先に Docker Engine (API 1.41 以上) を導入してください。",
      en: "Install Docker Engine (API 1.41 or later) first.",
    },
  },
  NO_MMDEBSTRAP: {
    ja: "イメージの作成に必要な mmdebstrap が見つからず、apt も使えません。",
    en: "mmdebstrap, which makes the images, was not found, and apt cannot install it.",
    mend: "dnf install mmdebstrap",
    instead: "pacman -S mmdebstrap",
  },
  NO_PACKAGE_MIRROR: {
    ja: "Debian のパッケージ配布元に接続できません ({what})。",
    en: "No Debian package mirror can be reached ({what}).",
    mend: "cat /etc/apt/sources.list /etc/apt/sources.list.d/*; apt-get update",
  },
  APT_FAILED: {
    ja: "パッケージの導入に失敗しました ({what})。",
    en: "Installing packages failed ({what}).",
    mend: "dpkg --configure -a && apt-get install -y --no-install-recommends {what}",
  },
  ENGINE_TOO_OLD: {
    ja: "Docker Engine が古すぎます (API {found}、必要 {need} 以上)。",
    en: "Docker Engine is too old: API {found}, at least {need} is needed.",
    mend: "apt-get update && apt-get install --only-upgrade docker.io",
  },
  ENGINE_START_FAILED: {
    ja: "Docker Engine を起動できませんでした。",
    en: "Docker Engine could not be started.",
    mend: "tail -n 50 {log}",
  },
  ENGINE_REFUSED: {
    ja: "Docker Engine に接続できません ({socket}: {reason})。",
    en: "Docker Engine cannot be reached ({socket}: {reason}).",
    mend: "ls -l {socket}; systemctl status docker",
  },
  NO_SECCOMP: {
    ja: "Docker Engine で seccomp が使えません。隔離に必要なため、開始しません。",
    en: "Docker Engine has no seccomp. Isolation needs it, so Hanare does not start without.",
    mend: "docker info --format '{{.SecurityOptions}}'; grep SECCOMP /boot/config-$(uname -r)",
  },
  RUNTIME_MISSING: {
    ja: "設定したランタイムが Docker Engine に登録されていません ({what})。別のもので代えることはしません。",
    en: "The configured runtime is not registered with Docker Engine ({what}). It is never replaced by another.",
    mend: "npm run setup -- --gvisor",
    instead: "hanare.yaml → sessions: { runtime: runc }",
  },
  GVISOR_FETCH_FAILED: {
    ja: "gVisor を Debian から取得できませんでした ({what})。",
    en: "gVisor could not be taken from Debian ({what}).",
    mend: "hanare.yaml → sessions: { runtime: runc }",
  },
  GVISOR_NOT_REGISTERED: {
    ja: "gVisor (runsc) が Docker Engine に登録されていません。登録すると {file} に書き込みます。",
    en: "gVisor (runsc) is not registered with Docker Engine. Registering it writes to {file}.",
    mend: "npm run setup -- --gvisor",
  },
  ENGINE_FILE_DAMAGED: {
    ja: "Docker Engine の設定ファイル {file} を読み取れません。書き換えずに止めました。",
    en: "Docker Engine's configuration file {file} cannot be read. It was left as it is.",
    mend: "python3 -m json.tool {file}",
  },
  ENGINE_RELOAD_FAILED: {
    ja: "Docker Engine に設定を読み直させることができませんでした。",
    en: "Docker Engine could not be made to read its configuration again.",
    mend: "systemctl reload docker",
    instead: "kill -HUP $(pidof dockerd)",
    besides: {
      ja: "その後、npm run setup -- --gvisor をやり直してください。",
      en: "Then run npm run setup -- --gvisor again.",
    },
  },
  ISOLATION_WEAK: {
    ja: "ブラウザの隔離を確認できませんでした ({what})。",
    en: "The browser's isolation could not be confirmed ({what}).",
    mend: "docker info; cat /etc/docker/daemon.json; uname -r",
  },
  BASE_FAILED: {
    ja: "土台イメージ ({suite}) を作成できませんでした。",
    en: "The base image ({suite}) could not be made.",
    mend: "tail -n 50 {log}; npm start",
  },
  BUILD_FAILED: {
    ja: "イメージ {image} を作成できませんでした。",
    en: "The image {image} could not be built.",
    mend: "tail -n 50 {log}; npm start",
  },
  PAGES_FAILED: {
    ja: "画面のビルドに失敗しました。",
    en: "Building the web pages failed.",
    mend: "tail -n 50 {log}; npm start",
  },
  CONFIG_INVALID: {
    ja: "設定ファイルに誤りがあります。",
    en: "The configuration file is invalid.",
    mend: "{editor} {file}",
  },
  POLICY_INVALID: {
    ja: "通信ポリシーに誤りがあるため、始めても何も開けません。",
    en: "The policy has mistakes; started like this, nothing could be opened.",
    mend: "npx hanare policy check {file}",
  },
  KEYS_DAMAGED: {
    ja: "鍵の置き場所 {path} を読み取れません ({reason})。",
    en: "The keys in {path} cannot be read ({reason}).",
    mend: "ls -l {path}",
    besides: {
      ja: "鍵が壊れているときは、バックアップから戻してください。",
      en: "If the keys are damaged, restore them from a backup.",
    },
  },
  IMAGES_MISSING: {
    ja: "コンテナイメージがありません。",
    en: "Container images are missing.",
    mend: "npm run setup",
  },
  CERTIFICATE_RENEW: {
    ja: "サーバー証明書の残りは {days} 日です。準備をやり直すと更新されます。",
    en: "The server certificate has {days} days left. The set-up renews it.",
    mend: "npm run setup",
    besides: { ja: "その後、Hanare を再起動してください。", en: "Then restart Hanare." },
  },
  TERMINAL_PORT_TAKEN: {
    ja: "端末用のポート {port} は別のプログラムが使用中です ({holder})。",
    en: "The port for terminals, {port}, is taken ({holder}).",
    mend: "ss -ltnp 'sport = :{port}'",
    instead: "hanare.yaml → terminals: { port: 3129 }",
  },
  TERMINALS_DOWN: {
    ja: "端末用のプロキシが {url} で応答しません。",
    en: "The proxy for terminals does not answer at {url}.",
    mend: "grep terminal-plane var/log/hanare.log | tail -n 3",
    besides: {
      ja: "Hanare が動いていないときは、起動してください。",
      en: "Where Hanare does not run, start it.",
    },
  },
  CHECK_FAILED: {
    ja: "この項目は調べられませんでした ({what})。",
    en: "This could not be looked at ({what}).",
    mend: "npx hanare doctor",
    besides: {
      ja: "続くときは、サーバーのログ (var/log/hanare.log) を確認してください。",
      en: "If it goes on, look at the server's log (var/log/hanare.log).",
    },
  },
  PROXY_LIMITS_REACHED: {
    ja: "プロキシの量の上限による拒否が {count} 件あります (プロキシの起動から)。だれかの通信が多すぎるか、上限が低すぎます。",
    en: "The proxies' limits have refused {count} times since they started: somebody asks for too much, or the limits are too low.",
    mend: "grep guard.limit var/log/hanare.log",
    instead: "hanare.yaml → proxy: { limits: … }, terminals: { limits: … }",
    besides: {
      ja: "どの端末・セッションのものかを確かめてから、上限を見直してください。",
      en: "See whose it is before you change the limits.",
    },
  },
  REDIRECT_CA_RENEW: {
    ja: "誘導用の認証局の残りは {days} 日です。新しく作り、端末に配り直してください。",
    en: "The authority behind redirects has {days} days left. Make a new one and hand it out.",
    mend: "mv {path}/redirect-ca.crt {path}/redirect-ca.old && npx hanare gpo export",
    besides: {
      ja: "その後、GPO を更新して Hanare を再起動してください。",
      en: "Then update the GPO and restart Hanare.",
    },
  },
  COMMAND_FAILED: {
    ja: "{what} に失敗しました。",
    en: "{what} failed.",
    mend: "tail -n 50 {log}",
  },
} as const satisfies Record<string, ProblemText>;

export type ProblemCode = keyof typeof problems;

/** Words in a fact are in both languages as well; names, numbers and what a machine wrote are the same in both. */
export type Facts = Readonly<Record<string, string | number | Bilingual>>;

/** Stops the set-up with one message; everything begun has been undone when it reaches main. */
export class SetupError extends Error {
  override readonly name = "SetupError";
  readonly code: ProblemCode;
  readonly facts: Facts;

  constructor(code: ProblemCode, facts: Facts = {}, cause?: unknown) {
    super(`${code} ${JSON.stringify(facts)}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts;
  }
}

/** The texts of a problem with its facts filled in; a fact that is missing stays visible as {name}. */
export function describeProblem(code: ProblemCode, facts: Facts): ProblemText {
  const fill = (text: string, language: "en" | "ja"): string =>
    text.replace(/\{([a-z]+)\}/g, (whole, name: string) => {
      const fact = facts[name];
      if (fact === undefined) return whole;
      return typeof fact === "object" ? fact[language] : String(fact);
    });
  const { ja, en, mend, instead, besides }: ProblemText = problems[code];
  return {
    ...{ ja: fill(ja, "ja"), en: fill(en, "en"), mend: fill(mend, "en") },
    ...(instead !== undefined && { instead: fill(instead, "en") }),
    ...(besides && { besides: { ja: fill(besides.ja, "ja"), en: fill(besides.en, "en") } }),
  };
}

/** How to mend it, line by line: what is typed, another way, what to do besides. */
export function mendLines(
  language: Language,
  { mend, instead, besides }: Pick<ProblemText, "besides" | "instead" | "mend">,
): readonly string[] {
  return [
    `→ ${mend}`,
    ...(instead === undefined
      ? []
      : [`${lineFor(language, { ja: "または", en: "or" })}: ${instead}`]),
    ...(besides ? linesFor(language, besides) : []),
  ];
}

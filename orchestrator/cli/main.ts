#!/usr/bin/env node
/**
 * The `hanare` command: finds the subcommand and hands over. Each one is a file of its own that is loaded
 * only when it is asked for. Exit code 2 for a command that does not exist.
 */
type Command = (args: string[]) => Promise<number>;

interface Entry {
  readonly ja: string;
  readonly en: string;
  readonly load: () => Promise<Command>;
}

const commands: Readonly<Record<string, Entry>> = {
  serve: {
    ja: "動かす",
    en: "run Hanare",
    load: async () => (await import("./serve.ts")).serve,
  },
  doctor: {
    ja: "この機械を診断する",
    en: "check this machine",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  setup: {
    ja: "準備をする (npm run setup と同じ)",
    en: "set up (the same as npm run setup)",
    load: async () => (await import("./setup.ts")).setup,
  },
  sessions: {
    ja: "セッション: list | close ID | reap",
    en: "sessions: list | close ID | reap",
    load: async () => (await import("./sessions.ts")).sessions,
  },
  "signatures status": {
    ja: "ウイルス定義とその古さを示す",
    en: "say which virus signatures are in force and how old they are",
    load: async () => (await import("./signatures-status.ts")).signaturesStatus,
  },
  "signatures import": {
    ja: "ウイルス定義を取り込む",
    en: "import virus signatures",
    load: async () => (await import("./signatures-import.ts")).signaturesImport,
  },
  "signatures update": {
    ja: "ウイルス定義をいま取得する",
    en: "fetch newer virus signatures now",
    load: async () => (await import("./signatures-update.ts")).signaturesUpdate,
  },
  "policy check": {
    ja: "ポリシーを検査する",
    en: "check a policy",
    load: async () => (await import("./policy-check.ts")).policyCheck,
  },
  "policy test": {
    ja: "ポリシーに書かれたテストを実行する",
    en: "run the tests written in a policy",
    load: async () => (await import("./policy-test.ts")).policyTest,
  },
  "policy explain": {
    ja: "URL の判定と理由を示す",
    en: "say how a URL is decided and why",
    load: async () => (await import("./policy-explain.ts")).policyExplain,
  },
  "gpo export": {
    ja: "端末に配る設定一式を書き出す",
    en: "write what AD hands out to terminals",
    load: async () => (await import("./gpo-export.ts")).gpoExport,
  },
  "policy lint": {
    ja: "ポリシーの気になる点を探す",
    en: "look for what a policy hardly means",
    load: async () => (await import("./policy-lint.ts")).policyLint,
  },
  "policy import": {
    ja: "ほかの形式のリストを取り込む",
    en: "turn another program's list into one of ours",
    load: async () => (await import("./policy-import.ts")).policyImport,
  },
  "policy export": {
    ja: "リストをほかの形式で書き出す",
    en: "write a list as another program reads it",
    load: async () => (await import("./policy-export.ts")).policyExport,
  },
  "policy status": {
    ja: "有効なポリシー、期限切れ、フィードの様子",
    en: "the policy in force, what has expired, how the feeds are",
    load: async () => (await import("./policy-status.ts")).policyStatus,
  },
  "policy feed": {
    ja: "フィードを今取得する、保留を受け入れる",
    en: "fetch a feed now, accept one that is held",
    load: async () => (await import("./policy-feed.ts")).policyFeed,
  },
  "policy publish": {
    ja: "ポリシーを試し、--yes で有効にする",
    en: "try a policy and, with --yes, put it in force",
    load: async () => (await import("./policy-publish.ts")).policyPublish,
  },
  "policy rollback": {
    ja: "前の版のポリシーに戻す",
    en: "put an earlier version of the policy in force again",
    load: async () => (await import("./policy-rollback.ts")).policyRollback,
  },
  "policy history": {
    ja: "ポリシーの版の一覧",
    en: "list the versions of the policy",
    load: async () => (await import("./policy-history.ts")).policyHistory,
  },
  "policy diff": {
    ja: "二つのポリシーで何が開き、何が閉じるか",
    en: "say what opens and closes between two policies",
    load: async () => (await import("./policy-diff.ts")).policyDiff,
  },
  sanitize: {
    ja: "ファイルを一つ検査・無害化する",
    en: "inspect and sanitize one file",
    load: async () => (await import("./sanitize.ts")).sanitize,
  },
  "audit verify": {
    ja: "監査記録が改変されていないか確かめる",
    en: "check that the audit log is whole",
    load: async () => (await import("./audit-verify.ts")).auditVerify,
  },
  "audit export": {
    ja: "監査記録を書き出す",
    en: "export the audit log",
    load: async () => (await import("./audit-export.ts")).auditExport,
  },
  backup: {
    ja: "導入環境を一つのファイルに控える",
    en: "write the installation into one file",
    load: async () => (await import("./backup.ts")).backup,
  },
  restore: {
    ja: "バックアップから復元する",
    en: "restore a backup",
    load: async () => (await import("./restore.ts")).restore,
  },
  "notify test": {
    ja: "通知のメールと webhook を試す",
    en: "try the mail and the webhook of notices",
    load: async () => (await import("./notify-test.ts")).notifyTest,
  },
  "user add": {
    ja: "利用者を追加する",
    en: "add a user",
    load: async () => (await import("./user-add.ts")).userAdd,
  },
  "user list": {
    ja: "利用者の一覧",
    en: "list the users",
    load: async () => (await import("./user-list.ts")).userList,
  },
  "token list": {
    ja: "API トークンの一覧",
    en: "list the API tokens of other systems",
    load: async () => (await import("./token.ts")).tokenList,
  },
  "token add": {
    ja: "API トークンを発行する",
    en: "make an API token for another system",
    load: async () => (await import("./token.ts")).tokenAdd,
  },
  "token revoke": {
    ja: "API トークンを取り消す",
    en: "revoke an API token",
    load: async () => (await import("./token.ts")).tokenRevoke,
  },
  "user reset": {
    ja: "利用者の仮パスワードを出す",
    en: "give a user a new one-time password",
    load: async () => (await import("./user-reset.ts")).userReset,
  },
};

function usage(): string {
  const rows = Object.entries(commands).map(
    ([name, { ja, en }]) => `  ${name.padEnd(16)}${ja} / ${en}`,
  );
  return `hanare COMMAND [--help] [--data DIR]\n\n${rows.join("\n")}\n\nデータの場所 / data directory: --data DIR, HANARE_DATA, or var/\n終了コード / exit codes: 0 done, 1 failed, 2 wrong usage; others in COMMAND --help\n`;
}

/** The longest name the arguments begin with. */
function findCommand(args: readonly string[]): { entry: Entry; rest: string[] } | undefined {
  for (const words of [2, 1]) {
    const name = args.slice(0, words).join(" ");
    const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (entry !== undefined) return { entry, rest: args.slice(words) };
  }
  return undefined;
}

async function main(args: readonly string[]): Promise<number> {
  const [first] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    process.stdout.write(usage());
    return first === undefined ? 2 : 0;
  }
  const found = findCommand(args);
  if (found === undefined) {
    const known = Object.keys(commands).filter((name) => name.startsWith(`${first} `));
    const asked = known.length === 0 ? first : args.slice(0, 2).join(" ");
    process.stderr.write(
      `「${asked}」というコマンドはありません。 / There is no command "${asked}".\n\n${usage()}`,
    );
    return 2;
  }
  const command = await found.entry.load();
  return command(found.rest);
}

process.exitCode = await main(process.argv.slice(2));

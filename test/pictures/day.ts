/**
 * A working day in small, so that every page has something to show: sites that open and sites that do not,
 * files with their verdicts, a request and an approval that wait for somebody, a handful of colleagues.
 */
import type { APIResponse, Page } from "playwright-core";
import type { FilePage } from "../../orchestrator/http/approval-contract.ts";
import type { MyRequests } from "../../orchestrator/http/request-contract.ts";
import { testRange } from "../support/internet.ts";
import { go } from "../support/terminal.ts";

export const dayPolicy = `version: 1
name: 本庁舎
defaults: { terminal: isolate, isolated: block }
guards:
  ports: { connect: [443], http: [80] }
  permit_ip: [${testRange}]
lists:
  deny: { file: lists/deny.txt, effect: deny, owner: 情報政策課 }
  allow: { file: lists/allow.txt, effect: allow, owner: 情報政策課 }
rules:
  - { id: R010, name: 遮断サイト, plane: [isolated], to: { lists: [deny] }, action: block, message: 業務に必要なときは、理由を書いて申請してください。, owner: 情報政策課 }
  - { id: R050, name: 訓練用サイト, plane: [isolated], to: { hosts: [kunren.hanare.internal] }, action: allow }
  - { id: R100, name: 許可サイト, plane: [isolated], to: { lists: [allow] }, action: allow }
rights:
  - { id: K100, name: 全職員, session: true, download: true, print: true, clipboard: { in: true, out: true, max_chars: 2000 }, files: { types: { office: approve } } }
`;

export const dayLists = {
  "lists/deny.txt": "# 業務外\n.denied.test  # 動画の配信\n",
  "lists/allow.txt": "# 官公庁\nwww.allowed.test  # 統計の公表\n",
};

const colleagues = `利用者名,氏名,役割,グループ
takahashi,高橋 直子,一般利用者,総務課
watanabe,渡辺 健,一般利用者,総務課;防災
ito,伊藤 さくら,一般利用者,福祉課
nakamura,中村 大輔,一般利用者;承認者,福祉課
kobayashi,小林 由美,一般利用者,建設課
kato,加藤 隆,一般利用者,教育委員会事務局学校教育課
`;

async function expectTaken(answer: APIResponse): Promise<void> {
  if (!answer.ok()) throw new Error(`${answer.url()}: ${await answer.text()}`);
}

export async function bringColleagues(administrator: Page, url: string): Promise<void> {
  const answer = await administrator.request.post(`${url}/api/admin/users/import`, {
    data: { text: colleagues, apply: true },
    headers: { origin: url },
  });
  await expectTaken(answer);
  const { made } = (await answer.json()) as { made: readonly object[] | null };
  if (made?.length !== 6) throw new Error(`some colleagues are missing: ${await answer.text()}`);
}

const practice = "http://kunren.hanare.internal";
const files = ["お知らせ.pdf", "見積.xlsx", "eicar.com", "写真.jpg"];

/** In an opened isolated browser, which stays open: browses, receives files, asks for a site and for a file. */
export async function spendDay(viewer: Page, portal: Page, url: string): Promise<void> {
  const post = (path: string, data: object) =>
    portal.request.post(`${url}${path}`, { data, headers: { origin: url } });
  await go(viewer, "https://www.allowed.test/");
  await viewer.getByTestId("tab").filter({ hasText: "origin www.allowed.test" }).waitFor();
  for (const host of ["www.denied.test", "www.unlisted.test"]) {
    await go(viewer, `https://${host}/`);
    await viewer.getByTestId("ask-bar").filter({ hasText: host }).waitFor();
  }
  for (const [at, name] of files.entries()) {
    await go(viewer, `${practice}/files/${encodeURIComponent(name)}`);
    await viewer.getByTestId("download-item").nth(at).waitFor();
  }
  const done = viewer.locator("[data-testid=download-item][data-stage=done]");
  await done.nth(files.length - 1).waitFor({ timeout: 120_000 });
  const { recent } = (await (await portal.request.get(`${url}/api/requests`)).json()) as MyRequests;
  for (const [host, reason] of [
    ["www.denied.test", "県が公開する防災の動画を、研修の資料として確認したい。"],
    ["www.unlisted.test", "固定資産税の評価に使う統計の確認のため（年度末まで）。"],
  ] as const) {
    const refusal = recent.find((each) => each.host === host)?.id;
    const asked = await post("/api/requests", { refusal, reason });
    await expectTaken(asked);
  }
  const mine = (await (await portal.request.get(`${url}/api/files`)).json()) as FilePage;
  const held = mine.files.find(({ verdict }) => verdict === "needs_approval");
  const reason = "取引先の見積もりを起案に添付するため。";
  const asked = await post(`/api/downloads/${held?.id ?? ""}/approval`, { reason });
  await expectTaken(asked);
}

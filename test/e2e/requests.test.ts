/**
 * From a refused page to the open one without a restart: a person asks in the viewer, a list administrator
 * approves in the console, the page opens. Two real terminals, the real proxy, the real policy desk.
 */
import type { Browser, Page } from "playwright-core";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, startInstallation } from "../support/installation.ts";
import { startInternet, testRange } from "../support/internet.ts";
import {
  firstSignIn,
  go,
  newProfile,
  openInternet,
  password,
  signIn,
  startTerminal,
} from "../support/terminal.ts";

const policy = `version: 1
name: 試験用
defaults: { terminal: isolate, isolated: block }
guards:
  ports: { connect: [443], http: [80] }
  permit_ip: [${testRange}]
  host: { ip_literals: allow }
lists:
  deny: { file: lists/deny.txt, effect: deny, owner: 情報政策課 }
  allow: { file: lists/allow.txt, effect: allow }
rules:
  - { id: R010, name: 遮断サイト, plane: [isolated], to: { lists: [deny] }, action: block, message: 業務外のため }
  - { id: R020, name: 危険サイト, plane: [isolated], to: { hosts: [.final.test] }, action: block, appeal: none, owner: 情報政策課 }
  - { id: R050, plane: [isolated], to: { hosts: [kunren.hanare.internal] }, action: allow }
  - { id: R100, plane: [isolated], to: { lists: [allow] }, action: allow }
`;

let stack: AsyncDisposableStack;
let installation: Installation;
let browser: Browser;
let admin: Page;
let portal: Page;
let viewer: Page;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const internet = stack.use(await startInternet());
  installation = stack.use(
    await startInstallation({
      caFile: internet.caFile,
      policy,
      lists: { "lists/deny.txt": ".denied.test\n", "lists/allow.txt": "# 許可\n" },
    }),
  );
  browser = await startTerminal();
  stack.defer(() => browser.close());
  admin = await firstSignIn(await newProfile(browser), installation);
  const made = await admin.request.post(`${installation.url}/api/admin/users`, {
    headers: { origin: installation.url },
    data: { name: "hanako", displayName: "離れ 花子", roles: ["user"], groups: [] },
  });
  const { oneTimePassword } = (await made.json()) as { oneTimePassword: string };
  portal = await signIn(await newProfile(browser), installation.url, "hanako", oneTimePassword);
  await portal.getByTestId("current-password").fill(oneTimePassword);
  await portal.getByTestId("new-password").fill(password);
  await portal.getByTestId("new-password-repeat").fill(password);
  await portal.getByTestId("new-password-submit").click();
  await portal.getByTestId("open-internet").waitFor();
  viewer = await openInternet(portal);
  viewer.setDefaultTimeout(10_000);
});
afterAll(() => stack.disposeAsync());

const titles = async () => (await viewer.getByTestId("tab").allInnerTexts()).join();
const bar = () => viewer.getByTestId("ask-bar");

describe("a refused page", () => {
  it("is asked for in the terminal's page, with a reason", async () => {
    await go(viewer, "https://www.denied.test/");
    await expect.poll(() => bar().innerText()).toContain("www.denied.test");
    expect(await bar().innerText()).toContain("R010");
    await viewer.getByTestId("ask-open").click();
    await viewer.getByTestId("ask-send").click();
    expect(await viewer.getByRole("dialog").innerText()).toContain("理由を入力してください");
    expect(await viewer.getByRole("dialog").innerText()).toContain("情報政策課");
    await viewer.getByTestId("ask-reason").fill("統計資料の確認のため、年度末まで");
    await viewer.getByTestId("ask-send").click();
    await expect.poll(() => bar().getAttribute("data-state")).toBe("asked");
  });

  it("by a rule that takes no requests says so, and one that guards refuse offers nothing", async () => {
    await go(viewer, "https://www.final.test/");
    await expect.poll(() => bar().getAttribute("data-state")).toBe("never");
    expect(await viewer.getByTestId("ask-open").count()).toBe(0);
    await go(viewer, "http://localhost/");
    await expect.poll(async () => bar().count()).toBe(0);
  });

  it("that no certificate can be made for shows the rules it went past, by the keyboard as well", async () => {
    await go(viewer, "https://198.51.100.250/");
    const panel = viewer.getByTestId("block-panel");
    await expect.poll(() => panel.getAttribute("data-rule")).toBe("default");
    const rules = viewer.getByTestId("passed-rules");
    const isOpen = () => rules.evaluate((element: { open?: boolean }) => element.open);
    expect(await isOpen()).toBe(false);
    await panel.getByRole("heading").focus();
    await viewer.keyboard.press("Tab");
    await viewer.keyboard.press("Enter");
    await expect.poll(isOpen).toBe(true);
    const lines = await rules.getByRole("listitem").allInnerTexts();
    expect(lines.map((line) => line.replaceAll(/\s+/g, " "))).toEqual([
      "R010 遮断サイト 接続先が載っていない",
      "R020 危険サイト 接続先が載っていない",
      "R050 接続先が載っていない",
      "R100 接続先が載っていない",
    ]);
  });

  it("opens without a restart once a list administrator has approved", async () => {
    await go(viewer, "https://www.denied.test/");
    await expect.poll(() => bar().getAttribute("data-state")).toBe("asked");
    // Told on the portal and on every administration page.
    await admin.goto(`${installation.url}/`);
    await expect.poll(() => admin.getByTestId("waiting-notice").innerText()).toContain("1");
    await admin.goto(`${installation.url}/admin/explain`);
    const waiting = admin.getByTestId("waiting-requests");
    await expect.poll(() => waiting.innerText()).toContain("1");
    await admin.goto(`${installation.url}/admin/requests`);
    const row = admin.getByTestId("inbox-row");
    expect(await row.innerText()).toContain("統計資料の確認のため");
    await row.getByTestId("inbox-open").click();
    await expect.poll(() => admin.getByRole("dialog").innerText()).toContain("R010");
    await admin.getByTestId("to-approve").click();
    await admin.getByTestId("approve-answer").fill("年度末まで認めます");
    await admin.getByTestId("approve-confirm").click();
    await expect.poll(() => row.count()).toBe(0);
    await expect.poll(() => waiting.count(), { timeout: 30_000 }).toBe(0);

    await expect
      .poll(() => viewer.getByTestId("request-decided").innerText())
      .toContain("承認されました");
    await viewer.getByTestId("decided-open").click();
    await expect.poll(titles).toContain("origin www.denied.test");
    expect(await bar().count()).toBe(0);
    const list = (name: string) =>
      readFile(join(installation.dataDir, "policy/lists", name), "utf8");
    expect(await list("deny.txt")).toMatch(/^!www\.denied\.test {2}# .*@owner=hanako @request=r/m);
    expect(await list("allow.txt")).toMatch(/^www\.denied\.test {2}# .*@expires=\d{4}-/m);
  });

  it("shows its answer on the portal", async () => {
    await portal.goto(`${installation.url}/requests`);
    const mine = portal.getByTestId("my-request");
    await expect.poll(() => mine.getAttribute("data-state")).toBe("approved");
    expect(await mine.innerText()).toContain("年度末まで認めます");
  });
});

describe("a list administrator", () => {
  it("asks why in the console: verdict, rule, entry with file and line, rules passed over", async () => {
    await admin.goto(`${installation.url}/admin/explain`);
    await admin.getByTestId("explain-target").fill("www.other.denied.test");
    await admin.getByTestId("explain-user").fill("hanako");
    await admin.getByTestId("explain-run").click();
    await expect
      .poll(() => admin.getByTestId("explain-verdict").getAttribute("data-verdict"))
      .toBe("block");
    const text = await admin.locator("main").innerText();
    expect(text).toContain(".denied.test（lists/deny.txt:1）");
    expect(text).toContain("情報政策課");
    await admin.getByTestId("explain-target").fill("https://www.denied.test/");
    await admin.getByTestId("explain-run").click();
    const trace = admin.getByTestId("explain-trace");
    await expect.poll(() => trace.innerText()).toContain("R100");
    expect((await trace.innerText()).match(/接続先が載っていない/g)).toHaveLength(3);
  });

  it("adds an entry to a list: tried first, shown in words, published with a reason", async () => {
    await admin.goto(`${installation.url}/admin/policy`);
    await admin.getByTestId("edit-list-allow").click();
    await admin.getByTestId("list-edit-entry").fill("www.unlisted.test");
    await admin.getByTestId("list-edit-try").click();
    await expect.poll(() => admin.getByTestId("trial").getAttribute("data-ok")).toBe("true");
    expect(await admin.getByTestId("diff").innerText()).toContain("www.unlisted.test");
    expect(await admin.getByTestId("replay").innerText()).toContain("件のうち");
    await admin.getByTestId("change-publish").click();
    expect(await admin.getByRole("dialog").innerText()).toContain("理由を入力してください");
    await admin.getByTestId("change-note").fill("観光課の依頼");
    await admin.getByTestId("change-publish").click();
    await expect.poll(() => admin.getByRole("dialog").count()).toBe(0);
    await go(viewer, "https://www.unlisted.test/");
    await expect.poll(titles).toContain("origin www.unlisted.test");
  });

  it("goes back to the first version in one step, and what was approved is closed again", async () => {
    await admin.goto(`${installation.url}/admin/policy/history`);
    const versions = admin.getByTestId("version");
    await expect.poll(() => versions.count()).toBe(3);
    expect(await versions.first().innerText()).toContain("観光課の依頼");
    expect(await versions.nth(1).innerText()).toContain("hanako");
    await admin.getByTestId("version-look").last().click();
    await expect.poll(() => admin.getByTestId("trial").getAttribute("data-ok")).toBe("true");
    expect(await admin.getByTestId("diff").innerText()).toContain("閉じる");
    expect(await admin.getByTestId("replay").innerText()).toContain("www.denied.test");
    await admin.getByTestId("change-note").fill("試験の終わり");
    await admin.getByTestId("change-publish").click();
    await expect.poll(() => versions.count()).toBe(4);
    expect(await versions.first().innerText()).toContain("差し戻し");
    await go(viewer, "https://www.denied.test/again");
    await expect.poll(() => bar().getAttribute("data-state")).toBe("can");
  });

  it("writes a new rule by the keyboard alone: tried, published in its place, and it decides", async () => {
    const file = join(installation.dataDir, "policy/policy.yaml");
    const before = await readFile(file, "utf8");
    await admin.goto(`${installation.url}/admin/policy`);
    await admin.getByTestId("new-rule").focus();
    await admin.keyboard.press("Enter");
    // The version that an edit rests on is known.
    await admin.locator("[data-testid=new-rule-try]:enabled").waitFor();
    // Nothing is tried while something is missing, and it says what.
    await admin.keyboard.type("R010");
    await admin.getByTestId("new-rule-try").press("Enter");
    const dialog = admin.getByRole("dialog");
    await expect.poll(() => dialog.innerText()).toContain("この番号の規則はもうあります");
    expect(await dialog.innerText()).toContain("接続先を入力してください");
    await admin.getByTestId("new-rule-id").focus();
    for (const typed of ["Control+A", "R110", "Tab", "観光課の統計", "Tab", "Tab", "Tab", "Tab"])
      await (/^(Tab|Control\+A)$/.test(typed)
        ? admin.keyboard.press(typed)
        : admin.keyboard.type(typed));
    await admin.keyboard.type("www.unlisted.test");
    await admin.keyboard.press("Tab");
    // "許可" in the box of actions.
    await admin.keyboard.press("ArrowDown");
    await admin.getByTestId("new-rule-owner").fill("観光課");
    await admin.getByTestId("new-rule-expires").fill("2099-03-31");
    await admin.getByTestId("new-rule-before").selectOption("R100");
    await admin.getByTestId("new-rule-try").press("Enter");
    await expect.poll(() => admin.getByTestId("trial").getAttribute("data-ok")).toBe("true");
    expect(await admin.getByTestId("diff").innerText()).toContain("www.unlisted.test");
    await admin.getByTestId("change-note").fill("統計の公開に合わせて");
    await admin.keyboard.press("Tab");
    await admin.getByTestId("change-publish").press("Enter");
    await expect.poll(() => admin.getByRole("dialog").count()).toBe(0);
    const rule = `  - id: R110
    name: 観光課の統計
    owner: 観光課
    plane:
      - isolated
    to:
      hosts:
        - www.unlisted.test
    action: allow
    expires: 2099-03-31
`;
    expect(await readFile(file, "utf8")).toBe(
      before.replace("  - { id: R100,", `${rule}  - { id: R100,`),
    );
    await go(viewer, "https://www.unlisted.test/");
    await expect.poll(titles).toContain("origin www.unlisted.test");
  });

  it("changes a rule; every other byte of the file stays", async () => {
    const file = join(installation.dataDir, "policy/policy.yaml");
    const before = await readFile(file, "utf8");
    await admin.goto(`${installation.url}/admin/policy`);
    await admin.getByTestId("edit-rule-R010").click();
    await admin.getByTestId("rule-edit-act").selectOption("message");
    await admin.getByTestId("rule-edit-value").fill("所属長に相談してください");
    await admin.getByTestId("rule-edit-try").click();
    await admin.getByTestId("change-note").fill("問い合わせが多いため");
    await admin.getByTestId("change-publish").click();
    await expect.poll(() => admin.getByRole("dialog").count()).toBe(0);
    const wanted = before.replace("業務外のため", "所属長に相談してください");
    await expect.poll(() => readFile(file, "utf8")).toBe(wanted);
  });
});

/**
 * What a newcomer does, from sign-in to the empty engine, in a real Chromium as the terminal, against
 * the practice site and the tests' own internet. The steps build on each other, in this order.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, BrowserContext, Download, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createEngineClient, type EngineClient } from "../../orchestrator/engine/client.ts";
import { loadInstallationId } from "../../orchestrator/config/installation.ts";
import { makeSamples, samplePassword } from "../../practice/samples/samples.ts";
import { expectNoViolations } from "../support/axe.ts";
import { type Installation, startInstallation, testPolicy } from "../support/installation.ts";
import { startInternet } from "../support/internet.ts";
import { averageColour } from "../support/picture.ts";
import { type Samba, startSamba } from "../support/samba.ts";
import {
  firstSignIn,
  go,
  newProfile,
  openInternet,
  sessionIdOf,
  signIn,
  startTerminal,
} from "../support/terminal.ts";

const run = promisify(execFile);
const practice = "http://kunren.hanare.internal";

let stack: AsyncDisposableStack;
let installation: Installation;
let samba: Samba;
let engine: EngineClient;
let browser: Browser;
let context: BrowserContext;
let portal: Page;
let viewer: Page;
const received: Download[] = [];
let opened = false;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const internet = stack.use(await startInternet());
  samba = stack.use(await startSamba());
  await samba.folder("admin");
  const { mount, shownAs } = samba;
  const sharedFolders = [{ id: "kojin", name: "個人フォルダー", mount, shownAs, reserveBytes: 0 }];
  installation = stack.use(
    await startInstallation({ caFile: internet.caFile, config: { files: { sharedFolders } } }),
  );
  engine = createEngineClient(await loadInstallationId(installation.dataDir));
  browser = await startTerminal();
  stack.defer(() => browser.close());
  context = await newProfile(browser);
  // A machine that has no Samba yet gets it here.
}, 300_000);
afterAll(() => stack.disposeAsync());

/** What the person saw when a step failed, for whoever mends it. */
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail" || !opened || viewer.isClosed()) return;
  await viewer.screenshot({
    path: `test-results/${task.name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80)}.png`,
  });
  await copyFile(join(installation.dataDir, "log", "hanare.log"), "test-results/hanare.log");
});

/** The address of the active tab, as our own toolbar shows it to people: decoded, without a bare slash. */
async function shownAddress(expected: string): Promise<void> {
  await expect.poll(() => viewer.locator("input[data-testid=address]").inputValue()).toBe(expected);
}

const tabTitles = () => viewer.getByTestId("tab").allInnerTexts();

/** A click on the page's empty margin. */
async function focusPicture(): Promise<void> {
  await viewer.locator("[data-testid=picture] canvas").click({ position: { x: 8, y: 400 } });
}

/** Puts the caret into the practice site's search field: skip link, brand, field. */
async function focusSearchField(): Promise<void> {
  await go(viewer, practice);
  await shownAddress(practice);
  await expect.poll(async () => (await tabTitles()).join()).toContain("訓練用サイト");
  await focusPicture();
  for (let n = 0; n < 3; n += 1) await viewer.keyboard.press("Tab");
}

describe("signing in", () => {
  it("asks for a password of one's own first, then shows the portal in Japanese", async () => {
    portal = await firstSignIn(context, installation);
    await expect
      .poll(() => portal.getByTestId("open-internet").innerText())
      .toContain("インターネットを開く");
    expect(await portal.locator("html").getAttribute("lang")).toBe("ja");
  });

  it("shows the portal in English by the switch, and back", async () => {
    await portal.getByTestId("language-switch").first().click();
    await expect.poll(() => portal.locator("html").getAttribute("lang")).toBe("en");
    expect(await portal.getByTestId("open-internet").innerText()).not.toMatch(/[ぁ-ん]/);
    await portal.getByTestId("language-switch").first().click();
    await expect.poll(() => portal.locator("html").getAttribute("lang")).toBe("ja");
  });

  it("refuses a wrong password without saying what was wrong", async () => {
    const other = await newProfile(browser);
    const page = await signIn(other, installation.url, "admin", "まちがったパスワード!");
    await expect
      .poll(() => page.locator("body").innerText())
      .toContain("利用者名またはパスワードが違います");
    await other.close();
  });
});

describe("the isolated browser", () => {
  it("opens in a new tab with our toolbar and a live picture of the practice site", async () => {
    viewer = await openInternet(portal);
    opened = true;
    viewer.setDefaultTimeout(5000);
    viewer.on("download", (download) => received.push(download));
    await shownAddress(practice);
    for (const id of ["back", "forward", "reload", "new-tab", "downloads-button", "end-session"]) {
      expect(await viewer.getByTestId(id).count(), id).toBe(1);
    }
    expect((await engine.list("session")).filter((each) => each.running)).toHaveLength(1);
  });

  it("stands in a page that breaks no rule of WCAG", async () => {
    await expectNoViolations(viewer);
    await viewer.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
  });

  it("is as large as the window, and follows it", async () => {
    const picture = viewer.locator("[data-testid=picture] canvas");
    const size = async () => {
      const box = await picture.boundingBox();
      return box && `${box.width}x${box.height}`;
    };
    // The frame takes 3 pixels at either side and below, tabs and toolbar 96 above.
    await expect.poll(size).toBe("1274x621");
    await viewer.setViewportSize({ width: 1600, height: 900 });
    await expect.poll(size).toBe("1594x801");
    await viewer.setViewportSize({ width: 1280, height: 720 });
    await expect.poll(size).toBe("1274x621");
  });

  it("searches Japanese words typed into the address bar", async () => {
    await go(viewer, "日本語入力");
    await shownAddress(`${practice}/search?q=日本語入力`);
  });

  it("searches elsewhere from the moment that the setting is saved", async () => {
    const settings = `${installation.url}/api/admin/settings`;
    const headers = { origin: installation.url };
    const { base } = (await (await portal.request.get(settings)).json()) as { base: string };
    const changes = [{ path: "browser.search", value: `${practice}/?word=%s` }];
    const saved = await portal.request.post(settings, { headers, data: { base, changes } });
    const said = (await saved.json()) as { settings: { path: string; waits: boolean }[] };
    expect(said.settings.find(({ path }) => path === "browser.search")?.waits).toBe(false);
    await go(viewer, "離れ");
    await shownAddress(`${practice}/?word=離れ`);
  });

  it("takes plain keys in a page field", async () => {
    await focusSearchField();
    await viewer.keyboard.type("form 123", { delay: 30 });
    await viewer.keyboard.press("Enter");
    await shownAddress(`${practice}/search?q=form+123`);
  });

  it("takes Japanese composed by the terminal's IME, in one piece", async () => {
    const text = "自治体情報システム𠮷野家と髙﨑の寿司😀";
    await focusSearchField();
    const ime = await context.newCDPSession(viewer);
    for (const preedit of ["ｊ", "じ", "じち", "じちたい", "自治体情報システム"]) {
      await ime.send("Input.imeSetComposition", {
        text: preedit,
        selectionStart: preedit.length,
        selectionEnd: preedit.length,
      });
    }
    await ime.send("Input.insertText", { text });
    await viewer.waitForTimeout(300);
    await viewer.keyboard.press("Enter");
    await shownAddress(`${practice}/search?q=${text}`);
  });

  it("goes back and forward, and opens and closes tabs", async () => {
    await viewer.getByTestId("back").click();
    await shownAddress(practice);
    await viewer.getByTestId("forward").click();
    await expect
      .poll(() => viewer.locator("input[data-testid=address]").inputValue())
      .toContain("/search?q=");
    await viewer.getByTestId("new-tab").click();
    await expect.poll(async () => (await tabTitles()).length).toBe(2);
    await viewer.getByTestId("close-tab").last().click();
    await expect.poll(async () => (await tabTitles()).length).toBe(1);
  });
});

describe("the door for traffic", () => {
  it("opens for a host on the allow list, and the picture shows it", async () => {
    await go(viewer, "https://www.allowed.test/");
    await expect.poll(async () => (await tabTitles()).join()).toContain("origin www.allowed.test");
    // The origin's page is green all over.
    await expect
      .poll(
        async () =>
          averageColour(await viewer.locator("[data-testid=picture] canvas").screenshot()),
        { timeout: 10_000 },
      )
      .toSatisfy(({ r, g, b }: { r: number; g: number; b: number }) => g > 90 && r < 60 && b < 110);
  });

  it.each([
    ["a denied host", "https://www.denied.test/", "R010"],
    ["an unlisted host", "https://www.unlisted.test/", "default"],
  ])(
    "shows our own page for %s over https, and no second one over it",
    async (_what, address, rule) => {
      await go(viewer, address);
      await expect
        .poll(async () => (await tabTitles()).join())
        .toContain("このサイトには接続できません");
      await shownAddress(address.replace(/\/$/, ""));
      expect(await viewer.getByTestId("block-panel").count()).toBe(0);
      await expect
        .poll(async () => (await auditRows("proxy-refusal")).map((row) => row.reason))
        .toContain(rule);
    },
  );

  const refused: readonly [what: string, address: string, rule: string][] = [
    ["a listed host that resolves to an inside address", "https://inside.test/", "guard.deny_ip"],
    ["a listed host that is this very machine", "https://self.test/", "guard.deny_ip"],
  ];
  for (const [what, address, rule] of refused) {
    it(`refuses ${what} and says why, with the rule's id, in both languages`, async () => {
      await go(viewer, address);
      const panel = viewer.getByTestId("block-panel");
      await expect.poll(() => panel.getAttribute("data-rule")).toBe(rule);
      const text = await panel.innerText();
      expect(text).toContain(rule);
      expect(text).toContain("このサイトは表示できません");
      expect(text).toMatch(/[a-z]{4,} [a-z]{2,}/);
    });
  }

  const inside = [
    "http://localhost/",
    "http://10.0.0.1/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.1:8443/",
    "http://[::1]/",
  ];
  for (const address of inside) {
    it(`refuses ${address} whatever a list says`, async () => {
      const before = await auditRows("proxy-refusal");
      await go(viewer, address);
      // The browser's own background requests are refused at any moment, by the default.
      const reasonsSince = async () => {
        const rows = await auditRows("proxy-refusal");
        return rows.slice(0, rows.length - before.length).map(({ reason }) => reason);
      };
      await expect.poll(reasonsSince).toContainEqual(expect.stringMatching(/^guard\./));
    });
  }

  it("obeys a changed policy without a restart and without cutting the session", async () => {
    await installation.writePolicy(testPolicy(["www.allowed.test", "www.unlisted.test"]));
    await expect
      .poll(
        async () => {
          await go(viewer, "https://www.unlisted.test/");
          return (await tabTitles()).join();
        },
        { timeout: 20_000, interval: 1000 },
      )
      .toContain("origin www.unlisted.test");
  });

  it("keeps the old policy when the new file is wrong, and says where", async () => {
    const lines = testPolicy().split("\n").length;
    await installation.writePolicy(`${testPolicy()}\n  - id: [broken`);
    const status = async () =>
      (await portal.request.get(`${installation.url}/api/admin/policy`)).json() as Promise<{
        problems: { line: number }[];
      }>;
    await expect.poll(async () => (await status()).problems.length).toBeGreaterThan(0);
    expect((await status()).problems[0]?.line).toBe(lines + 1);
    await go(viewer, "https://www.unlisted.test/again");
    await shownAddress("https://www.unlisted.test/again");
    expect(await viewer.getByTestId("block-panel").count()).toBe(0);
  });
});

interface AuditRow {
  readonly action: string;
  readonly reason: string | null;
  readonly target: string | null;
  readonly userName: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

async function auditRows(action: string): Promise<AuditRow[]> {
  const answer = await portal.request.get(
    `${installation.url}/api/admin/audit?action=${action}&limit=500`,
  );
  return ((await answer.json()) as { records: AuditRow[] }).records;
}

const inTray = (name: string) => viewer.locator(`[data-testid=download-item][data-name='${name}']`);
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const hanareLog = () => readFile(join(installation.dataDir, "log", "hanare.log"), "utf8");

/** Somebody new, signed in at a terminal of their own. */
async function colleague(name: string, ...roles: readonly string[]): Promise<Page> {
  const made = await portal.request.post(`${installation.url}/api/admin/users`, {
    headers: { origin: installation.url },
    data: { name, displayName: `離れ ${name}`, roles, groups: [] },
  });
  expect(made.status()).toBe(200);
  const { oneTimePassword } = (await made.json()) as { oneTimePassword: string };
  const { url } = installation;
  return firstSignIn(await newProfile(browser), { url, administrator: { name, oneTimePassword } });
}

/** Names in the terminal's own Downloads, each once. */
async function arrived(): Promise<string[]> {
  const whole = await Promise.all(
    received.map(async (each) =>
      (await each.failure()) === null ? [each.suggestedFilename()] : [],
    ),
  );
  return [...new Set(whole.flat())];
}

describe("the door for files", () => {
  it("judges every sample of the practice site as it says, and releases only what is clean", {
    timeout: 180_000,
  }, async () => {
    const samples = await makeSamples();
    for (const [index, { name }] of samples.entries()) {
      await go(viewer, `${practice}/files/${encodeURIComponent(name)}`);
      await expect.poll(() => viewer.getByTestId("download-item").count()).toBe(index + 1);
    }
    const verdicts = async () => {
      const done = await viewer.locator("[data-testid=download-item][data-stage=done]").all();
      return Promise.all(done.map((each) => each.getAttribute("data-verdict")));
    };
    await expect
      .poll(async () => (await verdicts()).length, { timeout: 90_000 })
      .toBe(samples.length);
    expect((await verdicts()).toSorted()).toEqual(
      samples.map(({ expectVerdict }) => expectVerdict).toSorted(),
    );

    const clean = samples.filter(
      ({ expectVerdict }) => expectVerdict === "sanitized" || expectVerdict === "released_as_is",
    );
    // The first comes by itself; a browser may ask before it takes several, and then a click brings the rest.
    await expect.poll(arrived).not.toEqual([]);
    for (const button of await viewer.getByTestId("download-receive").all()) await button.click();
    await expect.poll(async () => (await arrived()).length).toBe(clean.length);
  });

  it("lets no original of a sanitized file and nothing of a held one reach the terminal", async () => {
    const originals = new Map(
      (await makeSamples()).map((sample) => [sample.bytes.toString("base64"), sample]),
    );
    for (const download of received) {
      if ((await download.failure()) !== null) continue;
      const bytes = await readFile(await download.path());
      const original = originals.get(bytes.toString("base64"));
      expect(original?.expectVerdict ?? "released_as_is", download.suggestedFilename()).toBe(
        "released_as_is",
      );
      expect(bytes.includes("vbaProject")).toBe(false);
      expect(bytes.includes("/JavaScript")).toBe(false);
    }
    expect(await arrived()).toContain("macro.docx");
  });

  it("tells in the tray what was removed", async () => {
    expect(await inTray("macro.docx").innerText()).toMatch(/マクロ/);
  });

  it("saves from the tray to the shared folder, where Explorer finds it by the path that is shown", async () => {
    const item = inTray("macro.docx");
    await item.getByTestId("save-to-folder").click();
    await expect
      .poll(() => item.getByTestId("saved-to").innerText())
      .toContain("\\\\fs01\\hanare\\admin\\macro.docx");
    const [record] = await auditRows("share-save");
    expect(record?.target).toBe("\\\\fs01\\hanare\\admin\\macro.docx");
    expect(record?.details["sha256Out"]).toBe(hashOf(await samba.get("admin/macro.docx")));
    const judged = (await auditRows("verdict")).find(({ target }) => target === "macro.docx");
    expect(judged?.details).toMatchObject({ sha256Out: record?.details["sha256Out"] });
  });

  it("asks in the tray for a file's password, several pasted at once, three times and no more", async () => {
    const name = "見積一式.zip";
    const item = inTray(name);
    const guess = async (...passwords: readonly string[]) => {
      await item.getByTestId("download-password").fill(passwords.join("\n"));
      await item.getByTestId("download-unlock").click();
    };
    for (const [passwords, left] of [
      [["2025", "mitsumori"], "あと 2 回"],
      [["kunren", "まちがい"], "あと 1 回"],
    ] as const) {
      await guess(...passwords);
      await expect.poll(() => item.innerText()).toContain(left);
    }
    await guess("x", samplePassword, "y");
    await expect.poll(() => item.getAttribute("data-verdict")).toBe("sanitized");
    await item.getByTestId("download-receive").click();
    await expect.poll(arrived).toContain(name);

    // Once more, and this time nobody knows it.
    await go(viewer, `${practice}/files/${encodeURIComponent(name)}`);
    await expect.poll(() => inTray(name).count()).toBe(2);
    const again = inTray(name).first();
    for (const left of ["あと 2 回", "あと 1 回", undefined]) {
      await again.getByTestId("download-password").fill("a\nb");
      await again.getByTestId("download-unlock").click();
      if (left !== undefined) await expect.poll(() => again.innerText()).toContain(left);
    }
    await expect.poll(() => again.getAttribute("data-reason")).toBe("password-tries");
    expect(await again.getByTestId("download-password").count()).toBe(0);
    const written = JSON.stringify(await auditRows("verdict")) + (await hanareLog());
    expect(written).not.toContain(samplePassword);
  });

  it("asks in the tray for an approval of what nobody can clean, and receives it once it is given", async () => {
    await go(viewer, "https://www.allowed.test/plan.jww");
    const item = inTray("plan.jww");
    await expect.poll(() => item.getAttribute("data-verdict")).toBe("needs_approval");
    expect(await item.getByTestId("download-receive").count()).toBe(0);
    await item.getByTestId("approval-reason").fill("敷地の図面を確かめるため");
    await item.getByTestId("approval-ask").click();
    const state = item.getByTestId("approval-state");
    await expect.poll(() => state.getAttribute("data-state")).toBe("open");

    const kacho = await colleague("kacho", "user", "approver");
    const post = (path: string, data: object) =>
      kacho.request.post(`${installation.url}${path}`, {
        headers: { origin: installation.url },
        data,
      });
    const inbox = await kacho.request.get(`${installation.url}/api/approvals`);
    const { approvals } = (await inbox.json()) as { approvals: { id: string; reason: string }[] };
    expect(approvals).toMatchObject([{ reason: "敷地の図面を確かめるため" }]);
    const decision = { decision: "approve", answer: "確認しました" };
    expect((await post(`/api/approvals/${approvals[0]?.id}/decide`, decision)).status()).toBe(200);
    await kacho.context().close();

    await expect.poll(() => state.getAttribute("data-state")).toBe("approved");
    expect(await state.innerText()).toContain("確認しました");
    await state.getByTestId("approval-receive").click();
    await expect.poll(arrived).toContain("plan.jww");
  });

  it("tells in the tray that a transfer was cut off on its way", async () => {
    await go(viewer, "https://www.allowed.test/cut.bin");
    const item = inTray("cut.bin");
    await expect.poll(() => item.getAttribute("data-verdict"), { timeout: 20_000 }).toBe("failed");
    expect(await item.getAttribute("data-reason")).toBe("incomplete");
    expect(await item.innerText()).toContain("受信が途中で切れました");
    await viewer.screenshot({ path: "test-results/transfer-cut.png" });
  });
});

describe("other people", () => {
  it("do not find somebody's session, its viewer or its files", async () => {
    const page = await colleague("hanako", "user");
    const id = sessionIdOf(viewer);
    const row = (await auditRows("release")).find(({ target }) => target === "macro.docx");
    const released = row?.details["download"] as string | undefined;
    // A file that is there: its owner gets it, or the refusal below would prove nothing.
    const file = `${installation.url}/api/downloads/${released ?? "none"}`;
    const headers = { origin: installation.url };
    const made = await portal.request.post(`${file}/link`, { headers });
    const link = `${installation.url}${((await made.json()) as { url: string }).url}`;
    const statuses = {
      session: (await page.request.get(`${installation.url}/api/sessions/${id}`)).status(),
      end: (
        await page.request.delete(`${installation.url}/api/sessions/${id}`, {
          headers: { origin: installation.url },
        })
      ).status(),
      download: (await page.request.post(`${file}/link`, { headers })).status(),
      link: (await page.request.get(link)).status(),
      admin: (await page.request.get(`${installation.url}/api/admin/audit`)).status(),
    };
    expect(statuses).toEqual({ session: 404, end: 404, download: 404, link: 404, admin: 403 });
    expect((await portal.request.get(link)).status()).toBe(200);
    const socket = await page.evaluate(
      `new Promise((resolve) => { const s = new WebSocket("${installation.url.replace("https", "wss")}/api/sessions/${id}/control"); s.onopen = () => resolve("open"); s.onerror = () => resolve("refused"); })`,
    );
    expect(socket).toBe("refused");
    await page.context().close();
  });
});

describe("the audit page", () => {
  it("shows and filters what happened, and gives it as CSV", async () => {
    const page = await context.newPage();
    await page.goto(`${installation.url}/admin/audit`);
    await page.getByTestId("audit-row").first().waitFor();
    for (const action of [
      "sign-in",
      "session-start",
      "navigation",
      "proxy-refusal",
      "download",
      "verdict",
      "release",
    ]) {
      const rows = await auditRows(action);
      expect(rows.length, action).toBeGreaterThan(0);
    }
    // What people did, and not what their browser wanted of its maker while it was open.
    const refused = (await auditRows("proxy-refusal")).map(({ target }) => target ?? "");
    expect(refused.filter((target) => /accounts\.google|update\.googleapis/.test(target))).toEqual(
      [],
    );
    await page.getByTestId("audit-filter-q").fill("eicar");
    await page.getByTestId("audit-filter-apply").click();
    await expect
      .poll(async () => {
        const rows = await page.getByTestId("audit-row").allInnerTexts();
        return rows.length > 0 && rows.every((text) => /eicar/i.test(text));
      })
      .toBe(true);
    const csv = await (
      await portal.request.get(`${installation.url}/api/admin/audit.csv?action=verdict`)
    ).body();
    expect(csv.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(csv.toString("utf8")).toContain("infected");
    await page.close();
  });
});

describe("the health page", () => {
  it("finds on the running installation what the command finds, a probe container included", async () => {
    const page = await context.newPage();
    await page.goto(`${installation.url}/admin/health`);
    await page.getByTestId("health-check").press("Enter");
    await page.getByTestId("health-verdict").waitFor({ timeout: 90_000 });
    const shown = await page.evaluate<Record<string, string>>(
      `Object.fromEntries([...document.querySelectorAll("[data-check]")].map((row) => [row.dataset.check, row.dataset.level]))`,
    );
    expect(shown).toMatchObject({ "probe-sandbox": "ok", "probe-kernel": "ok", port: "ok" });
    const { stdout } = await run(process.execPath, [
      ...["--disable-warning=ExperimentalWarning", "orchestrator/cli/main.ts", "doctor", "--json"],
      ...["--data", installation.dataDir],
    ]).catch((failed: unknown) => failed as { stdout: string });
    const { checks } = JSON.parse(stdout) as { checks: { id: string; level: string }[] };
    expect(shown).toEqual(Object.fromEntries(checks.map(({ id, level }) => [id, level])));
    expect(await auditRows("health-check")).toHaveLength(1);
    await page.close();
  });
});

describe("the end", () => {
  const nothingLeft = async (): Promise<number> => (await engine.list("session")).length;

  it("by 終了 takes the container, its directory and the files within 5 seconds, and says so", async () => {
    await viewer.getByTestId("end-session").click();
    await expect.poll(nothingLeft).toBe(0);
    await expect.poll(() => viewer.getByTestId("ended").getAttribute("data-reason")).toBe("user");
    await expect.poll(() => installation.hanare.sessions.list()).toEqual([]);
    await viewer.close();
  });

  it("by closing the tab comes within 5 seconds, a moment's grace for a reload included", async () => {
    const second = await openInternet(portal);
    expect(await nothingLeft()).toBe(1);
    await second.close();
    await expect.poll(nothingLeft).toBe(0);
  });
});

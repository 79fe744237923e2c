/**
 * Files that leave by other ways than a download. 持ち出し: a page's own file field, two real terminals, the real
 * inspection, and what the page got in the end (the practice site writes name and hash of what arrives into its title).
 * And another system with a token, over the API.
 */
import { createHash } from "node:crypto";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type Page, request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { makeSamples } from "../../practice/samples/samples.ts";
import { type Installation, startInstallation, testPolicy } from "../support/installation.ts";
import { firstSignIn, go, newProfile, openInternet, startTerminal } from "../support/terminal.ts";

const policy = (rights: string): string =>
  `${testPolicy()}rights:\n  - { id: K100, session: true, watermark: false, ${rights} }\n`;
const asIs =
  "upload: true, upload_rules: { max_mb: 1, my_number: approve, keywords: [部外秘], profile: original }";
const rebuilt = "upload: true, upload_rules: { profile: sanitize }";

interface Sending {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
const text = (name: string, content: string): Sending => ({
  ...{ name, mimeType: "text/plain", buffer: Buffer.from(content) },
});
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
/** With a right check digit, and nobody's. */
const numbered = text("台帳.csv", "氏名,番号\n見本,1234-5678-9018\n");

let stack: AsyncDisposableStack;
let installation: Installation;
let browser: Browser;
let admin: Page;
let viewer: Page;
let approver: Installation["administrator"];
let samples: Awaited<ReturnType<typeof makeSamples>>;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  samples = await makeSamples();
  installation = stack.use(await startInstallation({ policy: policy("upload: false") }));
  browser = await startTerminal();
  stack.defer(() => browser.close());
  admin = await firstSignIn(await newProfile(browser), installation);
  const made = await admin.request.post(`${installation.url}/api/admin/users`, {
    headers: { origin: installation.url },
    data: { name: "kacho", displayName: "離れ 課長", roles: ["user", "approver"], groups: [] },
  });
  expect(made.status()).toBe(200);
  approver = { name: "kacho", ...((await made.json()) as { oneTimePassword: string }) };
  viewer = await openInternet(admin);
  viewer.setDefaultTimeout(10_000);
});
afterAll(() => stack.disposeAsync());

afterEach(async ({ task }) => {
  if (task.result?.state !== "fail" || viewer.isClosed()) return;
  const file = task.name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 60);
  await viewer.screenshot({ path: `test-results/upload-${file}.png` });
  await copyFile(join(installation.dataDir, "log", "hanare.log"), "test-results/upload.log");
});

const item = (name: string) => viewer.getByTestId("upload-item").filter({ hasText: name });
const titles = async () => (await viewer.getByTestId("tab").allInnerTexts()).join();

/** The page anew, told by the title from the one that was there before: a click into a page that leaves is nobody's. */
async function openPage(): Promise<void> {
  await go(viewer, "http://kunren.hanare.internal/text");
  await expect.poll(titles).toContain("読みもの");
  await go(viewer, "http://kunren.hanare.internal/send");
  await expect.poll(titles).toContain("アップロードの練習");
}

/** The person clicks the page's file field, again where it was not drawn yet. */
async function press(answer: "notice" | "upload-host"): Promise<void> {
  const canvas = viewer.locator("[data-testid=picture] canvas");
  const told = viewer.getByTestId(answer);
  const click = async () => {
    if ((await told.count()) === 0)
      await canvas.click({ position: { x: 600, y: 377 }, timeout: 2000 }).catch(() => undefined);
    return told.waitFor({ timeout: 2000 }).then(
      () => true,
      () => false,
    );
  };
  await expect.poll(click, { timeout: 30_000 }).toBe(true);
}

/** And chooses in the terminal's own picker. */
async function choose(...files: Sending[]): Promise<void> {
  const [picker] = await Promise.all([
    viewer.waitForEvent("filechooser", { timeout: 30_000 }),
    press("upload-host"),
  ]);
  await picker.setFiles(files);
}

/** As from another window of the terminal, onto the middle of the viewer. */
function drop(name: string, content: string): Promise<unknown> {
  return viewer.evaluate(`(() => {
    const data = new DataTransfer();
    data.items.add(new File([${JSON.stringify(content)}], ${JSON.stringify(name)}));
    const onto = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
    for (const type of ["dragenter", "dragover", "drop"]) {
      const event = new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
      onto.dispatchEvent(event);
      if (type !== "dragenter" && !event.defaultPrevented) throw new Error(type + " is the browser's");
    }
  })()`);
}

async function inForce(rights: string): Promise<void> {
  const before = (await policyVersion()) ?? "";
  await installation.writePolicy(policy(rights));
  await expect.poll(policyVersion).not.toBe(before);
}

async function policyVersion(): Promise<unknown> {
  const answer = await admin.request.get(`${installation.url}/api/admin/policy`);
  return JSON.stringify(await answer.json());
}

async function uploads(): Promise<
  readonly {
    outcome: string;
    reason: string | null;
    target: string;
    details: Record<string, unknown>;
  }[]
> {
  const answer = await admin.request.get(
    `${installation.url}/api/admin/audit?action=upload&limit=100`,
  );
  return ((await answer.json()) as { records: [] }).records;
}

describe("a page's file field", () => {
  it("opens nothing where uploading is not allowed, and the person hears why", async () => {
    await openPage();
    await press("notice");
    await expect
      .poll(() => viewer.getByTestId("notice").innerText())
      .toContain("許可されていません");
    expect(await viewer.getByTestId("upload-input").count()).toBe(0);
    await viewer.getByTestId("notice").getByRole("button").click();
  });

  it("opens the terminal's own picker where it is, and gets the file as it is after its inspection", async () => {
    await inForce(asIs);
    await openPage();
    const sent = text("お知らせ 令和8年.txt", "図書館は5月から開館時間が変わります。\n");
    await choose(sent);
    const sha256 = hashOf(sent.buffer);
    await expect.poll(titles).toContain(`お知らせ 令和8年.txt ${sha256.slice(0, 12)}`);
    expect(await viewer.getByTestId("upload-item").count()).toBe(0);
    const [record] = await uploads();
    expect(record).toMatchObject({
      outcome: "success",
      target: expect.stringContaining("http://kunren.hanare.internal/send") as string,
      details: {
        name: sent.name,
        bytes: sent.buffer.length,
        sha256,
        sha256Out: sha256,
        rule: "K100",
      },
    });
  });

  it("takes a file that is dropped while it asks the same way; elsewhere a drop leads nowhere, and says so", async () => {
    await openPage();
    const room = viewer.url();
    const content = "置いたファイルです。\n";
    await drop("置いた.txt", content);
    await expect
      .poll(() => viewer.getByTestId("notice").innerText())
      .toContain("ページに渡りません");
    await viewer.getByTestId("notice").getByRole("button").click();
    expect(viewer.url()).toBe(room);
    const [picker] = await Promise.all([
      viewer.waitForEvent("filechooser", { timeout: 30_000 }),
      press("upload-host"),
    ]);
    await picker.setFiles([]);
    await drop("置いた.txt", content);
    const sha256 = hashOf(Buffer.from(content));
    await expect.poll(titles).toContain(`置いた.txt ${sha256.slice(0, 12)}`);
    expect((await uploads())[0]).toMatchObject({ outcome: "success", details: { sha256 } });
  });

  it("gets nothing of what is held: a virus, too much, a word, a macro; each is told in a sentence", async () => {
    await openPage();
    const macro = samples.find(({ name }) => name === "macro.docm");
    const eicar = samples.find(({ name }) => name === "eicar.com");
    if (macro === undefined || eicar === undefined) throw new Error("no such sample");
    await choose(
      { name: "検体.txt", mimeType: "text/plain", buffer: eicar.bytes },
      { name: "大きい.bin", mimeType: "application/x", buffer: Buffer.alloc(1_100_000) },
      text("覚書.txt", "この文書は 部 外 秘 です。\n"),
      { name: macro.name, mimeType: macro.mediaType, buffer: macro.bytes },
    );
    for (const [name, why, sentence] of [
      ["検体.txt", "infected", "ウイルスが見つかった"],
      ["大きい.bin", "blocked", "大きすぎる"],
      ["覚書.txt", "blocked", "語句がある"],
      ["macro.docm", "blocked", "調べられない部分"],
    ] as const) {
      await expect
        .poll(() => item(name).getAttribute("data-answer"), { timeout: 30_000 })
        .toBe(why);
      expect(await item(name).innerText()).toContain(sentence);
    }
    await viewer.getByTestId("upload-cancel").click();
    await expect.poll(() => viewer.getByRole("dialog").count()).toBe(0);
    expect(await titles()).toContain("アップロードの練習");
    expect((await uploads()).slice(0, 4).map(({ outcome }) => outcome)).toEqual(
      Array(4).fill("refused"),
    );
  });

  it("gets a file with a マイナンバー only after an approver has let it out, by choosing it again", async () => {
    await openPage();
    await choose(numbered);
    const row = item(numbered.name);
    await expect
      .poll(() => row.getAttribute("data-answer"), { timeout: 30_000 })
      .toBe("needs_approval");
    await viewer.getByTestId("upload-reason").fill("電子申請の添付に必要なため");
    await viewer.getByTestId("upload-ask").click();
    await expect.poll(() => row.getAttribute("data-answer"), { timeout: 30_000 }).toBe("asked");
    await viewer.getByTestId("upload-cancel").click();

    const boss = await firstSignIn(await newProfile(browser), {
      url: installation.url,
      administrator: approver,
    });
    await boss.goto(`${installation.url}/approvals`);
    await boss.getByTestId("approval-look").click();
    const dialog = boss.getByRole("dialog");
    await expect.poll(() => dialog.innerText()).toContain("kunren.hanare.internal");
    const shown = await dialog.innerText();
    for (const words of ["持ち出し", "マイナンバー", "電子申請の添付", hashOf(numbered.buffer)])
      expect(shown).toContain(words);
    await boss.getByTestId("approval-preview").click();
    const drawing = boss.getByTestId("approval-drawing");
    await drawing.waitFor({ timeout: 60_000 });
    expect(await drawing.innerText()).toContain("1234-5678-9018");
    await boss.getByTestId("approval-answer").fill("確認しました");
    await boss.getByTestId("approval-approve").click();
    await expect.poll(() => boss.getByTestId("approval-look").count()).toBe(0);
    await boss.context().close();

    await expect.poll(() => viewer.getByTestId("notice").innerText()).toContain("承認されました");
    await openPage();
    await choose(numbered);
    await expect
      .poll(titles, { timeout: 30_000 })
      .toContain(`${numbered.name} ${hashOf(numbered.buffer).slice(0, 12)}`);
    const [passed, asked, held] = await uploads();
    expect(held).toMatchObject({ reason: "needs_approval", details: { because: "my-number" } });
    expect(asked).toMatchObject({ reason: "needs_approval" });
    expect(passed).toMatchObject({
      outcome: "success",
      details: { approval: asked?.details["approval"], because: "upload-approved" },
    });
  });

  it("gets a document without its macro where the policy has files rebuilt", async () => {
    await inForce(rebuilt);
    await openPage();
    const macro = samples.find(({ name }) => name === "macro.docm");
    if (macro === undefined) throw new Error("no such sample");
    await choose({ name: macro.name, mimeType: macro.mediaType, buffer: macro.bytes });
    await expect.poll(titles, { timeout: 30_000 }).toContain("macro.docx ");
    const [record] = await uploads();
    expect(record?.details["sha256"]).toBe(hashOf(macro.bytes));
    expect(await titles()).toContain(String(record?.details["sha256Out"]).slice(0, 12));
    expect(record?.details["sha256Out"]).not.toBe(record?.details["sha256"]);
  });

  it("shows no choice that the container makes up without a click of its person", async () => {
    const page = await viewer.context().newPage();
    await page.addInitScript(`
      window.sockets = [];
      window.WebSocket = class extends WebSocket {
        constructor(...args) { super(...args); if (/control/.test(this.url)) sockets.push(this); }
      };`);
    await page.goto(viewer.url());
    await page.locator("html[data-first-picture]").waitFor({ state: "attached" });
    const hear = (message: object) =>
      page.evaluate(
        `sockets.at(-1).dispatchEvent(new MessageEvent("message", { data: ${JSON.stringify(JSON.stringify(message))} }))`,
      );
    const choice = { type: "file-chooser", chooser: 1, multiple: true };
    await hear(choice);
    await hear({ type: "held", what: "upload", why: "off" });
    // What came after it is there.
    await page.getByTestId("notice").waitFor();
    expect(await page.getByTestId("upload-cancel").count()).toBe(0);
    // The same message, after the person has done something.
    await page.keyboard.press("Shift");
    await hear(choice);
    await page.getByTestId("upload-cancel").waitFor();
    expect(await page.getByTestId("upload-host").innerText()).toContain("kunren.hanare.internal");
    await page.close();
  });

  it("leaves what was sent in one's own files, for oneself and the auditor", async () => {
    await admin.goto(`${installation.url}/files`);
    const mine = admin.getByTestId("my-file");
    await expect.poll(() => mine.count()).toBeGreaterThan(5);
    const newest = await mine.first().innerText();
    expect(newest).toContain("持ち出し");
    expect(newest).toContain("kunren.hanare.internal");
  });
});

describe("another system with a token", () => {
  const sample = (name: string) => {
    const found = samples.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no sample ${name}`);
    return found;
  };
  interface Token {
    readonly id: string;
    readonly secret: string;
  }
  let gateway: Token;
  let other: Token;

  const make = async (name: string, ...scopes: string[]): Promise<Token> => {
    const answer = await admin.request.post(`${installation.url}/api/admin/tokens`, {
      headers: { origin: installation.url },
      data: { name, scopes, days: 1 },
    });
    const { token, secret } = (await answer.json()) as { token: { id: string }; secret: string };
    return { id: token.id, secret };
  };

  async function call(token: string, method: "get" | "post", path: string, data?: Buffer) {
    const api = await request.newContext({
      ignoreHTTPSErrors: true,
      extraHTTPHeaders: token === "" ? {} : { authorization: `Bearer ${token}` },
    });
    try {
      const answer = await api[method](`${installation.url}${path}`, {
        ...(data && { data, headers: { "content-type": "application/octet-stream" } }),
        timeout: 60_000,
      });
      const body = await answer.body();
      const json = () => JSON.parse(body.toString()) as Record<string, never>;
      return { status: answer.status(), body, json };
    } finally {
      await api.dispose();
    }
  }
  const sanitize = (token: string, name: string, bytes: Buffer) =>
    call(token, "post", `/api/sanitize?name=${encodeURIComponent(name)}`, bytes);

  it("gets the verdict with its record, and the rebuilt file, once", async () => {
    gateway = await make("mail-gateway", "sanitize");
    other = await make("monitoring", "system:read");
    const { bytes } = sample("macro.docm");
    const answer = await sanitize(gateway.secret, "申請書.docm", bytes);
    expect(answer.json()).toMatchObject({
      verdict: "sanitized",
      output: { name: "申請書.docx" },
      manifest: { format: "hanare-manifest-1", input: { sha256: hashOf(bytes) } },
    });
    const { id, output } = answer.json() as unknown as {
      id: string;
      output: { sha256: string; sizeBytes: number };
    };
    expect((await call(other.secret, "get", `/api/sanitize/${id}/content`)).status).toBe(403);
    const file = await call(gateway.secret, "get", `/api/sanitize/${id}/content`);
    expect(hashOf(file.body)).toBe(output.sha256);
    expect(file.body.includes("vbaProject")).toBe(false);
    expect((await call(gateway.secret, "get", `/api/sanitize/${id}/content`)).status).toBe(404);
  });

  it("gets nothing of a virus but the verdict, and is on record by its name", async () => {
    const answer = await sanitize(gateway.secret, "検体.txt", sample("eicar.com").bytes);
    expect(answer.json()).toMatchObject({ verdict: "infected", output: null });
    const rows = await admin.request.get(
      `${installation.url}/api/admin/audit?user=api%3Amail-gateway&limit=20`,
    );
    const { records } = (await rows.json()) as { records: { action: string; reason: string }[] };
    expect(records.map(({ action }) => action)).toEqual([
      ...["verdict", "download", "release", "verdict", "download"],
    ]);
    expect(records[0]?.reason).toContain("infected");
  });

  it("is refused without a token, without the scope, without a length, and once it is revoked", async () => {
    const text = Buffer.from("本文");
    expect((await sanitize("", "a.txt", text)).json()).toMatchObject({ code: "CROSS_ORIGIN" });
    expect((await sanitize(other.secret, "a.txt", text)).json()).toMatchObject({
      code: "TOKEN_SCOPE",
    });
    expect((await call(gateway.secret, "post", "/api/sanitize?name=a.txt")).json()).toMatchObject({
      code: "BAD_REQUEST",
    });
    const gone = await admin.request.delete(`${installation.url}/api/admin/tokens/${gateway.id}`, {
      headers: { origin: installation.url },
    });
    expect(gone.status()).toBe(204);
    expect((await sanitize(gateway.secret, "a.txt", text)).json()).toMatchObject({
      code: "TOKEN_INVALID",
    });
  });

  it("finds all of it in the document that is served", async () => {
    const answer = await call("", "get", "/api/openapi.json");
    expect(answer.json()).toMatchObject({
      openapi: "3.1.0",
      paths: { "/api/sanitize": { post: { security: [{ token: ["sanitize"] }] } } },
    });
  });
});

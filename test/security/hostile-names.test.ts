/**
 * Names from outside in every place where a page shows them: a real browser walks all pages and nothing of them
 * runs, loads or becomes an element. And the page's own policy is in force: text never becomes a script.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { roles } from "../../orchestrator/identity/types.ts";
import { pageUrls } from "../../orchestrator/http/static-pages.ts";
import { type Portal, sections, type SignedIn, startPortal } from "../integration/http/portal.ts";
import { refuse } from "../integration/http/portal-refusal.ts";
import { newProfile, startTerminal } from "../support/terminal.ts";
import { follow, settled } from "../support/walk.ts";

/** Runs by itself wherever it is taken for markup, and leaves a trace that is looked for. */
const hostile = `<img src=/pwned onerror=pwned()><script src=/pwned></script>"'>\`\${pwned()}`;
/** As much of it as a group's name holds. */
const hostileGroup = `"><img src=/pwned onerror=pwned()>`;

let portal: Portal;
let browser: Browser;
let page: Page;
let url: string;
/** What the browser complained about, and what it asked for that only hostile markup asks for. */
const noticed: string[] = [];

beforeAll(async () => {
  for (const name of ["zenbu", "hanako"]) sections.set(name, [hostileGroup]);
  portal = await startPortal({ pages: true });
  url = portal.origin.replace("127.0.0.1", "localhost");
  const zenbu = await portal.person("zenbu", roles);
  await plant(zenbu);
  browser = await startTerminal(portal.certificate);
  const context = await newProfile(browser);
  const [name = ""] = zenbu.cookie.split("=");
  const value = zenbu.cookie.slice(name.length + 1);
  await context.addCookies([
    { name, value, url, secure: true, httpOnly: true, sameSite: "Strict" as const },
  ]);
  page = await context.newPage();
  page.on("dialog", (dialog) => noticed.push(`dialog: ${dialog.message()}`));
  page.on("pageerror", (error) => noticed.push(`error: ${error.message}`));
  page.on("console", (line) => {
    if (/Content Security Policy|TrustedHTML|TrustedScript/.test(line.text()))
      noticed.push(`policy: ${line.text()}`);
  });
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith("/pwned"))
      noticed.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
});
afterAll(async () => {
  await browser.close();
  await portal[Symbol.asyncDispose]();
});

/** Everything that a person, a site, a file or a policy can bring onto a page. */
async function plant(zenbu: SignedIn): Promise<void> {
  const send = async (method: string, path: string, body: unknown, headers = {}) => {
    const answer = await portal.send(method, path, { cookie: zenbu.cookie, body, headers });
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.json();
  };
  const common = { name: hostile, owner: hostile.slice(0, 100), plane: ["isolated"] };
  const policy = {
    ...{ version: 1, name: hostile },
    lists: { allow: { file: "lists/allow.txt", owner: hostile.slice(0, 100) } },
    rules: [
      { id: "R1", ...common, to: { hosts: ["b.example"] }, action: "block", message: hostile },
      { id: "R2", ...common, to: { lists: ["allow"] }, action: "allow", expires: "2099-01-01" },
    ],
  };
  writeFileSync(join(portal.policyFolder, "lists/allow.txt"), `a.example # ${hostile}\n`);
  writeFileSync(join(portal.policyFolder, "policy.yaml"), JSON.stringify(policy));
  await vi.waitUntil(() => portal.policyVersion() > 1, { timeout: 15_000 });
  const edit = { act: "add", entry: "c.example", comment: "c" } as const;
  const publish = () =>
    portal.publish({
      source: { kind: "edits", edits: [{ kind: "list", list: "allow", edit }] },
      ...{ base: portal.policyVersion(), note: hostile, as: "edit" },
      author: { id: zenbu.id, name: hostile },
    });
  // Both files are one version, or two when they are looked at in between.
  await vi.waitUntil(async () => (await publish()).outcome === "published", { timeout: 15_000 });
  await portal.identity.create({
    ...{ name: "taro", displayName: hostile, roles: ["user"], groups: [hostileGroup] },
  });
  await portal.send("POST", "/api/sign-in", {
    body: { name: hostile, password: "x" },
    headers: { "user-agent": hostile },
  });
  await send("POST", "/api/sessions", {});
  // An approver decides for others of the section; one's own is on the page of one's files.
  for (const person of [zenbu, await portal.person("hanako", ["user"])]) {
    const held = await portal.addHeld(person, hostile);
    const asked = await portal.send("POST", `/api/downloads/${held}/approval`, {
      ...{ cookie: person.cookie, body: { reason: hostile } },
    });
    expect(asked.status).toBe(200);
  }
  const refusal = refuse(portal, zenbu, {
    ...{ method: "GET", scheme: "http", host: "www.one.example", port: 80 },
    ...{ path: `/${hostile}`, ruleName: hostile, policyVersion: hostile },
  });
  await send("POST", "/api/requests", { refusal, reason: hostile });
}

/** Elements that only hostile markup makes. */
const made = () => page.locator('img[src*="pwned"], script[src*="pwned"], [onerror]').count();

async function expectNothingRan(): Promise<void> {
  expect({ at: page.url(), noticed: noticed.splice(0), made: await made() }).toEqual({
    ...{ at: page.url(), noticed: [], made: 0 },
  });
}

describe("hostile names", () => {
  /** Where something planted must be seen, or the walk proves nothing. */
  const shows = new Set([
    ...["/requests", "/approvals", "/admin/audit", "/admin/users", "/admin/requests"],
    ...["/admin/policy", "/admin/policy/history"],
  ]);
  it.each(pageUrls.filter((path) => path !== "/view/*"))("are text on %s", async (path) => {
    await follow(page, path);
    await expectNothingRan();
    if (shows.has(path)) expect(await page.locator("body").innerText()).toContain("onerror=");
  });

  const query = encodeURIComponent(hostile);
  it.each([
    `/go?url=${query}`,
    `/go?url=javascript:pwned()`,
    `/sign-in?next=javascript:pwned()`,
    `/admin/explain?target=${query}&user=${query}`,
    `/${query}`,
    `/view/${query}`,
  ])("are text in the address %s", async (path) => {
    await page.goto(`${url}${path}`);
    await page.waitForLoadState("networkidle");
    expect(new URL(page.url()).origin).toBe(url);
    await expectNothingRan();
  });

  it.each([
    ["/admin/requests", "inbox-open"],
    ["/approvals", "approval-look"],
    ["/admin/policy/history", "version-look"],
  ])("are text in the dialogs of %s", async (path, button) => {
    await page.goto(`${url}${path}`);
    await page.getByTestId(button).first().click();
    await page.locator("dialog[open]").waitFor();
    await settled(page);
    await expectNothingRan();
  });
});

describe("the policy of the page", () => {
  it("keeps text from becoming markup or a script, even from within", async () => {
    await page.goto(url);
    await settled(page);
    const tried = (code: string) =>
      page.evaluate(
        `(() => { try { ${code}; return "done"; } catch (error) { return String(error); } })()`,
      );
    for (const code of [
      `document.body.innerHTML = "<b>x</b>"`,
      `document.createElement("iframe").srcdoc = "<b>x</b>"`,
      `document.createElement("script").src = "/assets/x.js"`,
      `document.createElement("script").text = "1"`,
      `trustedTypes.createPolicy("mine", { createHTML: (text) => text })`,
    ])
      expect([code, await tried(code)]).toEqual([code, expect.stringMatching(/Trusted|Policy/)]);
    noticed.splice(0);
    expect(await tried(`document.body.append(document.createElement("b"))`)).toBe("done");
  });
});

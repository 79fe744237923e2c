/**
 * A link in a mail, a page in the terminal's own browser, and where they end: the terminal is a real Chromium
 * that was given the exported policies and nothing else, the sites are those of the tests' own internet.
 * Mode `mint`: refused https pages are led on from inside a certificate that the signer makes for them.
 */
import { type APIRequestContext, type Page, request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Installation } from "../support/installation.ts";
import { startInternet } from "../support/internet.ts";
import type { ManagedTerminal } from "../support/managed-terminal.ts";
import { password, sessionIdOf } from "../support/terminal.ts";
import {
  shownInside,
  signInHere,
  startTerminalByPolicy,
  startWithTerminals,
} from "../support/terminal-plane.ts";

let stack: AsyncDisposableStack;
let installation: Installation;
let terminal: ManagedTerminal;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const internet = stack.use(await startInternet());
  installation = stack.use(await startWithTerminals(internet, "mint"));
  terminal = stack.use(await startTerminalByPolicy(installation, internet));
});
afterAll(() => stack.disposeAsync());

const sessions = () => installation.hanare.sessions.list().map(({ id }) => id);

type Target = string | null;

/** What the audit log says of one kind of act: on which targets. */
async function audited(viewer: Page, action: string): Promise<Target[]> {
  const answer = await viewer.evaluate(
    async (path) => (await fetch(path)).json() as Promise<{ records: { target: Target }[] }>,
    `/api/admin/audit?action=${action}&limit=500`,
  );
  if (!("records" in answer)) throw new Error(JSON.stringify(answer));
  return answer.records.map(({ target }) => target);
}

/** For a page of another site: what became of a picture, a question by script and a frame from here. */
const askElsewhere = `(async () => {
  const url = (what) => "https://www.allowed.test/" + what;
  const load = (kind) => new Promise((resolve) => {
    const element = document.createElement(kind);
    element.addEventListener("load", () => resolve("loaded"));
    element.addEventListener("error", () => resolve("error"));
    element.src = url(kind);
    document.body.append(element);
  });
  const question = fetch(url("question")).then(() => "answered", () => "error");
  return [await load("img"), await question, await load("iframe")];
})()`;

let viewer: Page;

describe("a link in a mail", () => {
  it("asks who it is, and ends on that page in an isolated browser", async () => {
    viewer = await terminal.openLink("http://www.allowed.test/from-mail?q=1");
    await viewer.getByTestId("sign-in-name").waitFor();
    expect(viewer.url()).toMatch(/^https:\/\/localhost:\d+\/sign-in/);
    await signInHere(viewer, installation.administrator);
    await shownInside(viewer, "http://www.allowed.test/from-mail?q=1", "www.allowed.test");
    expect(sessions()).toEqual([sessionIdOf(viewer)]);
  });

  it("to a https page ends there as well, in a new tab of the same browser", async () => {
    const second = await terminal.openLink("https://www.allowed.test/%E9%9B%A2%E3%82%8C?q=2");
    await shownInside(second, "https://www.allowed.test/離れ?q=2", "www.allowed.test");
    expect(sessionIdOf(second)).toBe(sessionIdOf(viewer));
    expect(sessions()).toEqual([sessionIdOf(viewer)]);
    expect(await second.getByTestId("tab").count()).toBe(2);
    await second.close();
  });

  it.each([
    ["in another encoding", "http://www.allowed.test/?q=%93%FA%96%7B%8C%EA"],
    ["of more than 2,000 characters", `https://www.allowed.test/${"long/".repeat(450)}`],
  ])("keeps an address %s as it is", async (_what, address) => {
    const page = await terminal.openLink(address);
    await shownInside(page, address, "www.allowed.test");
    await page.close();
  });

  it("knows a Japanese name by its other spelling", async () => {
    const page = await terminal.openLink("https://日本語.test/案内");
    await shownInside(page, "https://xn--wgv71a119e.test/案内", "xn--wgv71a119e.test");
    await page.close();
  });
});

describe("特定通信", () => {
  let page: Page;

  it.each(["http", "https"])("is the site itself over %s, and nobody opened it", async (scheme) => {
    page = await terminal.context.newPage();
    const answer = await page.goto(`${scheme}://www.direct.test/`);
    expect(await page.title()).toBe("origin www.direct.test");
    const issuer = (await answer?.securityDetails())?.issuer;
    expect(issuer).toBe(scheme === "https" ? "hanare test internet" : undefined);
  });

  it("may link into the isolated browser", async () => {
    const before = sessions();
    await page.setContent('<a id="link" href="https://www.allowed.test/clicked">link</a>');
    await page.locator("#link").click();
    await shownInside(page, "https://www.allowed.test/clicked", "www.allowed.test");
    expect(sessions()).toEqual(before);
    await page.close();
  });

  it("gets nothing else from there: pictures, scripts' questions, frames, forms are refused plainly", async () => {
    const tabs = await viewer.getByTestId("tab").count();
    page = await terminal.context.newPage();
    const answers = new Map<string, number>();
    page.on("response", (each) => answers.set(each.url(), each.status()));
    await page.goto("https://www.direct.test/");
    const loaded = await page.evaluate(askElsewhere);
    expect(loaded).toEqual(["error", "error", "loaded"]);
    expect(answers.get("https://www.allowed.test/iframe")).toBe(403);
    for (const scheme of ["http", "https"]) {
      await page.goto("http://www.direct.test/");
      const action = `${scheme}://www.allowed.test/form`;
      await page.setContent(`<form method="post" action="${action}"><button>送信</button></form>`);
      await page.getByRole("button").click();
      await page.waitForURL(`${scheme}://www.allowed.test/form`);
      expect(answers.get(`${scheme}://www.allowed.test/form`), scheme).toBe(403);
      expect(await page.innerText("body")).toContain("Not allowed directly");
    }
    await page.close();
    expect(await viewer.getByTestId("tab").count()).toBe(tabs);
  });
});

describe("another site's page that leads to the portal", () => {
  let page: Page;
  const tabs = () => viewer.getByTestId("tab").count();
  const open = async (path: string): Promise<Page> => {
    const opened = page.waitForEvent("popup");
    await page.evaluate(`void window.open(${JSON.stringify(installation.url + path)}, "${click}")`);
    return opened;
  };
  /** What the portal names its own new tabs. */
  const click = "hanare-click:key:https://www.allowed.test/by-name";

  beforeAll(async () => {
    page = await terminal.context.newPage();
    await page.goto("https://www.direct.test/");
  });

  it("has no browser opened: the person is asked, and may say yes", async () => {
    const before = await tabs();
    const asked = await open("/view/new?url=https://www.allowed.test/by-another-site");
    await asked.getByTestId("go-open").waitFor();
    expect(await asked.innerText("main")).toContain("https://www.allowed.test/by-another-site");
    expect(await asked.innerText("main")).toContain("別のサイトが");
    expect(await tabs()).toBe(before);
    await asked.getByTestId("go-open").click();
    await shownInside(asked, "https://www.allowed.test/by-another-site", "www.allowed.test");
    expect(await asked.getByTestId("tab").count()).toBe(before + 1);
    await asked.close();
  });

  it("gets no further with a tab that is named like one of ours", async () => {
    const before = await tabs();
    const portal = await open("/view/new");
    await portal.getByTestId("open-internet").waitFor();
    expect(await portal.evaluate<string>("window.name")).toBe("");
    expect(new URL(portal.url()).pathname).toBe("/");
    expect(await tabs()).toBe(before);
    await portal.close();
  });
});

describe("a site that nobody may see", () => {
  it.each(["http", "https"])("says why in the terminal's own browser, over %s", async (scheme) => {
    const page = await terminal.context.newPage();
    const answer = await page.goto(`${scheme}://www.denied.test/`);
    expect(answer?.status()).toBe(403);
    const text = await page.innerText("body");
    expect(text).toContain("T200");
    expect(text).toContain("情報政策課の指示により遮断中です。");
    await page.close();
  });
});

/** A list administrator at another desk, who has set a password. */
async function listAdministrator(): Promise<APIRequestContext> {
  const { url } = installation;
  const { oneTimePassword } = await viewer.evaluate(async () => {
    const answer = await fetch("/api/admin/users", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        ...{ name: "risuto", displayName: "離れ 律子", roles: ["list-admin"], groups: [] },
      }),
    });
    return (await answer.json()) as { oneTimePassword: string };
  });
  const desk = await request.newContext({
    ...{ baseURL: url, ignoreHTTPSErrors: true, extraHTTPHeaders: { origin: url } },
  });
  stack.defer(() => desk.dispose());
  await desk.post("/api/sign-in", { data: { name: "risuto", password: oneTimePassword } });
  await desk.post("/api/password", { data: { current: oneTimePassword, next: password } });
  return desk;
}

describe("a site that a terminal is refused and that can be asked for", () => {
  const address = "http://www.unlisted.test/statistics";
  let reference: string;

  it("gives a reference, with which the person asks on the portal", async () => {
    const page = await terminal.context.newPage();
    const answer = await page.goto(address);
    expect(answer?.status()).toBe(403);
    const text = await page.innerText("body");
    expect(text).toContain("T210");
    reference = /q[A-Za-z0-9_-]{12}/.exec(text)?.[0] ?? "";
    await page.goto(`${installation.url}/requests`);
    await page.getByTestId("request-reference").fill(reference);
    await page.getByTestId("request-find").click();
    await expect.poll(() => page.getByRole("dialog").innerText()).toContain("www.unlisted.test");
    await page.getByTestId("ask-reason").fill("統計資料の確認のため");
    await page.getByTestId("ask-send").click();
    const mine = page.getByTestId("my-request");
    await expect.poll(() => mine.getAttribute("data-state")).toBe("open");
    await page.close();
  });

  it("opens at the terminal once a list administrator has approved it", async () => {
    const desk = await listAdministrator();
    const inbox = (await (await desk.get("/api/admin/requests?state=open")).json()) as {
      requests: { id: string; target: string }[];
    };
    expect(inbox.requests).toMatchObject([{ target: address }]);
    const path = `/api/admin/requests/${inbox.requests[0]?.id ?? ""}`;
    const detail = (await (await desk.get(path)).json()) as {
      proposedExpiry: string;
      outlook: { forms: { openings: { id: string }[] }[] };
    };
    const [opening] = detail.outlook.forms[0]?.openings ?? [];
    expect(opening?.id).toBe("!refused");
    const approval = { decision: "approve", form: "exact", opening: opening?.id };
    const decided = await desk.post(`${path}/decide`, {
      data: { ...approval, expires: detail.proposedExpiry, answer: "認めます" },
    });
    expect(await decided.json()).toMatchObject({ outcome: "decided" });

    const page = await terminal.context.newPage();
    // Both planes are told of the new policy by themselves, a moment later.
    await expect
      .poll(async () => (await page.goto(address))?.status(), { timeout: 30_000 })
      .toBe(200);
    await shownInside(page, address, "www.unlisted.test");
    await page.close();
  });
});

describe("the records", () => {
  it("name every certificate that was made: for refused hosts only, never for direct ones", async () => {
    const made = await audited(viewer, "certificate-mint");
    // The browser's own services are refused as well, and none of the tests' names.
    const ours = new Set(made.filter((host) => host?.endsWith(".test")));
    expect([...ours].sort()).toEqual([
      "www.allowed.test",
      "www.denied.test",
      "xn--wgv71a119e.test",
    ]);
  });

  it("name every page that was led on, by its whole address", async () => {
    const led = await audited(viewer, "terminal-isolate");
    expect(led).toContain("http://www.allowed.test:80/from-mail");
    expect(led).toContain("https://www.allowed.test:443");
    expect(led.join()).not.toContain("www.direct.test");
  });
});

it("monitoring reads what both planes have carried and refused, and no name", async () => {
  const read = () =>
    viewer.evaluate(async () => {
      const answer = await fetch("/api/admin/metrics");
      return `${answer.headers.get("content-type") ?? ""}\n${await answer.text()}`;
    });
  const requests = 'hanare_proxy_requests_total{plane="';
  const wanted = [
    `${requests}terminal",verdict="direct",rule="rule",reason="rule"}`,
    `${requests}terminal",verdict="isolate",rule="default",reason="default"}`,
    `${requests}terminal",verdict="block",rule="rule",reason="rule"}`,
    `${requests}isolated",verdict="allow",rule="rule",reason="rule"}`,
    'hanare_proxy_bytes_total{plane="terminal",direction="down"}',
    'hanare_proxy_bytes_total{plane="isolated",direction="down"}',
    'hanare_proxy_clients{plane="isolated"}',
    'hanare_proxy_dns_seconds_count{plane="isolated"}',
  ];
  // The planes tell their numbers every few seconds.
  await expect
    .poll(
      async () => {
        const lines = (await read()).split("\n");
        const valueOf = (name: string) =>
          Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length) ?? 0);
        return wanted.filter((name) => !(valueOf(name) > 0));
      },
      { timeout: 30_000 },
    )
    .toEqual([]);
  const text = await read();
  expect(text).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(text).not.toMatch(/\.test\b|127\.0\.0\.1|T200/);
});

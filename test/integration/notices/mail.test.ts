/** Notices by mail, over a real mail server: what arrives, what is refused, and what waits while the server is away. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type MailServer, sendMail } from "../../../orchestrator/notices/mail/send.ts";
import { Outbox } from "../../../orchestrator/notices/outbox.ts";
import type { Notice } from "../../../orchestrator/notices/types.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { Exim } from "../../support/exim.ts";

const minuteMs = 60_000;
const from = "hanare@city.test";
const hanako = "hanako@city.test";
const notice = (what: string): Notice => ({
  ...{ kind: "request-asked", facts: { who: "離れ 花子", what } },
  ...{ id: 1, atMs: Date.parse("2026-04-01T00:00:00Z"), isRead: false },
});

const mailOf = (text: string) => ({
  ...{ from, to: hanako, id: "itest.1", atMs: Date.parse("2026-04-01T00:00:00Z") },
  ...{ subject: "x", text },
});

let exim: Exim;
let server: MailServer;
beforeAll(async () => {
  exim = await Exim.start();
  server = {
    ...{ host: "127.0.0.1", port: exim.port, security: "starttls", serverName: "mail.test" },
    ...{ ca: exim.ca, login: { user: "hanare", password: "secret" } },
  };
});
afterAll(() => exim[Symbol.asyncDispose]());

describe("the outbox", () => {
  let folder: string;
  let database: DatabaseSync;
  let now: number;
  let outbox: Outbox;
  const start = () =>
    new Outbox({
      ...{ database, log: pino({ level: "silent" }), now: () => now, installation: "itest" },
      ...{ portal: "https://hanare.city.test", mail: { server, from }, pauseMs: 3_600_000 },
    });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hanare-test-mail-"));
    database = openDatabase(join(folder, "hanare.db"));
    now = Date.parse("2026-04-01T00:00:00Z");
    outbox = start();
  });
  afterEach(async () => {
    await outbox[Symbol.asyncDispose]();
    database.close();
    rmSync(folder, { recursive: true });
  });
  const waiting = () => database.prepare("SELECT id FROM notice_outbox").all().length;

  it("sends what waits for one person in one mail, logged in and over TLS; names cannot write headers", async () => {
    outbox.addMail(
      hanako,
      "ja",
      notice("www.example.jp\r\nBcc: <evil@out.test>\r\n\r\n.\r\nMAIL FROM:<x@y.test>"),
    );
    outbox.addMail(hanako, "ja", notice("第二"));
    await outbox.flush();
    const [mail, ...more] = await exim.received();
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ to: [hanako], user: "hanare" });
    expect(mail?.cipher).toMatch(/TLS1\.[23]/);
    expect(mail?.headers).not.toContain("evil");
    expect(mail?.headers).toContain("Auto-Submitted: auto-generated");
    const body = Buffer.from(mail?.body ?? "", "base64").toString();
    expect(body).toContain("離れ 花子 さんが www.example.jp Bcc: <evil@out.test>");
    expect(body).toContain("第二");
    expect(body).toContain("https://hanare.city.test/admin/requests");
    expect(waiting()).toBe(0);
    // The next one waits for its minute.
    outbox.addMail(hanako, "ja", notice("第三"));
    await outbox.flush();
    expect(waiting()).toBe(1);
    now += minuteMs;
    await outbox.flush();
    expect(waiting()).toBe(0);
  });

  it("keeps what cannot be sent, over a restart too, and gives up what is refused for good", async () => {
    const before = (await exim.received()).length;
    await exim.stop();
    outbox.addMail(hanako, "en", notice("www.example.jp"));
    await outbox.flush();
    expect(waiting()).toBe(1);
    await outbox[Symbol.asyncDispose]();
    await exim.startAgain();
    now += minuteMs;
    outbox = start();
    await outbox.flush();
    expect(waiting()).toBe(0);
    expect((await exim.received()).length).toBe(before + 1);
    outbox.addMail("nobody@city.test", "en", notice("www.example.jp"));
    await outbox.flush();
    expect(waiting()).toBe(0);
    expect((await exim.received()).length).toBe(before + 1);
  });
});

it("a webhook's server that takes and never answers keeps no mail waiting, and is asked once a round", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hanare-test-mail-"));
  const database = openDatabase(join(folder, "hanare.db"));
  const sockets: Socket[] = [];
  const silent = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
  await once(silent.listen(0, "127.0.0.1"), "listening");
  const { port } = silent.address() as AddressInfo;
  const outbox = new Outbox({
    ...{ database, log: pino({ level: "silent" }), now: Date.now, installation: "itest" },
    ...{ portal: undefined, mail: { server, from }, pauseMs: 3_600_000 },
    webhook: { url: new URL(`https://127.0.0.1:${port}/`), secret: "s", mayDial: () => true },
  });
  const before = (await exim.received()).length;
  for (let n = 0; n < 3; n += 1) outbox.addWebhook(notice(`www${n}.example.jp`));
  outbox.addMail(hanako, "ja", notice("www.example.jp"));
  const flushed = outbox.flush();
  await expect.poll(async () => (await exim.received()).length).toBe(before + 1);
  await expect.poll(() => sockets.length).toBe(1);
  for (const socket of sockets) socket.destroy();
  await flushed;
  expect(sockets).toHaveLength(1);
  await outbox[Symbol.asyncDispose]();
  silent.close();
  database.close();
  rmSync(folder, { recursive: true });
});

describe("the server is not trusted", () => {
  const mail = mailOf("x");
  const cases: readonly (readonly [string, () => Partial<MailServer>, RegExp])[] = [
    ["one with another name", () => ({ serverName: "other.test" }), /altname|names/i],
    ["one that an unknown authority signed", () => ({ ca: "" }), /self-signed|unable|certificate/i],
    ["a wrong password", () => ({ login: { user: "hanare", password: "wrong" } }), /535/],
    ["one without STARTTLS gets no password", () => ({ security: "none" }), /in the clear/],
  ];
  it.each(cases)("%s", async (_, more, problem) => {
    const before = (await exim.received()).length;
    await expect(
      sendMail({ ...server, ...more() }, mail, AbortSignal.timeout(20_000)),
    ).rejects.toThrow(problem);
    expect((await exim.received()).length).toBe(before);
  });

  it("an address that would be a command is never sent", async () => {
    const to = "x@city.test>\r\nRCPT TO:<evil@out.test";
    const sent = sendMail(server, { ...mail, to }, AbortSignal.timeout(20_000));
    await expect(sent).rejects.toThrow(/address/);
  });
});

it("TLS from the first byte", async () => {
  await using other = await Exim.start("tls");
  const its = { ...server, port: other.port, ca: other.ca, security: "tls" } as const;
  await sendMail(its, mailOf(".a line that begins with a dot\n"), AbortSignal.timeout(20_000));
  const [mail, ...more] = await other.received();
  expect([mail?.to, more]).toEqual([[hanako], []]);
  expect(mail?.body).toMatch(/^\.a line that begins/);
});

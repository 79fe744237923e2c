/** A webhook over real TLS: what arrives, how it is signed, and where it never goes. */
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { postWebhook, type Webhook } from "../../../orchestrator/notices/webhook/post.ts";
import { makeTestCertificate } from "../../support/tls.ts";

interface Heard {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}
let server: Server;
let hook: Webhook;
let heard: Heard[];
let status: number;
beforeAll(async () => {
  const tls = await makeTestCertificate(["localhost"]);
  server = createServer(tls, (request, response) => {
    void text(request).then((body) => {
      heard.push({ headers: request.headers, body });
      response.writeHead(status, { location: "https://127.0.0.1/elsewhere" }).end("answer");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  hook = {
    ...{ url: new URL(`https://127.0.0.1:${port}/hook?a=b`), secret: "合言葉", ca: tls.cert },
    mayDial: (address) => address === "127.0.0.1",
  };
});
afterAll(() => server.close());
beforeEach(() => {
  heard = [];
  status = 204;
});

const message = { id: "i.1.2", body: '{"ja":"通知"}', nowMs: 1_775_000_000_000 };
const post = (more: Partial<Webhook> = {}) =>
  postWebhook({ ...hook, ...more }, message, AbortSignal.timeout(10_000));

test("arrives as JSON with its id, and a signature over time and body", async () => {
  await post();
  const signature = createHmac("sha256", "合言葉")
    .update(`1775000000.${message.body}`)
    .digest("hex");
  expect(heard).toMatchObject([
    {
      body: message.body,
      headers: {
        "content-type": "application/json",
        "x-hanare-id": "i.1.2",
        "x-hanare-time": "1775000000",
        "x-hanare-signature": `sha256=${signature}`,
      },
    },
  ]);
});

test("an address that may not be dialled is not dialled, whatever its name is", async () => {
  await expect(post({ mayDial: () => false })).rejects.toThrow("may not be dialled");
  const named = new URL(hook.url);
  named.hostname = "localhost";
  await expect(post({ url: named, mayDial: () => false })).rejects.toThrow("may not be dialled");
  expect(heard).toEqual([]);
});

test("a certificate of somebody else ends it before anything is said", async () => {
  const other = await makeTestCertificate(["localhost"]);
  await expect(post({ ca: other.cert })).rejects.toThrow(/certificate/);
  expect(heard).toEqual([]);
});

test.each([302, 404, 500])("%i is a failure, and no redirect is followed", async (answer) => {
  status = answer;
  await expect(post()).rejects.toThrow(`answered ${answer}`);
  expect(heard).toHaveLength(1);
});

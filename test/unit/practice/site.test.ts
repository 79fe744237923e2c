import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { type Content, loadContent } from "../../../practice/content.ts";
import { vp8FrameOf } from "../../../practice/media/webm.ts";
import { attachment, createPracticeServer, parseRange } from "../../../practice/server.ts";

let dir: string;
let socketPath: string;
let server: Server;
let content: Content;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "hanare-practice-"));
  socketPath = join(dir, "http.sock");
  content = await loadContent("kunren.hanare.internal");
  server = createPracticeServer(content);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
}, 30_000);
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(dir, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

async function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath,
        path,
        method: options.method ?? "GET",
        agent: false,
        headers: { host: "kunren.hanare.internal", ...options.headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    sent.once("error", reject);
    sent.end(options.body);
  });
}
const text = async (path: string): Promise<string> => (await ask(path)).body.toString("utf8");

describe("the practice site", () => {
  it("answers every page in both languages, with no inline script and every link of its own alive", async () => {
    for (const { path } of content.site.pages) {
      for (const language of ["ja", "en"] as const) {
        const answer = await ask(`${path}?lang=${language}`);
        const html = answer.body.toString("utf8");
        expect([path, answer.status]).toEqual([path, 200]);
        expect(html).toContain(`<html lang="${language}">`);
        expect(html).not.toMatch(/<script>|<style>|\son\w+=|\sstyle=/);
        expect(answer.headers["content-security-policy"]).toContain("default-src 'self'");
        const links = [...html.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(
          (match) => match[1] ?? "",
        );
        for (const link of new Set(links))
          expect([link, (await ask(link)).status]).toEqual([link, 200]);
      }
    }
  }, 30_000);

  it("remembers the language the visitor chose", async () => {
    const chosen = await ask("/?lang=en");
    const cookie = chosen.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await ask("/text", { headers: { cookie } })).body.toString()).toContain(
      '<html lang="en">',
    );
    expect(await text("/text")).toContain('<html lang="ja">');
  });

  it("repeats what a form sent, escaped", async () => {
    const body = new URLSearchParams({
      name: "髙橋<script>alert(1)</script>",
      memo: "一\r\n二",
    }).toString();
    const html = (await ask("/forms/echo", { method: "POST", body })).body.toString("utf8");
    expect(html).toContain('<td id="echo-name">髙橋&lt;script&gt;alert(1)&lt;/script&gt;</td>');
    expect(html).toContain('<td id="echo-memo">一<br>二</td>');
  });

  it("escapes field names too", async () => {
    const body = new URLSearchParams({ '"><b>': "x" }).toString();
    expect((await ask("/forms/echo", { method: "POST", body })).body.toString()).not.toContain(
      "<b>",
    );
  });

  it("refuses a body that is too large, and methods it does not know", async () => {
    expect((await ask("/forms/echo", { method: "POST", body: "a".repeat(70_000) })).status).toBe(
      413,
    );
    const arrived = await ask("/send/arrived", { method: "POST", body: "abc" });
    expect(JSON.parse(arrived.body.toString())).toEqual({
      bytes: 3,
      sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    });
    expect((await ask("/", { method: "DELETE" })).status).toBe(405);
    expect((await ask("/", { method: "POST", body: "a=1" })).status).toBe(405);
  });

  it("searches its own pages only and says so", async () => {
    const html = await text(`/search?q=${encodeURIComponent("ウイルス")}`);
    expect(html).toContain("インターネットの検索ではありません");
    expect(html).toMatch(/<ul class="hits"><li><a href="\/"|<a href="\/files">/);
    expect(await text(`/search?q=${encodeURIComponent("存在しない言葉xyz")}`)).toContain("0 件");
    expect(await text("/search?q=%3Cimg%20src%3Dx%3E")).not.toContain("<img src=x>");
  });

  it("gives every sample with its Japanese name and its bytes", async () => {
    expect(content.site.samples.length).toBeGreaterThan(5);
    for (const sample of content.site.samples) {
      const answer = await ask(`/files/${encodeURIComponent(sample.name)}`);
      expect(answer.body.equals(sample.bytes)).toBe(true);
      expect(answer.headers["content-disposition"]).toContain(
        `filename*=UTF-8''${encodeURIComponent(sample.name)}`,
      );
    }
  });

  it.each([
    "/nothing",
    "/files/nothing.pdf",
    "/files/..%2f..%2fetc%2fpasswd",
    "/files/%ff",
    "/assets/../main.ts",
  ])("has no %s", async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it("lists the links that must stay closed, this machine's own address among them", async () => {
    const html = await text("/blocked");
    for (const url of [
      "http://blocked.example/",
      "https://example.com/",
      "http://10.0.0.1/",
      "http://192.168.1.1/",
      "http://169.254.169.254/",
      "http://localhost/",
      `http://${content.site.machineAddress}/`,
    ]) {
      expect(html).toContain(`<a href="${url}">`);
    }
  });

  it("serves parts of the video, as players ask for them", async () => {
    const whole = (await ask("/media/circle.webm")).body;
    const part = await ask("/media/circle.webm", { headers: { range: "bytes=100-199" } });
    expect(part.status).toBe(206);
    expect(part.body.equals(whole.subarray(100, 200))).toBe(true);
    expect(part.headers["content-range"]).toBe(`bytes 100-199/${whole.length}`);
    expect(whole.subarray(0, 4).toString("hex")).toBe("1a45dfa3");
  });

  it("answers on the WebSocket with what it got", async () => {
    const socket = new WebSocket(`ws+unix:${socketPath}:/ws`);
    const answer = await new Promise<string>((resolve, reject) => {
      socket.once("error", reject);
      socket.once("open", () => socket.send("こんにちは"));
      socket.once("message", (data: Buffer, isBinary: boolean) =>
        resolve(`${isBinary} ${data.toString("utf8")}`),
      );
    });
    socket.close();
    expect(answer).toBe("false こんにちは");
  });
});

describe("small parts", () => {
  it.each([
    ["bytes=0-", { from: 0, to: 9 }],
    ["bytes=3-5", { from: 3, to: 5 }],
    ["bytes=3-99", { from: 3, to: 9 }],
    ["bytes=10-", undefined],
    ["bytes=5-3", undefined],
    ["bytes=0-1,4-5", undefined],
    ["items=0-1", undefined],
    [undefined, undefined],
  ])("range %s of 10 bytes", (header, range) => {
    expect(parseRange(header, 10)).toEqual(range);
  });

  it("names attachments for old and new readers", () => {
    expect(attachment('見積 "案".pdf')).toBe(
      `attachment; filename="__ ___.pdf"; filename*=UTF-8''%E8%A6%8B%E7%A9%8D%20%22%E6%A1%88%22.pdf`,
    );
  });

  it("takes a VP8 frame only from a lossy picture", () => {
    expect(() =>
      vp8FrameOf(Buffer.from("RIFF....WEBPVP8L\x01\x00\x00\x00x\x00", "latin1")),
    ).toThrow("not a lossy WebP");
  });
});

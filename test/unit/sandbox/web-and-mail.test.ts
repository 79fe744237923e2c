import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { msg } from "../../support/kinds.ts";
import { run } from "./run.ts";

const pixel = (): Promise<Buffer> =>
  sharp({ create: { width: 2, height: 2, channels: 3, background: "red" } })
    .png()
    .toBuffer();

describe("a saved page", () => {
  test("keeps text, tables, links and its own pictures, and nothing that runs or loads", async () => {
    const png = (await pixel()).toString("base64");
    const { result, output } = await run(
      "a.html",
      Buffer.from(
        `<!DOCTYPE html><html><head><title>題</title><script>x()</script><base href="//evil/"></head><body onload="x()"><h1>見出し</h1><table><tr><td style="color:red">表</td></tr></table><a href="https://example.jp/">良</a><a href="javascript:x()">悪</a><img src="data:image/png;base64,${png}"><img src="https://track/x.gif" alt="絵"><iframe src="x"></iframe><form action="//evil"><input value="y"></form><p style="background:url(//evil)">文</p><svg><script>z</script></svg></body></html>`,
      ),
    );
    expect([result.verdict, result.output?.type]).toEqual(["sanitized", "html"]);
    const html = output?.toString("utf8") ?? "";
    for (const kept of [
      "題",
      "見出し",
      'style="color:red"',
      "https://example.jp/",
      "data:image/png",
    ])
      expect(html).toContain(kept);
    expect(html).not.toMatch(/script|onload|evil|track|iframe|<form|<input|javascript|svg/);
    expect(html).toContain("絵");
    expect(html).toContain("default-src 'none'");
    expect(result.warnings).toContain("remote-pictures");
  });

  test("a page packed with its pictures becomes one page", async () => {
    const png = (await pixel()).toString("base64");
    const { result, output } = await run(
      "a.mht",
      Buffer.from(
        `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>本文<img src="http://x/a.png"></body></html>\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\nContent-Location: http://x/a.png\r\n\r\n${png}\r\n--b--\r\n`,
      ),
    );
    expect([result.verdict, result.output?.type]).toEqual(["converted", "html"]);
    expect(output?.toString("utf8")).toMatch(/本文<img src="data:image\/png;base64,/);
  });
});

test("what is packed beside a page and is no text leaves no mark that would make the page none", async () => {
  const { result, output } = await run(
    "a.mht",
    Buffer.from(
      `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>本文</body></html>\r\n--b\r\nNo-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from("\u001a\u0001表\u202e").toString("base64")}\r\n--b--\r\n`,
    ),
  );
  expect([result.verdict, result.output?.type]).toEqual(["converted", "html"]);
  expect(output?.toString("utf8")).toMatch(/本文[^]*<div>表<\/div>/);
});

describe("a mail", () => {
  const eml = (attachment: string, name: string): Buffer =>
    Buffer.from(
      `From: =?UTF-8?B?6Zui44KM?= <a@example.jp>\r\nTo: b@example.jp\r\nSubject: =?ISO-2022-JP?B?GyRCN28bKEI=?=\r\nDate: Mon, 2 Feb 2026 10:00:00 +0900\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>本文<script>x()</script></p><img src="http://track/">\r\n--b\r\nContent-Type: application/octet-stream; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(attachment).toString("base64")}\r\n--b--\r\n`,
    );

  test("becomes its text with sanitized attachments", async () => {
    const { result, output } = await run("a.eml", eml("a,=1\n", "t.csv"));
    expect([result.verdict, result.output?.type]).toEqual(["sanitized", "eml"]);
    const text = output?.toString("utf8") ?? "";
    expect(text).toContain(Buffer.from("本文").toString("base64"));
    expect(text).toContain(Buffer.from("a,'=1\n").toString("base64"));
    expect(text).not.toMatch(/track|<p>|script/);
    // Its own output is a mail again, and clean.
    expect((await run("b.eml", output ?? Buffer.alloc(0))).result.verdict).toBe("sanitized");
  });

  test("a program attached to it is left out and named in the text", async () => {
    const { result, output } = await run("a.eml", eml(`MZ${"\0".repeat(200)}`, "t.exe"));
    expect([result.verdict, result.members[0]?.reason]).toEqual([
      "partially_sanitized",
      "executable",
    ]);
    const body = /base64\r\n\r\n([A-Za-z0-9+/=\r\n]+)/.exec(output?.toString("latin1") ?? "")?.[1];
    expect(Buffer.from(body ?? "", "base64").toString("utf8")).toContain("t.exe");
  });

  test("Outlook's own format becomes an ordinary mail, also a draft from nobody to nobody", async () => {
    const { result, output } = await run("a.msg", msg());
    expect([result.contentType, result.verdict]).toEqual(["msg", "converted"]);
    const text = output?.toString("utf8") ?? "";
    expect(text).toContain(`Subject: =?UTF-8?B?${Buffer.from("件名").toString("base64")}?=`);
    expect(text).toContain(`filename*=UTF-8''${encodeURIComponent("表.csv")}`);
  });
});

test("plain XML loses what points outside, and an entity is refused", async () => {
  const { output } = await run(
    "a.xml",
    Buffer.from('<?xml version="1.0"?><?xml-stylesheet href="http://x"?><a b="1">文<!-- c --></a>'),
  );
  expect(output?.toString("utf8")).toMatch(/<a b="1">文<\/a>$/);
  const bomb = Buffer.from('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>');
  expect((await run("a.xml", bomb)).result.verdict).toBe("blocked");
});

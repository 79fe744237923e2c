import { describe, expect, it } from "vitest";
import { receivingView } from "../../../orchestrator/gateway/receiving.ts";
import { download } from "../../../orchestrator/http/file-contract.ts";

const message = {
  type: "receiving",
  guid: "0a1b-2c",
  name: "見積.xlsx",
  url: "https://www.example.test/",
  receivedBytes: 50,
  totalBytes: 200,
  state: "in-progress",
} as const;

describe("a download that is not the file desk's yet", () => {
  it.each([
    ["shows how far it is", {}, { stage: "receiving", progress: 0.25 }],
    ["of unknown size shows no share", { totalBytes: 0 }, { stage: "receiving" }],
    ["never shows more than all of it", { receivedBytes: 900 }, { progress: 1 }],
    [
      "that was cut off says so, and that nothing is to be had",
      { state: "canceled" as const },
      { stage: "done", verdict: "failed", reason: "incomplete", releasable: false },
    ],
    ["has a name that shows as it is", { name: "a\u202Egpj.exe/\u0000" }, { name: "agpj.exe_" }],
    ["has some name", { name: "\u202E" }, { name: "download" }],
  ])("%s", (_, change, wanted) => {
    const view = receivingView({ ...message, ...change });
    expect(view).toMatchObject(wanted);
    expect(download.safeParse(view).success).toBe(true);
  });

  it("that was cut off tells what to do, in both languages", () => {
    const view = receivingView({ ...message, state: "canceled" });
    expect(view.messageJa).toContain("もう一度ダウンロード");
    expect(view.messageEn).toContain("download the file again");
    expect(view.progress).toBeUndefined();
  });
});

/** Whole pictures out of a real container, asked for at the worst moment: just before the page changes. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { stillFrameLimitBytes } from "../../../images/wire/control.ts";
import { FrameReader } from "../../../images/wire/frame.ts";
import type { UserId } from "../../../orchestrator/base/ids.ts";
import type { SessionLink } from "../../../orchestrator/sessions/link.ts";
import { type SessionScene, sessionScene } from "../../support/session-parts.ts";

let scene: SessionScene;
let link: SessionLink;
beforeAll(async () => {
  scene = await sessionScene();
  const { id } = await scene.sessions.open(
    { id: "u1" as UserId, name: "taro", groups: [] },
    { terminal: "192.0.2.1", size: { width: 1000, height: 600, scalePct: 100 } },
    AbortSignal.timeout(30_000),
  );
  const found = scene.sessions.link(id);
  if (!found) throw new Error("no link");
  link = found;
});
afterAll(() => scene[Symbol.asyncDispose]());

/** Width and height of a JPEG, from its frame header (ITU-T T.81, B.2.2). */
function sizeOf(picture: Buffer): [width: number, height: number] {
  for (let at = 2; at + 9 < picture.length; at += 2 + picture.readUInt16BE(at + 2)) {
    const marker = picture.readUInt8(at + 1);
    if (marker >= 0xc0 && marker <= 0xc2)
      return [picture.readUInt16BE(at + 7), picture.readUInt16BE(at + 5)];
  }
  throw new Error("no frame header");
}

it("comes of every page that was asked for, however soon the page draws, in the display's size", async () => {
  for (let turn = 0; turn < 12; turn += 1) {
    const stills = await link.openStills(AbortSignal.timeout(5000));
    link.send({ type: "navigate", url: `http://page-${turn}.example/` });
    const reader = new FrameReader(stillFrameLimitBytes);
    const timer = setTimeout(() => stills.destroy(new Error(`no picture of page ${turn}`)), 5000);
    let picture: Buffer | undefined;
    for await (const chunk of stills) {
      picture = [...reader.push(chunk as Buffer)].at(0)?.payload;
      if (picture) break;
    }
    clearTimeout(timer);
    expect(picture && sizeOf(picture)).toEqual([1000, 600]);
  }
});

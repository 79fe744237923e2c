import { describe, expect, it } from "vitest";
import { fromAgent, iconPx } from "../../../images/wire/control.ts";
import { newSessionId } from "../../../orchestrator/base/ids.ts";
import { TabIcons } from "../../../orchestrator/gateway/tab-icons.ts";

const pixels = (level: number) => Buffer.alloc(iconPx * iconPx * 4, level).toString("base64");
const said = (tab: number, level: number | null) => ({
  type: "tab-icon" as const,
  tab,
  pixels: level === null ? null : pixels(level),
});

describe("an icon from a container", () => {
  it.each<[string, unknown, boolean]>([
    ["is so many pixels", pixels(7), true],
    ["is none", null, true],
    ["is not a picture to decode", `data:image/svg+xml,<svg onload="alert(1)"/>`, false],
    ["is not larger", Buffer.alloc(4096).toString("base64"), false],
    ["is not smaller", Buffer.alloc(64).toString("base64"), false],
    ["is not left out", undefined, false],
  ])("%s", (_sentence, value, fits) => {
    const message = { type: "tab-icon", tab: 1, pixels: value };
    expect(fromAgent.safeParse(message).success).toBe(fits);
  });

  const id = newSessionId();

  it("is told for tabs that are there, the last one said", () => {
    const icons = new TabIcons();
    icons.take(id, said(1, 1));
    icons.take(id, said(1, 2));
    icons.take(id, said(2, 3));
    icons.take(id, said(3, 4));
    icons.take(id, said(3, null));
    expect(icons.message(id, [{ id: 1 }, { id: 3 }])).toEqual({
      type: "tab-icons",
      icons: [{ tab: 1, pixels: pixels(2) }],
    });
    icons.forget(id);
    expect(icons.message(id, [{ id: 1 }])).toEqual({ type: "tab-icons", icons: [] });
  });

  it("is forgotten for others, of more than 64", () => {
    const icons = new TabIcons();
    for (let tab = 1; tab <= 100; tab += 1) icons.take(id, said(tab, 1));
    const tabs = Array.from({ length: 100 }, (_, at) => ({ id: at + 1 }));
    const message = icons.message(id, tabs);
    expect(message).toMatchObject({ icons: { length: 64 } });
    expect(message).toMatchObject({ icons: { 0: { tab: 37 } } });
  });
});

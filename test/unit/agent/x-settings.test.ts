import { expect, test } from "vitest";
import { encodeSettings } from "../../../images/browser/agent/x-settings.ts";

test("settings are written as XSETTINGS 0.5 has them", () => {
  const bytes = encodeSettings(3, { "Xft/DPI": 147_456, "Net/CursorBlink": 0 });
  expect(bytes.toString("hex").match(/.{8}/g)).toEqual([
    // Little endian, serial, two settings.
    ...["00000000", "03000000", "02000000"],
    // A whole number; seven letters filled up to eight; serial; 144 dots an inch, in 1/1024.
    ...["00000700", "5866742f", "44504900", "03000000", "00400200"],
    // Fifteen letters filled up to sixteen.
    ...["00000f00", "4e65742f", "43757273", "6f72426c", "696e6b00", "03000000", "00000000"],
  ]);
});

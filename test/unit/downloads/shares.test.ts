import { describe, expect, test } from "vitest";
import { newDownloadId, newSessionId, type UserId } from "../../../orchestrator/base/ids.ts";
import { newDownload } from "../../../orchestrator/downloads/desk/download.ts";
import { noShares, refuseEarly } from "../../../orchestrator/downloads/desk/session-share.ts";

const limits = {
  ...{ maxBytes: 100, sessionMaxBytes: 200, personMaxBytes: 300, totalMaxBytes: 400 },
  diskReserveBytes: 1000,
};
const disk = (freeBytes: number) => ({ holds: () => true, freeBytes: () => freeBytes });
/** One file of that many bytes that was received. */
const held = (sizeBytes: number) => [
  {
    ...newDownload(newDownloadId(), {
      ...{ sessionId: newSessionId(), ownerId: "u1" as UserId, ownerName: "taro", sizeBytes },
      ...{ untrustedName: "a", untrustedUrl: "" },
    }),
    original: { id: "f", sizeBytes, sha256: "" },
  },
];

describe("a file of 50 bytes", () => {
  test.each([
    ["with nothing there", noShares, 1100, undefined],
    ["where the session is nearly full", { ...noShares, session: held(151) }, 1100, "session-full"],
    ["where it just fits", { ...noShares, session: held(150) }, 1100, undefined],
    ["where the person's share is full", { ...noShares, person: held(251) }, 1100, "person-full"],
    ["where everybody's share is full", { ...noShares, all: held(351) }, 1100, "disk-full"],
    ["where the disk would be left with less than its reserve", noShares, 1099, "disk-full"],
  ])("%s", (_where, shares, free, expected) => {
    expect(refuseEarly(50, shares, limits, disk(free))).toBe(expected);
  });
});

test("a file beyond the limit of one file is refused first", () => {
  expect(refuseEarly(101, noShares, limits, disk(0))).toBe("too-large");
});

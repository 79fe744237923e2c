/** What the signer's authorities may never sign for, as it stands in their certificates. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureAuthority } from "../../../proxy/signer/authority.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("names stand in the constraints as names; an address among them does not, every address is excluded", async () => {
  const excluded = ["portal.example.jp", "192.0.2.7", "2001:db8::7"];
  const { certificate } = await ensureAuthority(folder, "terminal", excluded, Date.now());
  const value = certificate.getExtension("2.5.29.30")?.value;
  const constraints = Buffer.from(value ?? new ArrayBuffer(0));
  expect(constraints.includes("portal.example.jp")).toBe(true);
  expect(constraints.includes("192.0.2.7")).toBe(false);
  expect(constraints.includes("2001:db8")).toBe(false);
  // iPAddress 0.0.0.0/0 and ::/0.
  expect(constraints.includes(Buffer.from([0x87, 8, ...Buffer.alloc(8)]))).toBe(true);
  expect(constraints.includes(Buffer.from([0x87, 32, ...Buffer.alloc(32)]))).toBe(true);
});

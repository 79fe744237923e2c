import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadSealKey, seal, unseal } from "../../../orchestrator/identity/seal.ts";

describe("the key of sealed secrets", () => {
  let keys: string;
  beforeEach(() => {
    keys = mkdtempSync(join(tmpdir(), "hanare-test-seal-"));
  });
  afterEach(() => rmSync(keys, { recursive: true }));
  const file = () => join(keys, "identity-seal.key");

  test("is made once, for its owner only", () => {
    const key = loadSealKey(keys);
    expect(key).toHaveLength(32);
    expect(loadSealKey(keys)).toEqual(key);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test("is refused when others can read it", () => {
    loadSealKey(keys);
    chmodSync(file(), 0o640);
    expect(() => loadSealKey(keys)).toThrow("readable by others");
  });

  test("is refused when it is cut off", () => {
    writeFileSync(file(), "short", { mode: 0o600 });
    expect(() => loadSealKey(keys)).toThrow("not a key");
  });
});

describe("a sealed secret", () => {
  const key = Buffer.alloc(32, 1);
  const secret = Buffer.from("twenty bytes of code");

  test("opens for its owner and shows nothing of itself", () => {
    const sealed = seal(key, "u1", secret);
    expect(sealed.includes(secret)).toBe(false);
    expect(unseal(key, "u1", sealed)).toEqual(secret);
    expect(seal(key, "u1", secret)).not.toEqual(sealed);
  });

  test.each([
    ["for another owner", key, "u2", 0],
    ["with another key", Buffer.alloc(32, 2), "u1", 0],
    ["when a bit of it is turned", key, "u1", 1],
  ])("does not open %s", (_sentence, withKey, owner, flip) => {
    const sealed = seal(key, "u1", secret);
    sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ flip, sealed.length - 1);
    expect(() => unseal(withKey, owner, sealed)).toThrow();
  });
});

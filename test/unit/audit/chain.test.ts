import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canonicalJson,
  chainOne,
  type ChainHead,
  emptyHead,
  follow,
  genesisHash,
  hashOf,
  type StoredRecord,
} from "../../../orchestrator/audit/chain.ts";

const at = "2026-04-01T00:00:00.000Z";
const event = { action: "sign-in", outcome: "success", userName: "hanako" } as const;
const first = chainOne({ v: 1, seq: 1, at, prev: genesisHash, event });
const second = chainOne({ v: 1, seq: 2, at, prev: first.hash, event });

describe("canonical JSON", () => {
  test("does not depend on the order in which fields were set", () => {
    const one = canonicalJson({ b: 1, a: { d: 2, c: "離れ" } });
    expect(one).toBe(canonicalJson({ a: { c: "離れ", d: 2 }, b: 1 }));
    expect(one).toBe('{"a":{"c":"離れ","d":2},"b":1}');
  });

  test("leaves absent fields out", () => {
    expect(canonicalJson({ a: undefined, b: null })).toBe('{"b":null}');
  });

  test("survives being read and written again, whatever the strings", () => {
    const value = fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(value, (given) => {
        const text = canonicalJson(given);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(Buffer.from(text).toString()).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a record follows another", () => {
  const restamped = (record: string): StoredRecord => ({ seq: 2, record, hash: hashOf(record) });
  const head: ChainHead = first;

  test("when number, previous hash and own hash fit", () => {
    expect(follow(emptyHead, first)).toEqual({
      outcome: "follows",
      head: { seq: 1, hash: first.hash },
    });
    expect(follow(head, second)).toMatchObject({ outcome: "follows", head: { seq: 2 } });
  });

  test.each<[string, ChainHead, StoredRecord, number, string]>([
    ["the first is missing", emptyHead, second, 1, "record-missing"],
    ["one between is missing", head, { ...second, seq: 3 }, 2, "record-missing"],
    [
      "a letter of it changed",
      head,
      { ...second, record: second.record.replace("hanako", "hanaka") },
      2,
      "record-altered",
    ],
    ["its hash changed", head, { ...second, hash: genesisHash }, 2, "record-altered"],
    [
      "the one before was restamped",
      { seq: 1, hash: hashOf("another") },
      second,
      2,
      "chain-broken",
    ],
    [
      "it was moved from another place",
      { seq: 1, hash: first.hash },
      restamped(second.record.replace('"seq":2', '"seq":7')),
      2,
      "chain-broken",
    ],
    ["it is not JSON", head, restamped("{"), 2, "record-unreadable"],
    ["it is not a record of ours", head, restamped('{"v":1}'), 2, "record-unreadable"],
  ])("not when %s", (_sentence, before, stored, seq, reason) => {
    expect(follow(before, stored)).toEqual({ outcome: "broken", seq, reason });
  });
});

import { describe, expect, it } from "vitest";
import { newSessionId, type UserId } from "../../../orchestrator/base/ids.ts";
import { SessionStore } from "../../../orchestrator/sessions/store.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

const limits = { warm: true, firstUid: 700_000, maxTotal: 3 };
const taro = {
  person: { id: "u1" as UserId, name: "taro", groups: [] },
  terminal: "192.0.2.7",
  expiresAt: new Date(0),
  idleMinutes: 30,
};

describe("the session store", () => {
  it("gives every living session a uid of its own and uses freed ones again", () => {
    const store = new SessionStore(openDatabase(":memory:"));
    const [first, second] = [newSessionId(), newSessionId()];
    expect(store.begin(first, limits).uid).toBe(700_000);
    expect(store.begin(second, limits).uid).toBe(700_001);
    store.beginClosing(first, "user");
    store.markDeleted(first);
    expect(store.begin(newSessionId(), limits).uid).toBe(700_000);
  });

  it("refuses one session more than the house holds", () => {
    const store = new SessionStore(openDatabase(":memory:"));
    for (let n = 0; n < limits.maxTotal; n += 1) store.begin(newSessionId(), limits);
    expect(() => store.begin(newSessionId(), limits)).toThrow(/CAPACITY/);
  });

  it("lets one person claim a ready session, and nobody else afterwards", () => {
    const store = new SessionStore(openDatabase(":memory:"));
    const id = newSessionId();
    store.begin(id, limits);
    expect(store.claim(id, taro)).toBe(false);
    store.markReady(id);
    expect(store.claim(id, taro)).toBe(true);
    expect(store.claim(id, { ...taro, person: { ...taro.person, name: "hanako" } })).toBe(false);
    expect(store.get(id).ownerName).toBe("taro");
  });

  it("keeps the reason of whoever closed first", () => {
    const store = new SessionStore(openDatabase(":memory:"));
    const id = newSessionId();
    store.begin(id, limits);
    expect(store.beginClosing(id, "idle")).toBe(true);
    expect(store.beginClosing(id, "shutdown")).toBe(true);
    expect(store.get(id)).toMatchObject({ state: "closing", endReason: "idle" });
  });

  it("keeps a change and what was written beside it together or not at all", () => {
    const store = new SessionStore(openDatabase(":memory:"));
    const id = newSessionId();
    store.begin(id, limits);
    store.beginClosing(id, "user");
    const recordFails = () => {
      store.markDeleted(id);
      throw new Error("disk full");
    };
    expect(() => store.atomically(recordFails)).toThrow("disk full");
    expect(store.get(id).state).toBe("closing");
  });

  it("never brings a deleted session back", () => {
    const store = new SessionStore(openDatabase(":memory:"));
    const id = newSessionId();
    store.begin(id, limits);
    store.beginClosing(id, "user");
    store.markDeleted(id);
    expect(store.beginClosing(id, "user")).toBe(false);
    expect(() => store.markReady(id)).toThrow(/ILLEGAL_TRANSITION/);
    expect(store.live()).toEqual([]);
  });
});

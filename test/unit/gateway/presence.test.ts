import { describe, expect, it } from "vitest";
import type { SessionId } from "../../../orchestrator/base/ids.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import { PresenceClock } from "../../../orchestrator/gateway/presence.ts";
import type { SessionView } from "../../../orchestrator/sessions/types.ts";

const id = "s1" as SessionId;

/** A clock by hand, and everything the presence clock did. */
function scene(sessions: object, idleMinutes: number | null = null) {
  const did: string[] = [];
  let now = 0;
  const clock = new PresenceClock(
    configSchema.parse({ sessions }).sessions,
    {
      end: (_, reason) => did.push(`end ${reason}`),
      warn: (_, what, left) => did.push(`warn ${what} ${left}`),
    },
    () => now,
  );
  const view = { id, expiresAt: new Date(3_600_000).toISOString(), idleMinutes } as SessionView;
  clock.claimed(view);
  return {
    clock,
    did,
    pass: (seconds: number) => {
      now += seconds * 1000;
      clock.tick();
    },
  };
}

describe("who is watching", () => {
  it("ends a session whose viewer never came, after the grace time", () => {
    const { did, pass } = scene({ graceSeconds: 30 });
    pass(29);
    expect(did).toEqual([]);
    pass(1);
    expect(did).toEqual(["end viewer-gone"]);
  });

  it("asks for an end once, and again when there was none, as on a full disk", () => {
    const { clock, did, pass } = scene({ graceSeconds: 30 });
    pass(30);
    pass(1);
    expect(did).toEqual(["end viewer-gone"]);
    pass(10);
    expect(did).toEqual(["end viewer-gone", "end viewer-gone"]);
    clock.ended(id);
    pass(100);
    expect(did).toHaveLength(2);
  });

  it("keeps a session over a reload", () => {
    const { clock, did, pass } = scene({ graceSeconds: 30 });
    clock.joined(id);
    clock.left(id, "lost");
    pass(20);
    clock.joined(id);
    pass(100);
    expect(did).toEqual([]);
  });

  it("waits only for a reload when the page was closed", () => {
    const { clock, did, pass } = scene({ graceSeconds: 30, closedTabGraceSeconds: 4 });
    clock.joined(id);
    clock.left(id, "closed");
    pass(3);
    expect(did).toEqual([]);
    pass(1);
    expect(did).toEqual(["end viewer-gone"]);
  });

  it("counts viewers: one of two leaving is not leaving", () => {
    const { clock, did, pass } = scene({ graceSeconds: 5 });
    clock.joined(id);
    clock.joined(id);
    clock.left(id, "lost");
    pass(60);
    expect(did).toEqual([]);
    clock.left(id, "lost");
    pass(5);
    expect(did).toEqual(["end viewer-gone"]);
  });

  it("warns once before the idle end, and activity takes the warning back", () => {
    const { clock, did, pass } = scene({ idleMinutes: 10, idleWarningSeconds: 60 });
    clock.joined(id);
    pass(541);
    pass(10);
    expect(did).toEqual(["warn idle 59"]);
    clock.active(id);
    pass(539);
    expect(did).toEqual(["warn idle 59"]);
    pass(61);
    expect(did).toEqual(["warn idle 59", "end idle"]);
  });

  it("ends at the lifetime whoever is active", () => {
    const { clock, did, pass } = scene({ idleMinutes: 600, lifetimeWarningSeconds: 300 });
    clock.joined(id);
    pass(3299);
    expect(did).toEqual([]);
    pass(1);
    clock.active(id);
    pass(299);
    expect(did).toEqual(["warn lifetime 300"]);
    pass(1);
    expect(did).toEqual(["warn lifetime 300", "end lifetime"]);
  });

  it("warns again whoever comes back, for a reloaded page knows of no warning", () => {
    const { clock, did, pass } = scene({ idleMinutes: 600, lifetimeWarningSeconds: 300 });
    clock.joined(id);
    pass(3400);
    clock.left(id, "closed");
    clock.joined(id);
    pass(1);
    expect(did).toEqual(["warn lifetime 200", "warn lifetime 199"]);
  });

  it("lets a session of its own idle time go by that, not by the common one", () => {
    const { did, pass, clock } = scene({ idleMinutes: 600, idleWarningSeconds: 60 }, 5);
    clock.joined(id);
    pass(240);
    pass(60);
    expect(did).toEqual(["warn idle 60", "end idle"]);
  });
});

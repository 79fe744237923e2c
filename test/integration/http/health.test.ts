/** The doctor behind the console: begun, joined, read, recorded; over the same code as the command. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import type { HealthView } from "../../../orchestrator/http/overview-contract.ts";
import { type Portal, type SignedIn, startPortal } from "./portal.ts";

let portal: Portal;
let admin: SignedIn;
beforeAll(async () => {
  portal = await startPortal();
  admin = await portal.person("unyou", ["system-admin"]);
});
afterAll(() => portal[Symbol.asyncDispose]());

const ask = async (method: "GET" | "POST"): Promise<HealthView> => {
  const answer = await portal.send(method, "/api/admin/health", { cookie: admin.cookie });
  expect(answer.status).toBe(200);
  return answer.json() as HealthView;
};

describe("a check of the machine", () => {
  it("has not been made before somebody asks", async () => {
    expect(await ask("GET")).toEqual({ progress: null, report: null });
  });

  it("begins at once, is joined by who asks meanwhile, and is on record once, when it is through", async () => {
    const begun = await Promise.all([ask("POST"), ask("POST")]);
    expect(begun.map(({ progress }) => progress !== null)).toEqual([true, true]);
    await expect.poll(async () => (await ask("GET")).progress).toBeNull();
    const { report } = await ask("GET");
    expect(report?.healthy).toBe(false);
    expect(queryAudit(portal.database, { action: "health-check" }).records).toMatchObject([
      {
        userName: "unyou",
        outcome: "failure",
        reason: expect.stringContaining("images") as string,
      },
    ]);
  });

  it("says of what is wrong what to do, in both languages, and of what is well nothing", async () => {
    const checks = (await ask("GET")).report?.checks ?? [];
    const images = checks.find(({ id }) => id === "images");
    expect(images).toMatchObject({
      level: "fail",
      problem: { code: "IMAGES_MISSING", mend: "npm run setup" },
    });
    expect(images?.problem?.ja).toMatch(/コンテナイメージ/);
    const well = checks.filter(({ level }) => level === "ok");
    expect(well.map(({ id }) => id)).toEqual(expect.arrayContaining(["engine", "configuration"]));
    const words = checks.flatMap(({ detail, problem, level }) =>
      level === "ok" ? [detail] : [detail, problem, problem?.besides].filter((each) => !!each),
    );
    expect(words.filter(({ en }) => /[ぁ-んァ-ン一-龠]/.test(en))).toEqual([]);
    // What is left in English alone is a path, a number, or what the machine itself wrote.
    const sentence = /\b(?:absent|days|free|left|none|not|only|running|since|waits?)\b/;
    expect(words.filter(({ ja }) => sentence.test(ja))).toEqual([]);
    expect(well.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});

/** Sandboxes that do not keep the protocol: every one fails its file, none releases it. */
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sandboxWireVersion } from "../../../images/wire/sandbox.ts";
import { testImages } from "../../support/images.ts";
import { type DeskHarness, openDesk } from "./desk-harness.ts";

const ready = { version: sandboxWireVersion, engines: {} };
const clean = {
  contentType: "png",
  verdict: "sanitized",
  reason: "rebuilt",
  removed: [],
  warnings: [],
  members: [],
  memberCount: 0,
  output: { type: "png", bytes: 4 },
  asIs: null,
  objects: [],
  rule: null,
};

/** What such a box runs instead of main.ts: `send` writes a frame; the file's name says which program is meant. */
const programOf = (programs: ReadonlyMap<string, string>): string => `
const send = (type, payload) => { const head = Buffer.alloc(5); head.writeUInt32BE(payload.length); head[4] = type; process.stdout.write(Buffer.concat([head, payload])); };
const json = (type, value) => send(type, Buffer.from(JSON.stringify(value)));
const programs = { ${[...programs].map(([name, program]) => `${name}: () => { ${program} }`).join(", ")} };
let said = "";
process.stdin.on("data", (chunk) => {
  const before = said;
  said += chunk.toString("latin1");
  const [, name] = /"name":"(\\w+)\\.png"/.exec(said) ?? [];
  if (name !== undefined && !/"name":"\\w+\\.png"/.test(before)) programs[name]();
});
json(10, ${JSON.stringify(ready)});
`;

const boxes: readonly (readonly [
  sentence: string,
  why: RegExp,
  program: string,
  reason: string,
])[] = [
  [
    "garbage on stdout",
    /FrameTooLarge|> 262144/,
    `process.stdout.write("<html>not a frame at all</html>".repeat(50));`,
    "sandbox-failed",
  ],
  [
    "a result that no schema knows",
    /invalid|Invalid|expected/,
    `json(12, { verdict: "released", output: "yes" });`,
    "sandbox-failed",
  ],
  [
    "a release without output",
    /output without/,
    `json(12, ${JSON.stringify({ ...clean, output: null })});`,
    "sandbox-failed",
  ],
  [
    "more output than announced",
    /more output/,
    `json(12, ${JSON.stringify(clean)}); send(2, Buffer.alloc(5)); send(3, Buffer.alloc(0));`,
    "sandbox-failed",
  ],
  [
    "less output than announced",
    /less output/,
    `json(12, ${JSON.stringify(clean)}); send(2, Buffer.alloc(3)); send(3, Buffer.alloc(0));`,
    "sandbox-failed",
  ],
  [
    "output that never ends",
    /output (ended|closed)/,
    `json(12, ${JSON.stringify(clean)}); send(2, Buffer.alloc(4)); process.exit(0);`,
    "sandbox-failed",
  ],
  [
    "a flood of progress",
    /too much progress/,
    `for (let i = 0; i < 1000; i += 1) json(11, { step: "identify", done: 0 });`,
    "sandbox-failed",
  ],
  [
    "nothing more because its memory was at an end",
    /output (ended|closed)/,
    `for (const all = []; ; ) all.push(Buffer.alloc(16 * 1024 ** 2, 1));`,
    "sandbox-failed",
  ],
  ["silence", /DEADLINE_EXCEEDED/, `undefined;`, "sandbox-timeout"],
];

describe("a box that answers with", () => {
  const image = "hanare-test-broken-box";
  let harness: DeskHarness;

  beforeAll(async () => {
    const programs = new Map([
      ...boxes.map(([, , program], index) => [`box${index}`, program] as const),
      ["working", `json(11, { step: "rebuild", done: 0.5 });`] as const,
    ]);
    const encoded = Buffer.from(programOf(programs)).toString("base64");
    execFileSync("docker", ["build", "-q", "-t", image, "-"], {
      // The same image with another program, which the entry point reads from the environment.
      input: [
        `FROM ${testImages().sandbox}`,
        `ENTRYPOINT ["/usr/local/bin/node", "-e", "eval(Buffer.from(process.env.PROGRAM, 'base64').toString())"]`,
        `ENV PROGRAM=${encoded}`,
        "",
      ].join("\n"),
      stdio: ["pipe", "ignore", "pipe"],
    });
    harness = await openDesk({
      sandboxImage: image,
      files: { sandboxSeconds: 3, sandboxMemoryMb: 128, warmSandboxes: 0 },
    });
  });

  afterAll(async () => {
    await harness[Symbol.asyncDispose]();
    execFileSync("docker", ["rmi", "-f", image], { stdio: "ignore" });
  });

  test.each(
    boxes.map(([sentence, why, , reason], index) => [sentence, reason, why, index] as const),
  )("%s fails its file with %s", async (_sentence, reason, why, index) => {
    const before = harness.logged("sandbox-job").length;
    const view = await harness.receive(`box${index}.png`, Buffer.from("harmless"));
    expect([view.verdict, view.reason, view.releasable]).toEqual(["failed", reason, false]);
    expect(harness.logged("sandbox-job").slice(before)).toMatch(why);
    await expect(harness.fetch(view)).rejects.toMatchObject({ code: "FILE_NOT_RELEASED" });
  });

  test("nothing more because it was killed at work fails its file at once", async () => {
    await using patient = await openDesk({
      sandboxImage: image,
      files: { sandboxSeconds: 60, warmSandboxes: 0 },
    });
    const killed: string[] = [];
    patient.desk.onChange((view) => {
      if (view.stage !== "sanitizing") return;
      // It said that it works on the file and will never say anything else.
      const name = patient.desk.containers().find((each) => each.includes("-sandbox-")) ?? "";
      execFileSync("docker", ["kill", name], { stdio: "ignore" });
      killed.push(name);
    });
    const view = await patient.receive("working.png", Buffer.from("harmless"));
    expect(killed).toHaveLength(1);
    expect([view.verdict, view.reason, view.releasable]).toEqual([
      "failed",
      "sandbox-failed",
      false,
    ]);
    expect(patient.logged("sandbox-job")).toMatch(/output (ended|closed)/);
  });
});

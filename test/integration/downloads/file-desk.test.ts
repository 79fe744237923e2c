import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { Readable } from "node:stream";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newSessionId } from "../../../orchestrator/base/ids.ts";
import type { DownloadView, FileRules } from "../../../orchestrator/downloads/types.ts";
import { makeSamples, type Sample, samplePassword } from "../../../practice/samples/samples.ts";
import { makePdf } from "../../../practice/samples/pdf.ts";
import { ToolBox } from "../../bench/sanitize/tool-box.ts";
import { argsFor, type DeskHarness, openDesk } from "./desk-harness.ts";

let harness: DeskHarness;
let samples: Map<string, Sample>;

beforeAll(async () => {
  samples = new Map((await makeSamples()).map((sample) => [sample.name, sample]));
  harness = await openDesk();
}, 60_000);

afterAll(async () => {
  await harness[Symbol.asyncDispose]();
  // Nothing carries this installation's label any more.
  expect(await harness.engine.list()).toEqual([]);
}, 60_000);

function sample(name: string): Sample {
  const found = samples.get(name);
  if (found === undefined) throw new Error(`no sample ${name}`);
  return found;
}

const receiveSample = (name: string): Promise<DownloadView> =>
  harness.receive(name, sample(name).bytes);

const expected: readonly (readonly [
  name: string,
  verdict: string,
  reason: string,
  type: string,
  leavesAs: string | undefined,
])[] = [
  ["お知らせ.pdf", "sanitized", "metadata-removed", "pdf", "お知らせ.pdf"],
  ["スクリプト入り.pdf", "sanitized", "script-removed", "pdf", "スクリプト入り.pdf"],
  ["macro.docm", "sanitized", "macro-removed", "docx", "macro.docx"],
  ["見積.xlsx", "sanitized", "rebuilt", "xlsx", "見積.xlsx"],
  ["写真.jpg", "sanitized", "metadata-removed", "jpeg", "写真.jpg"],
  ["風景.png", "sanitized", "rebuilt", "png", "風景.png"],
  ["eicar.com", "infected", "signature:Hanare.Test.EICAR", "text", undefined],
  ["見積一式.zip", "needs_password", "password-required", "zip", undefined],
  ["請求書.pdf", "blocked", "executable", "executable", undefined],
  ["間取り.jpg", "sanitized", "rebuilt", "png", "間取り.png"],
  ["爆弾.zip", "blocked", "ratio-limit", "zip", undefined],
  ["名簿.csv", "released_as_is", "clean-text", "csv", "名簿.csv"],
];

/** All received at once, and waiting in the desk's own queue. */
const received = new Map<string, Promise<DownloadView>>();
const judged = async (name: string): Promise<DownloadView> => {
  const view = await received.get(name);
  if (view === undefined) throw new Error(`${name} was not received`);
  return view;
};

describe("every sample of the practice site", () => {
  beforeAll(() => {
    for (const [name] of expected) received.set(name, receiveSample(name));
  });

  test("is in the table below, with the verdict it promises", async () => {
    const promised = (await makeSamples()).map((each) => [each.name, each.expectVerdict]);
    expect(promised).toEqual(expected.map(([name, verdict]) => [name, verdict]));
  });

  test.each(expected)(
    "%s is %s because of %s",
    async (name, verdict, reason, type, leavesAs) => {
      const view = await judged(name);
      expect({ verdict: view.verdict, reason: view.reason, type: view.contentType }).toEqual({
        verdict,
        reason,
        type,
      });
      expect(view.releasable).toBe(leavesAs !== undefined);
      if (leavesAs === undefined) {
        await expect(harness.fetch(view)).rejects.toMatchObject({ code: "FILE_NOT_RELEASED" });
        return;
      }
      const released = await harness.fetch(view);
      expect(released.name).toBe(leavesAs);
      expect(released.bytes).toHaveLength(view.releasedBytes ?? -1);
      expect(released.bytes.equals(sample(name).bytes)).toBe(verdict === "released_as_is");
    },
    60_000,
  );
});

describe("what leaves", () => {
  test("a PDF without its scripts, with its harmless link", async () => {
    const { bytes } = await harness.fetch(await judged("スクリプト入り.pdf"));
    const text = bytes.toString("latin1");
    expect(text.startsWith("%PDF-")).toBe(true);
    expect(text).not.toMatch(/JavaScript|Launch|app\.alert/);
  });

  test("a PDF with its pages, words, form values, links and the picture of a film", async () => {
    const box = "[0 0 100 20]";
    const given = makePdf({
      ...{ title: "申請書", line: "申請の案内" },
      catalog: "/AcroForm << /Fields [8 0 R] >>",
      page: "/Annots [8 0 R 9 0 R 11 0 R]",
      morePages: ["10 0 R"],
      more: [
        `<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V (Hanako) /Rect ${box} /P 3 0 R >>`,
        `<< /Type /Annot /Subtype /Link /Rect ${box} /A << /S /URI /URI (https://www.example.jp/) >> >>`,
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        `<< /Type /Annot /Subtype /Screen /Rect ${box} /AP << /N 12 0 R >> /A << /S /Rendition >> >>`,
        "<< /Type /XObject /Subtype /Form /BBox [0 0 100 20] /Length 20 >>\nstream\n1 0 0 rg 0 0 9 9 re f\nendstream",
      ],
    });
    const { bytes } = await harness.fetch(await harness.receive("申請書.pdf", given));
    using tools = new ToolBox(harness.sandboxImage);
    const read =
      "cd /work && cat > a.pdf && pdfinfo a.pdf && pdftotext a.pdf - && qpdf --qdf --object-streams=disable a.pdf -";
    const said = tools.run(read, bytes)?.toString("latin1") ?? "";
    expect(said).toMatch(/^Pages: +2$/m);
    expect(said).toContain(Buffer.from("申請の案内").toString("latin1"));
    for (const kept of ["/V (Hanako)", "(https://www.example.jp/)", "/Subtype /Stamp"])
      expect(said).toContain(kept);
    expect(said).not.toMatch(/Screen|Rendition/);
  });

  test("a photo without the place, as many pixels as before", async () => {
    const { bytes } = await harness.fetch(await judged("写真.jpg"));
    const metadata = await sharp(bytes).metadata();
    expect(metadata.exif).toBeUndefined();
    expect([metadata.width, metadata.height]).toEqual([640, 420]);
  });

  test("leaves a record of download, verdict and release with both hashes", async () => {
    const before = harness.events.length;
    await harness.fetch(await receiveSample("macro.docm"));
    const [download, verdict, release] = harness.events.slice(before);
    expect([download?.action, verdict?.action, release?.action]).toEqual([
      "download",
      "verdict",
      "release",
    ]);
    expect(verdict?.details).toMatchObject({ contentType: "docx", removed: "macro=1" });
    expect(verdict?.details?.["sha256In"]).toMatch(/^[0-9a-f]{64}$/);
    expect(verdict?.details?.["sha256Out"]).toBe(release?.details?.["sha256Out"]);
    expect(verdict?.details?.["engines"]).toContain("qpdf=");
    expect(release?.terminal).toBe("192.0.2.7");
  });
});

describe("held back", () => {
  test("a ZIP whose password is right is rebuilt, a wrong one is told so", async () => {
    const { bytes } = sample("見積一式.zip");
    const right = await harness.receive("見積一式.zip", bytes, {
      passwords: ["x", samplePassword],
    });
    const wrong = await harness.receive("見積一式.zip", bytes, { passwords: ["no"] });
    expect([right.verdict, right.reason]).toEqual(["sanitized", "members-rebuilt"]);
    expect([wrong.verdict, wrong.reason]).toEqual(["needs_password", "password-wrong"]);
  });

  test("a password given later opens it; three wrong ones give it up, and none is written anywhere", async () => {
    const { bytes } = sample("見積一式.zip");
    const signal = new AbortController().signal;
    const waiting = await harness.receive("見積一式.zip", bytes);
    expect(waiting.passwordTries).toBe(3);
    const wrong = await harness.desk.unlock(waiting.id, ["a", "b"], signal);
    expect([wrong.verdict, wrong.reason, wrong.passwordTries]).toEqual([
      "needs_password",
      "password-wrong",
      2,
    ]);
    const right = await harness.desk.unlock(waiting.id, ["a", samplePassword], signal);
    expect([right.verdict, right.releasable]).toEqual(["sanitized", true]);
    expect((await harness.fetch(right)).name).toBe("見積一式.zip");
    await expect(harness.desk.unlock(waiting.id, ["a"], signal)).rejects.toMatchObject({
      code: "FILE_NOT_WAITING",
    });
    const lost = await harness.receive("見積一式.zip", bytes);
    for (const guess of ["x", "y"]) await harness.desk.unlock(lost.id, [guess], signal);
    const over = await harness.desk.unlock(lost.id, ["z"], signal);
    expect([over.verdict, over.reason, over.passwordTries]).toEqual([
      "blocked",
      "password-tries",
      undefined,
    ]);
    expect(JSON.stringify(harness.events)).not.toContain(samplePassword);
    expect(harness.logged("")).not.toContain(samplePassword);
  });

  test("the record to keep says what came in, what left, by which hands and what was taken out", async () => {
    const view = await judged("macro.docm");
    const manifest = harness.desk.manifest(view.id);
    expect(manifest).toMatchObject({
      format: "hanare-manifest-1",
      verdict: "sanitized",
      input: { name: "macro.docm", type: "docx" },
      output: { name: "macro.docx", type: "docx" },
      scanner: { testSetOnly: true },
    });
    expect(manifest?.objects).toContainEqual({
      action: "removed",
      class: "macro",
      count: 1,
      place: "word/vbaProject.bin",
    });
    expect([manifest?.input.sha256, manifest?.output?.sha256].join(" ")).toMatch(
      /^[0-9a-f]{64} [0-9a-f]{64}$/,
    );
    expect(manifest?.engines).toHaveProperty("yara");
  });

  test("a virus inside a container of harmless type is found by content", async () => {
    const body = `ふつうの文\n${["HANARE-HARMLESS", "-TEST-SIGNATURE-1"].join("")}\n`;
    const view = await harness.receive("memo.txt", Buffer.from(body));
    expect([view.verdict, view.reason]).toEqual(["infected", "signature:Hanare.Test.Pattern"]);
  });

  test("fewer bytes than announced is a failure, not a file", async () => {
    const view = await harness.receive("a.txt", Buffer.from("abc"), { announced: 10 });
    expect([view.verdict, view.reason, view.releasable]).toEqual(["failed", "incomplete", false]);
  });
});

describe("under a person's rules", () => {
  const pdf = () => sample("お知らせ.pdf").bytes;
  const rules = (more: Partial<FileRules>): FileRules => ({
    ...{ download: true, profile: "sanitize" },
    ...more,
  });
  test("PDF as pictures, text only, and no downloads at all", async () => {
    const drawn = await harness.receive("a.pdf", pdf(), { rules: rules({ profile: "image_pdf" }) });
    expect([drawn.verdict, drawn.reason]).toEqual(["converted", "pages-as-pictures"]);
    const text = await harness.receive("a.pdf", pdf(), { rules: rules({ profile: "text" }) });
    expect([text.verdict, text.reason, text.releasable]).toEqual([
      "blocked",
      "policy-profile",
      false,
    ]);
    const none = await harness.receive("a.pdf", pdf(), { rules: rules({ download: false }) });
    expect([none.verdict, none.reason]).toEqual(["blocked", "policy-download"]);
  });

  test.each<readonly [string, Partial<FileRules>]>([
    ["with a macro", { content: { macro: "approve" } }],
    ["of a group whose files a person sees first", { profile: "visual_check" }],
  ])(
    "a sanitized file %s waits for an approval, and it is that file which is handed over",
    async (...[, own]) => {
      const before = quarantined();
      const view = await harness.receive("macro.docm", sample("macro.docm").bytes, {
        rules: rules(own),
      });
      expect(view).toMatchObject({
        verdict: "needs_approval",
        reason: "policy-approval",
        releasable: false,
        approval: { state: "can" },
      });
      await expect(harness.fetch(view)).rejects.toMatchObject({ code: "FILE_NOT_RELEASED" });
      // The original is gone already: nothing but the rebuilt file waits.
      expect(quarantined()).toBe(before + 1);
      const { ownerId } = argsFor(harness.session, "", 0);
      const { file, facts } = harness.desk.forApproval(view.id, ownerId);
      expect(facts).toMatchObject({ name: "macro.docx", sanitized: true });
      const bytes = Buffer.concat(await harness.desk.quarantine.read(file).toArray());
      expect(bytes.subarray(0, 2).toString()).toBe("PK");
      await harness.desk.handedOver(view.id);
      expect(quarantined()).toBe(before);
    },
  );

  test("a file that goes out is searched, in a document's and a PDF's text as well", async () => {
    const outcome = async (name: string, bytes: Buffer, keywords: readonly string[]) => {
      await using looked = await harness.desk.inspectUpload(
        {
          ...argsFor(harness.session, name, bytes.length),
          uploadRules: { myNumber: "block", keywords, onKeyword: "block", profile: "original" },
        },
        Readable.from([bytes]),
        new AbortController().signal,
      );
      return looked.passes === undefined ? looked.reason : "passes";
    };
    const book = sample("見積.xlsx").bytes;
    expect(await outcome("見積.xlsx", book, ["封筒"])).toBe("keyword");
    expect(await outcome("見積.xlsx", book, ["部外秘"])).toBe("passes");
    expect(await outcome("お知らせ.pdf", pdf(), ["お知らせ"])).toBe("keyword");
    expect(await outcome("a.csv", Buffer.from("番号\n1234-5678-9018\n"), [])).toBe("my-number");
  });
});

test("the tray hears every stage once in order", async () => {
  const stages: string[] = [];
  const session = newSessionId();
  const stop = harness.desk.onChange((view) => {
    if (view.sessionId === session && stages.at(-1) !== view.stage) stages.push(view.stage);
  });
  await harness.receive("風景.png", sample("風景.png").bytes, { session });
  stop();
  expect(stages).toEqual(["receiving", "inspecting", "sanitizing", "done"]);
});

test("ending a session forgets keys and files of that session only, also while work is under way", async () => {
  const ending = newSessionId();
  const kept = await judged("風景.png");
  const done = await harness.receive("風景.png", sample("風景.png").bytes, { session: ending });
  const before = quarantined();
  const underWay = harness.receive("写真.jpg", sample("写真.jpg").bytes, { session: ending });
  await harness.desk.endSession(ending);
  await harness.desk.endSession(ending);
  expect((await underWay).releasable).toBe(false);
  expect(harness.desk.list(ending)).toEqual([]);
  expect(harness.desk.find(done.id)).toBeUndefined();
  expect(quarantined()).toBe(before - 1);
  await expect(harness.fetch(done)).rejects.toMatchObject({ code: "FILE_NOT_RELEASED" });
  expect((await harness.fetch(kept)).bytes.length).toBeGreaterThan(0);
  const late = await harness.receive("風景.png", sample("風景.png").bytes, { session: ending });
  expect([late.verdict, late.reason]).toEqual(["failed", "cancelled"]);
});

/** Sealed files on disk, none of which may hold what was received. */
function quarantined(): number {
  const [own] = readdirSync(harness.quarantineDir);
  return readdirSync(`${harness.quarantineDir}/${own ?? ""}`).length;
}

test("the scanner says its version and that only the shipped signatures are loaded", async () => {
  const status = await harness.desk.scannerStatus();
  expect(status).toMatchObject({ available: true, shippedOnly: true, signatures: 3 });
  expect(status.version).toMatch(/^ClamAV 1\.4\./);
});

describe("inside the containers", () => {
  /** The only one there is: a sandbox that was used is about to be removed, and the next is warm. */
  const ofRole = async (role: "clamd" | "sandbox"): Promise<string> => {
    let only: string | undefined;
    const find = async (): Promise<number> => {
      const all = await harness.engine.list(role);
      only = all[0]?.running === true ? all[0].name : undefined;
      return only !== undefined && harness.desk.warm() === 1 ? all.length : 0;
    };
    await expect.poll(find, { timeout: 20_000 }).toBe(1);
    return only ?? "";
  };

  test.each(["sandbox", "clamd"] as const)(
    "%s has loopback and no route, an unprivileged user and a read-only root",
    async (role) => {
      const { stdout } = await harness.engine.exec(await ofRole(role), [
        "sh",
        "-c",
        "ls /sys/class/net; wc -l < /proc/net/route; id -u; (touch /x 2>&1 || true); grep -E '^(CapEff|NoNewPrivs)' /proc/self/status",
      ]);
      const [network, routes, uid, touched, capabilities, privileges] = stdout.split("\n");
      expect(network).toBe("lo");
      expect(Number(routes)).toBeLessThanOrEqual(1);
      expect(Number(uid)).toBeGreaterThan(1000);
      expect(touched).toContain("Read-only file system");
      expect(capabilities).toMatch(/0{16}$/);
      expect(privileges).toMatch(/1$/);
    },
  );

  test("the sandbox mounts nothing of the host, clamd only its socket folder and that read-only", async () => {
    const mounts = (name: string): unknown =>
      JSON.parse(
        execFileSync("docker", ["inspect", "-f", "{{json .Mounts}}", name], { encoding: "utf8" }),
      );
    expect(mounts(await ofRole("sandbox"))).toEqual([]);
    expect(mounts(await ofRole("clamd"))).toMatchObject([
      { Destination: "/run/hanare", RW: false },
    ]);
  });

  test("reap removes what a dead process left and nothing that is in use", async () => {
    const used = await ofRole("sandbox");
    const stray = `hanare-${harness.installation}-sandbox-1x1-0123456789ab`;
    execFileSync(
      "docker",
      [
        "create",
        "--name",
        stray,
        "--label",
        `hanare=${harness.installation}`,
        "--label",
        "hanare.role=sandbox",
        "--network",
        "none",
        harness.sandboxImage,
      ],
      { stdio: "ignore" },
    );
    expect(await harness.desk.reap()).toBe(1);
    const left = (await harness.engine.list("sandbox")).map((each) => each.name);
    expect(left).toContain(used);
    expect(left).not.toContain(stray);
  });
});

test("a file larger than allowed is blocked before a byte is kept", async () => {
  const before = quarantined();
  const view = await harness.desk.receive(
    argsFor(newSessionId(), "big.iso", 1024 ** 4),
    Readable.from([Buffer.alloc(1)]),
    new AbortController().signal,
  );
  expect([view.verdict, view.reason]).toEqual(["blocked", "too-large"]);
  expect(quarantined()).toBe(before);
});

describe("faults", () => {
  test("a scanner that dies comes back, and nothing leaves unscanned meanwhile", async () => {
    const clamd = harness.desk.containers().find((name) => name.includes("-clamd-")) ?? "";
    const faults = harness.desk.scannerFaults();
    execFileSync("docker", ["kill", clamd], { stdio: "ignore" });
    const view = await receiveSample("名簿.csv");
    // Either it waited for the new scanner or it failed; it never passed without one.
    expect(["released_as_is", "failed"]).toContain(view.verdict);
    const again = await receiveSample("eicar.com");
    expect(again.verdict).toBe("infected");
    expect(harness.desk.containers().some((name) => name === clamd)).toBe(false);
    expect(harness.desk.scannerFaults()).toBeGreaterThan(faults);
  }, 60_000);
});

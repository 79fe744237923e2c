/**
 * What may import what, as data. Every import of every source file must be allowed by the row of its
 * folder: its own folder, what the row lists, Node's modules, and the npm packages the row names.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");

interface Row {
  /** Folder prefixes or single files of this tree. */
  readonly may: readonly string[];
  readonly packages: readonly string[];
}

/** Files that describe a feature to others: shapes and interfaces, nothing that acts. */
const faces = [
  "orchestrator/audit/events.ts",
  "orchestrator/downloads/types.ts",
  "orchestrator/signatures/database-file.ts",
  "orchestrator/downloads/approvals/types.ts",
  "orchestrator/egress/door.ts",
  "orchestrator/notices/types.ts",
  "orchestrator/policy-desk/types.ts",
  "orchestrator/requests/types.ts",
  "orchestrator/sessions/types.ts",
  "orchestrator/http/audit-contract.ts",
  "orchestrator/http/contract.ts",
  "orchestrator/http/file-contract.ts",
  "orchestrator/http/overview-contract.ts",
  "orchestrator/http/room-contract.ts",
  "orchestrator/isolation/types.ts",
  "orchestrator/trend/types.ts",
  "orchestrator/settings/types.ts",
  "orchestrator/doctor/types.ts",
  "orchestrator/config/schema.ts",
  "orchestrator/config/shared-folders.ts",
  "orchestrator/config/signatures.ts",
  "orchestrator/signatures/types.ts",
  "orchestrator/http/signature-contract.ts",
  "orchestrator/shared-folders/types.ts",
  "orchestrator/config/paths.ts",
  "orchestrator/engine/",
  "orchestrator/store/",
];

const table: Readonly<Record<string, Row>> = {
  "orchestrator/base/": { may: [], packages: ["pino"] },
  "orchestrator/base/certificates/": { may: [], packages: ["@peculiar/x509", "reflect-metadata"] },
  "orchestrator/store/": { may: ["orchestrator/base/"], packages: [] },
  "orchestrator/config/": {
    may: ["orchestrator/base/", "orchestrator/identity/types.ts"],
    packages: ["zod", "yaml"],
  },
  // The sole import of dockerode.
  "orchestrator/engine/": { may: ["orchestrator/base/"], packages: ["dockerode", "zod"] },
  "policies/": { may: ["orchestrator/base/"], packages: ["zod", "yaml", "ipaddr.js", "tldts"] },
  "proxy/signer/": {
    may: ["orchestrator/base/", "policies/", "proxy/"],
    packages: ["zod", "@peculiar/x509", "reflect-metadata"],
  },
  "orchestrator/gpo/": { may: ["orchestrator/base/"], packages: [] },
  "orchestrator/extension/": {
    may: ["orchestrator/base/", "images/sandbox/zip/write.ts"],
    packages: ["zod"],
  },
  "proxy/": { may: ["orchestrator/base/", "policies/"], packages: ["zod", "ipaddr.js"] },
  "images/wire/": { may: [], packages: ["zod"] },
  "images/manifest.ts": { may: [], packages: [] },
  "images/vite.config.ts": { may: [], packages: ["vite"] },
  "images/browser/": { may: ["images/wire/"], packages: [] },
  "images/sandbox/": {
    may: ["images/wire/"],
    packages: ["zod", "sharp", "@zip.js/zip.js", "parse5", "postal-mime"],
  },
  "images/office/": { may: ["images/wire/"], packages: [] },
  "images/clamd/": { may: ["images/wire/"], packages: [] },
  "orchestrator/audit/": { may: ["orchestrator/base/", ...faces], packages: ["zod"] },
  "orchestrator/identity/": {
    may: ["orchestrator/base/", ...faces],
    packages: ["zod", "@node-rs/argon2", "@simplewebauthn/server"],
  },
  "orchestrator/backup/": {
    may: ["orchestrator/base/", "orchestrator/config/paths.ts"],
    packages: ["zod"],
  },
  "orchestrator/notices/": {
    may: [
      "orchestrator/base/",
      "orchestrator/audit/daily-check.ts",
      "orchestrator/identity/types.ts",
      ...faces,
    ],
    packages: ["nodemailer", "zod"],
  },
  "orchestrator/signatures/": { may: ["orchestrator/base/", ...faces], packages: ["zod"] },
  "orchestrator/downloads/": {
    may: ["orchestrator/base/", "images/wire/", ...faces],
    packages: ["zod"],
  },
  "orchestrator/shared-folders/": { may: ["orchestrator/base/", ...faces], packages: ["zod"] },
  "orchestrator/egress/": {
    may: [
      "orchestrator/base/",
      "policies/",
      "proxy/ipc.ts",
      "proxy/limits.ts",
      "proxy/metric-buckets.ts",
      "proxy/terminal/ipc.ts",
      "proxy/signer/ipc.ts",
      "proxy/feeds/ipc.ts",
      ...faces,
    ],
    packages: ["zod"],
  },
  "orchestrator/policy-desk/": {
    may: ["orchestrator/base/", "policies/", "proxy/ipc.ts", ...faces],
    packages: ["zod", "yaml"],
  },
  "orchestrator/requests/": {
    may: ["orchestrator/base/", "policies/", "proxy/ipc.ts", ...faces],
    packages: ["zod"],
  },
  "orchestrator/sessions/": {
    may: ["orchestrator/base/", "images/wire/", ...faces],
    packages: ["zod"],
  },
  // Looks at containers made the way sessions make them.
  "orchestrator/isolation/": {
    may: ["orchestrator/base/", "orchestrator/sessions/probe.ts", ...faces],
    packages: [],
  },
  // The set-up's own checks, and what the command and the console add to them.
  "orchestrator/doctor/": {
    may: [
      "setup/",
      "orchestrator/base/",
      "orchestrator/notices/outbox-behind.ts",
      "orchestrator/config/",
      "orchestrator/isolation/",
      "orchestrator/audit/forward/",
      "orchestrator/shared-folders/run-writer.ts",
      "orchestrator/signatures/signature-store.ts",
      ...faces,
    ],
    packages: [],
  },
  "orchestrator/settings/": {
    may: ["orchestrator/base/", "orchestrator/config/"],
    packages: ["zod", "yaml"],
  },
  "orchestrator/trend/": { may: ["orchestrator/base/"], packages: [] },
  "orchestrator/gateway/": {
    may: [
      "orchestrator/base/",
      "images/wire/",
      "proxy/ipc.ts",
      "orchestrator/sessions/link.ts",
      "orchestrator/sessions/service.ts",
      "orchestrator/http/views.ts",
      "orchestrator/http/request-views.ts",
      ...faces,
    ],
    packages: ["ws"],
  },
  "orchestrator/http/": {
    may: ["orchestrator/base/", "orchestrator/identity/", ...faces],
    packages: ["fastify", "@fastify/static", "zod"],
  },
  // Browser code sees the server through the types of one file.
  "orchestrator/web/": {
    // The picture's wire format has one parser, for the gateway and for the page.
    may: [
      "orchestrator/http/contract.ts",
      "orchestrator/http/audit-contract.ts",
      "orchestrator/http/account-contract.ts",
      "orchestrator/http/user-import-contract.ts",
      "orchestrator/http/policy-contract.ts",
      "orchestrator/http/approval-contract.ts",
      "orchestrator/http/file-contract.ts",
      "orchestrator/http/notice-contract.ts",
      "orchestrator/http/overview-contract.ts",
      "orchestrator/http/room-contract.ts",
      "orchestrator/http/token-contract.ts",
      "orchestrator/http/request-contract.ts",
      "orchestrator/http/rights-contract.ts",
      "orchestrator/http/settings-contract.ts",
      "images/wire/screen.ts",
      "images/wire/sound.ts",
      // Signs and their bytes: the same for what the server and what the page itself writes.
      "orchestrator/base/cp932.ts",
    ],
    packages: [
      "react",
      "react-dom",
      "react-dom/client",
      "react/jsx-runtime",
      "@novnc/novnc",
      "qr",
      "vite",
      "@vitejs/plugin-react",
      "@tailwindcss/vite",
    ],
  },
  "practice/": {
    may: ["orchestrator/base/", "practice/"],
    packages: ["zod", "ws", "sharp", "@zip.js/zip.js"],
  },
};

const wholeTree: Row = { may: [""], packages: ["*"] };
const wiring = [
  "orchestrator/main.ts",
  "orchestrator/start/",
  "orchestrator/overview.ts",
  "orchestrator/cli/",
  "setup/",
  "test/",
  "tools/",
];

function rowOf(file: string): Row | undefined {
  if (wiring.some((each) => file.startsWith(each))) return wholeTree;
  const key = Object.keys(table)
    .filter((each) => file.startsWith(each))
    .sort((a, b) => b.length - a.length)[0];
  return key === undefined
    ? undefined
    : {
        ...table[key],
        may: [...(table[key]?.may ?? []), key],
        packages: table[key]?.packages ?? [],
      };
}

const importing =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)|(?:^|\n)import\s+["']([^"']+)["']/g;

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(importing)].flatMap(
    ([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? [],
  );
}

function forbidden(file: string): string[] {
  const row = rowOf(file);
  if (!row) return [`${file} lies in no folder of the table`];
  return importsOf(file).flatMap((name) => {
    if (name.startsWith("node:")) return [];
    if (name.startsWith(".")) {
      const target = relative(root, join(root, dirname(file), name));
      return row.may.some((each) => target.startsWith(each)) ? [] : [`${file} imports ${target}`];
    }
    return row.packages.includes("*") ||
      row.packages.some((each) => name === each || name.startsWith(`${each}/`))
      ? []
      : [`${file} imports the package ${name}`];
  });
}

const sources = globSync(
  ["{orchestrator,policies,proxy,images,practice,setup,test,tools}/**/*.{ts,tsx,mts}"],
  { cwd: root },
).filter((file) => !file.endsWith(".d.ts"));

describe("the import rules", () => {
  it("are obeyed by every file", () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.flatMap(forbidden)).toEqual([]);
  });

  it("would notice a proxy that reaches for the engine", () => {
    const row = rowOf("proxy/x.ts");
    expect(row?.may.some((each) => "orchestrator/engine/client.ts".startsWith(each))).toBe(false);
    expect(row?.packages).not.toContain("dockerode");
  });

  it("keep portal, console and viewer apart, but for what a click in the portal asks of a viewer", () => {
    const area = (path: string): string | undefined =>
      /^orchestrator\/web\/(admin|portal|viewer)\//.exec(path)?.[1];
    const crossing = sources.flatMap((file) => {
      const targets = importsOf(file).map((name) =>
        relative(root, join(root, dirname(file), name)),
      );
      return targets.filter((target) => area(file) && area(target) && area(file) !== area(target));
    });
    expect([...new Set(crossing)]).toEqual(["orchestrator/web/viewer/opening.ts"]);
  });

  it("leave dockerode to one file", () => {
    const users = sources.filter((file) => importsOf(file).includes("dockerode"));
    expect(users).toEqual(["orchestrator/engine/client.ts", "orchestrator/engine/hardening.ts"]);
  });
});

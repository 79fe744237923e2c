import { defineConfig } from "vitest/config";

// Unit tests share nothing and run side by side. Integration and end-to-end tests share one engine and
// two cores, so their files run one after the other; no test is ever tried twice.
export default defineConfig({
  test: {
    retry: 0,
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          testTimeout: 20_000,
          // A second, as it is otherwise, is little where a process starts while all cores run other tests.
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: "integration",
          include: [
            "test/integration/**/*.test.ts",
            "test/security/**/*.test.ts",
            "test/e2e/**/*.test.ts",
          ],
          fileParallelism: false,
          // A busy machine takes several times as long; whoever is done is not kept by any of these.
          testTimeout: 120_000,
          hookTimeout: 240_000,
          expect: { poll: { timeout: 30_000 } },
          globalSetup: ["test/support/leak-check.ts"],
        },
      },
    ],
  },
});

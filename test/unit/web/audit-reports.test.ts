import { expect, test } from "vitest";
import {
  readChoice,
  recordsAddress,
  reportSearch,
} from "../../../orchestrator/web/admin/report-choice.ts";

const today = new Date(2026, 3, 15, 12);

test("nothing said is the people of the last thirty days", () => {
  const choice = { report: "people", from: "2026-03-17", to: "2026-04-15", section: "" };
  expect(readChoice("", today)).toEqual(choice);
  expect(readChoice("?report=strange&from=yesterday", today)).toEqual(choice);
});

test("a choice comes back from its address", () => {
  const choice = {
    report: "hosts",
    from: "2026-04-01",
    to: "2026-04-02",
    section: "税務課",
  } as const;
  expect(readChoice(reportSearch(choice), today)).toEqual(choice);
});

test("a row leads to the records that it counts", () => {
  const choice = { report: "refusals", from: "2026-04-01", to: "2026-04-02", section: "" } as const;
  const address = new URL(recordsAddress(choice, "a.example.jp"), "https://portal.example");
  expect(Object.fromEntries(address.searchParams)).toEqual({
    from: "2026-04-01T00:00",
    to: "2026-04-02T23:59",
    outcome: "refused",
    host: "a.example.jp",
  });
});

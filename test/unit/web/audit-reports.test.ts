import { expect, test } from "vitest";
import {
  everyDay,
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

test("the picture has every day of the period, whether anything happened or not", () => {
  const days = [
    { day: "2026-03-30", records: 2 },
    { day: "2026-04-01", records: 5 },
  ];
  const picture = (from: string, to: string) =>
    everyDay(days, { from, to }).map(({ day, records }) => `${day.slice(5)} ${records}`);
  expect(picture("2026-03-29", "2026-04-02")).toEqual([
    ...["03-29 0", "03-30 2", "03-31 0", "04-01 5", "04-02 0"],
  ]);
  expect(picture("", "")).toEqual(["03-30 2", "03-31 0", "04-01 5"]);
  // More days than there is room for stand as they came.
  expect(picture("2020-01-01", "")).toEqual(["03-30 2", "04-01 5"]);
  expect(everyDay([], { from: "", to: "" })).toEqual([]);
});

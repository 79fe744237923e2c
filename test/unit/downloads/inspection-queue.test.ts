/** Whose turn it is, and that nobody is remembered who waits for nothing. */
import { expect, it } from "vitest";
import { InspectionQueue } from "../../../orchestrator/downloads/inspection/inspection-queue.ts";

const never = new AbortController().signal;

it("whoever has many keeps one who comes later waiting for one place, and is forgotten afterwards", async () => {
  const queue = new InspectionQueue(1);
  const order: string[] = [];
  const take = (whose: string, name: string) =>
    queue.run(whose, never, async () => {
      order.push(name);
      await new Promise(setImmediate);
    });
  const flood = ["1", "2", "3"].map((name) => take("previews", name));
  await Promise.all([...flood, take("s1", "other")]);
  expect(order).toEqual(["1", "other", "2", "3"]);
  expect(queue.size).toBe(0);
});

it("who leaves before their turn, and whose work fails, is forgotten as well", async () => {
  const queue = new InspectionQueue(1);
  const left = new AbortController();
  const first = queue.run("s1", never, () => Promise.reject(new Error("broken")));
  const second = queue.run("s1", left.signal, () => Promise.resolve());
  left.abort(new Error("left"));
  await expect(first).rejects.toThrow("broken");
  await expect(second).rejects.toThrow("left");
  expect(queue.size).toBe(0);
});

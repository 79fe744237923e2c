/**
 * Worker: requests through a session's egress, one after the other, each on a connection of its own; answers
 * with the milliseconds that each took. In a thread of its own, so that what it measures is not its caller's work.
 */
import { request } from "node:http";
import { parentPort } from "node:worker_threads";

export interface RequestsOrder {
  readonly proxySocket: string;
  readonly host: string;
  readonly times: number;
}

async function requestMs({ proxySocket, host }: RequestsOrder): Promise<number> {
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  request({ socketPath: proxySocket, path: `http://${host}/`, headers: { host }, agent: false })
    .on("error", reject)
    .on("response", (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`HTTP ${String(answer.statusCode)}`));
      answer.resume().on("end", resolve).on("error", reject);
    })
    .end();
  await promise;
  return performance.now() - startedAt;
}

async function answer(order: RequestsOrder): Promise<void> {
  const took: number[] = [];
  for (let at = 0; at < order.times; at += 1) took.push(await requestMs(order));
  parentPort?.postMessage(took);
}

parentPort?.on("message", (order: RequestsOrder) => void answer(order));

/** Connections to origins: reused within a session and nowhere else; broken answers never look whole. */
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PlaneHarness, readAll, readUntil } from "./plane-harness.ts";

let to: PlaneHarness;
beforeEach(async () => {
  to = await PlaneHarness.start();
});
afterEach(() => to[Symbol.asyncDispose]());

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function ask(session: 0 | 1 = 0): Promise<string> {
  const answer = await readAll(to.client(to.get("/", "Connection: close\r\n"), session));
  return answer.slice(9, 12);
}

describe("a connection to an origin", () => {
  it("serves the next request of its session, whichever connection that comes over", async () => {
    to.onOrigin((origin) => origin.on("data", () => origin.write(ok)));
    expect([await ask(), await ask(), await ask()]).toEqual(["200", "200", "200"]);
    expect(to.origins).toHaveLength(1);
  });

  it("is never used for another session", async () => {
    to.onOrigin((origin) => origin.on("data", () => origin.write(ok)));
    expect([await ask(0), await ask(1)]).toEqual(["200", "200"]);
    expect(to.origins).toHaveLength(2);
  });

  it.each([
    ["asks to close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
    ["speaks HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
    ["says more than its answer", `${ok}HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted`],
  ])("is not used again when the origin %s", async (_what, answer) => {
    to.onOrigin((origin) => origin.on("data", () => origin.write(answer)));
    expect([await ask(), await ask()]).toEqual(["200", "200"]);
    expect(to.origins).toHaveLength(2);
  });

  it("is ended by a byte that comes while it waits", async () => {
    to.onOrigin((origin) => origin.on("data", () => origin.write(ok)));
    await ask();
    const [first] = to.origins;
    first?.write(`HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted`);
    if (first) await once(first, "end");
    expect(await ask()).toBe("200");
    expect(to.origins).toHaveLength(2);
  });

  it("that closed in the moment it was taken costs a new one, not the request", async () => {
    let requests = 0;
    to.onOrigin((origin) =>
      origin.on("data", () => {
        requests += 1;
        if (requests === 2) origin.destroy();
        else origin.write(ok);
      }),
    );
    expect([await ask(), await ask()]).toEqual(["200", "200"]);
    expect(requests).toBe(3);
  });
});

describe("an answer without a length", () => {
  const head = "HTTP/1.1 200 OK\r\n\r\nhalf";

  it("is whole when the origin ends it", async () => {
    to.onOrigin((origin) => origin.once("data", () => origin.end(head)));
    expect(await readUntil(to.client(to.get("/")), "0\r\n\r\n")).toContain("half");
    expect(await to.recorded(1)).toMatchObject([{ status: 200, reason: "rule" }]);
  });

  it("is cut when the connection to the origin breaks", async () => {
    to.onOrigin((origin) => origin.once("data", () => origin.write(head)));
    const socket = to.client(to.get("/"));
    await readUntil(socket, "half\r\n");
    to.origins[0]?.resetAndDestroy();
    expect(await readAll(socket)).toBe("");
    expect(await to.recorded(1)).toMatchObject([{ status: 200, reason: "upstream-cut" }]);
  });
});

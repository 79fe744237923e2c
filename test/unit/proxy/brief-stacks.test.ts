/** In a process of its own: what it changes is every error's stack. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const file = join(import.meta.dirname, "../../../proxy/brief-stacks.ts");

/** Prints the stacks of a bug of ours and of a connection that the peer reset, as JSON. */
const script = `
import { connect, createServer } from "node:net";
// Without places, and without who waits for what further up.
const top = (stack) => stack.split("\\n").slice(0, 3).join("\\n").replace(/:\\d+:\\d+/g, "");
const bug = () => { try { undefined.x; } catch (error) { return error.stack; } };
const before = top(bug());
const { briefStacks } = await import(${JSON.stringify(file)});
briefStacks();
const after = top(bug());
const server = createServer((socket) => socket.on("error", (error) => {
  console.log(JSON.stringify({ before, after, reset: error.stack }));
  server.close();
}).resume());
server.listen(0, "127.0.0.1", () => {
  const client = connect(server.address().port, "127.0.0.1", () => client.resetAndDestroy());
});
`;

it("a peer's reset has no stack to write; a bug's stack stays what V8 makes of it", async () => {
  const { stdout } = await run(process.execPath, [
    ...["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script],
  ]);
  const { before, after, reset } = JSON.parse(stdout) as Record<string, string>;
  expect(reset).toBe("Error: read ECONNRESET");
  expect(after).toBe(before);
  expect(after).toMatch(/^TypeError: [^\n]+\n {4}at bug \(/);
});

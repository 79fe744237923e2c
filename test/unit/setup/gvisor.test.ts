import { describe, expect, it } from "vitest";
import { withRunsc } from "../../../setup/gvisor/register.ts";
import { SetupError } from "../../../setup/problems.ts";

const file = "/etc/docker/daemon.json";
const runsc = "/data/gvisor/runsc";
const entry = {
  path: runsc,
  runtimeArgs: ["--network=none", "--host-uds=open", "--directfs=false"],
};
const after = (text: string | undefined): unknown => JSON.parse(withRunsc(file, text, runsc) ?? "");

describe("the engine's configuration file", () => {
  it.each<[string, string | undefined, object]>([
    ["that is absent has the one entry", undefined, { runtimes: { runsc: entry } }],
    ["that is empty has the one entry", " \n", { runtimes: { runsc: entry } }],
    [
      "keeps all that was in it",
      '{"live-restore": true, "runtimes": {"kata": {"path": "/kata"}}}',
      { "live-restore": true, runtimes: { kata: { path: "/kata" }, runsc: entry } },
    ],
    [
      "loses another runsc: its arguments are part of the isolation",
      '{"runtimes": {"runsc": {"path": "/old", "runtimeArgs": ["--network=host"]}}}',
      { runtimes: { runsc: entry } },
    ],
  ])("%s", (_, text, wanted) => {
    expect(after(text)).toEqual(wanted);
  });

  it("is not written when the entry is there", () => {
    expect(withRunsc(file, JSON.stringify({ runtimes: { runsc: entry } }), runsc)).toBeUndefined();
  });

  it.each(["{", "[]", '"x"', '{"runtimes": []}'])(
    "that is no such file is left alone: %s",
    (text) => {
      expect(() => withRunsc(file, text, runsc)).toThrow(SetupError);
    },
  );
});

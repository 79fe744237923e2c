/**
 * Closes every integration run: containers with our label, session directories, sockets, mounts and temporary
 * folders must be what they were before. A test that leaves something behind fails the run.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const runRoot = "/run/hanare";

function containers(): string[] {
  const out = execFileSync("docker", ["ps", "-aq", "--no-trunc", "--filter", "label=hanare"], {
    encoding: "utf8",
  });
  return out.split("\n").filter((line) => line !== "");
}

function networks(): string[] {
  const out = execFileSync("docker", ["network", "ls", "-q", "--filter", "label=hanare"], {
    encoding: "utf8",
  });
  return out.split("\n").filter((line) => line !== "");
}

function entries(directory: string, prefix = ""): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.startsWith(prefix))
      .map((name) => join(directory, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Where something of ours is mounted. */
function mounts(): string[] {
  return readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => `mount ${line.split(" ")[1] ?? ""}`)
    .filter((place) => /hanare|test-engine/.test(place));
}

const everything = (): string[] => [
  ...containers(),
  ...networks(),
  ...mounts(),
  ...entries(runRoot),
  ...entries(tmpdir(), "hanare-test-"),
];

export default function leakCheck(): () => void {
  const before = new Set(everything());
  return () => {
    const left = everything().filter((each) => !before.has(each));
    if (left.length > 0) throw new Error(`left behind by the tests: ${left.join(", ")}`);
  };
}

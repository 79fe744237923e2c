/**
 * What fills, floods and forks, in a session of its own: `node … NAME…` tries these, each giving back what it
 * took. Runs in the container. Prints one JSON line per attempt: what happened.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";

const tell = (id: string, got: string): void => {
  process.stdout.write(`${JSON.stringify({ id, got })}\n`);
};

const codeOf = (act: () => void): string => {
  try {
    act();
    return "done";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
};

const fill = (path: string) => (): string =>
  codeOf(() => {
    const file = fs.openSync(path, "w");
    const block = Buffer.alloc(16 * 1024 * 1024);
    try {
      for (let turn = 0; turn < 256; turn += 1) fs.writeSync(file, block);
    } finally {
      fs.closeSync(file);
      fs.unlinkSync(path);
    }
  });

const descriptors = (): string =>
  codeOf(() => {
    const held: number[] = [];
    try {
      for (;;) held.push(fs.openSync("/dev/null", "r"));
    } finally {
      for (const each of held) fs.closeSync(each);
    }
  });

const perl = (program: string): string => {
  const { signal, stdout, status } = spawnSync("perl", ["-e", program], { encoding: "utf8" });
  return signal ?? (stdout || `exit ${status ?? "?"}`);
};

const forks = `my @c; my $got = "endless";
  for (1..4000) {
    my $p = fork();
    if (!defined $p) { $got = ((grep { $!{$_} } keys %!)[0]) . " after " . scalar(@c); last }
    if ($p == 0) { sleep 60; exit }
    push @c, $p
  }
  kill 9, @c; waitpid($_, 0) for @c; print $got`;
const hoard = 'my @h; push @h, "x" x (64 << 20) for 1..64; print "held"';

const acts: Readonly<Record<string, () => string>> = {
  "fill-tmp": fill("/tmp/fill"),
  "fill-shm": fill("/dev/shm/fill"),
  "fill-descriptors": descriptors,
  "fork-bomb": () => perl(forks),
  "memory-bomb": () => perl(hoard),
};

for (const name of process.argv.slice(1)) tell(name, acts[name]?.() ?? "no such attempt");

/**
 * What the kernel says about memory and processors, of the machine and of single containers, under cgroup
 * version 1 and 2. Synchronous: these files are made by the kernel when they are read, in microseconds.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { cgroupOf, type CgroupPlace, cgroupRoot } from "../engine/cgroup.ts";
import type { MachineFacts } from "./room.ts";

/** Throws when /proc/meminfo cannot be read: without it nothing can be promised to anybody. */
export function readMachine(): MachineFacts {
  const { totalBytes, availableBytes } = parseMeminfo(readFileSync("/proc/meminfo", "utf8"));
  const limit = enclosingLimit();
  const pressure = textOf("/proc/pressure/cpu");
  return {
    totalBytes: Math.min(totalBytes, limit?.maxBytes ?? totalBytes),
    availableBytes: Math.min(
      availableBytes,
      limit === undefined ? availableBytes : limit.maxBytes - limit.usedBytes,
    ),
    cpuPressure: pressure === undefined ? null : parsePressure(pressure),
    load: Number((textOf("/proc/loadavg") ?? "0").split(" ")[0]),
    cores: availableParallelism(),
  };
}

/** Memory of a process's cgroup without the page cache that the kernel takes back at once; null when unknown. */
export function containerBytes(pid: number): number | null {
  const groups = textOf(`/proc/${pid}/cgroup`);
  const place = groups === undefined ? undefined : cgroupOf(groups, "memory");
  return place === undefined ? null : usedBytes(place);
}

export function parseMeminfo(text: string): { totalBytes: number; availableBytes: number } {
  const bytes = (name: string): number => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1];
    if (found === undefined) throw new Error(`/proc/meminfo has no ${name}`);
    return Number(found) * 1024;
  };
  return { totalBytes: bytes("MemTotal"), availableBytes: bytes("MemAvailable") };
}

/** `some avg10` of a pressure file, from 0 to 1; null when the text is something else. */
export function parsePressure(text: string): number | null {
  const found = /^some avg10=([\d.]+)/m.exec(text)?.[1];
  return found === undefined ? null : Number(found) / 100;
}

/** A line of memory.stat, in bytes. */
export function parseStat(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? "0");
}

function usedBytes({ version, directory }: CgroupPlace): number | null {
  const usage = textOf(join(directory, version === 1 ? "memory.usage_in_bytes" : "memory.current"));
  const stat = textOf(join(directory, "memory.stat"));
  if (usage === undefined || stat === undefined) return null;
  const cache = parseStat(stat, version === 1 ? "total_inactive_file" : "inactive_file");
  return Math.max(0, Number(usage) - cache);
}

/** When all of Hanare, engine included, lives in a container: the limit of that container. */
function enclosingLimit(): { maxBytes: number; usedBytes: number } | undefined {
  const places = [
    { version: 2, directory: cgroupRoot, file: "memory.max" },
    { version: 1, directory: join(cgroupRoot, "memory"), file: "memory.limit_in_bytes" },
  ] as const;
  for (const place of places) {
    const max = Number(textOf(join(place.directory, place.file)) ?? "max");
    const used = Number.isFinite(max) ? usedBytes(place) : null;
    // Version 1 writes "no limit" as a number near 2^63.
    if (used !== null && max < 2 ** 60) return { maxBytes: max, usedBytes: used };
  }
  return undefined;
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Not there on this kernel, or the process is gone: unknown, and said to be so.
    return undefined;
  }
}

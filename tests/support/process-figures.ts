import { readdirSync, readFileSync } from "node:fs";

/** How many files and sockets a process has open. */
export function openFileCount(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The memory that a process has in use, in bytes: now (`VmRSS`), or the most that it ever had (`VmHWM`). See proc(5). */
export function memoryBytes(pid: number, kind: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kib = new RegExp(`^${kind}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
  if (kib === undefined) throw new Error(`/proc/${pid}/status does not say ${kind}`);
  return Number(kib) * 1024;
}

import { within } from "../platform/within.js";
import { PART_NAMES, type PartName, type PartState } from "./abilities.js";
import type { WorkerReport, WorkerReports } from "./worker-reports.js";

/** How long Redis may take, in milliseconds. */
const TIMEOUT_MS = 1000;

/** How a part of the pipeline is on all workers together. */
export interface PartReport {
  readonly part: PartName;
  /** `mixed`: not on every worker the same; `unknown`: no worker has said it. */
  readonly state: PartState["state"] | "mixed" | "unknown";
  /** Why it is not on; `null` where it is. */
  readonly reason: string | null;
}

export interface PipelineReport {
  /** How many workers have reported in the last half minute; `null` if Redis does not say. */
  readonly workers: number | null;
  readonly parts: readonly PartReport[];
}

/** Tells which parts of the pipeline are on, as the workers report it. */
export class PipelineStatus {
  readonly #reports: Pick<WorkerReports, "list">;

  constructor(reports: Pick<WorkerReports, "list">) {
    this.#reports = reports;
  }

  async check(): Promise<PipelineReport> {
    const reports = await within(this.#reports.list(), TIMEOUT_MS);
    return {
      workers: reports?.length ?? null,
      parts: PART_NAMES.map((part) => together(part, reports)),
    };
  }
}

function together(part: PartName, reports: readonly WorkerReport[] | undefined): PartReport {
  if (reports === undefined) return { part, state: "unknown", reason: "Redis does not answer" };
  const states = reports.map((report) => report[part]).filter((state) => state !== undefined);
  const [first] = states;
  if (first === undefined) return { part, state: "unknown", reason: "no worker has reported" };
  const { state, reason } = first;
  if (states.every((other) => other.reason === reason)) return { part, state, reason };
  const differing = states.filter((other) => other.state !== "on");
  const reasons = [...new Set(differing.map((other) => other.reason))].join("; ");
  return {
    part,
    state: "mixed",
    reason: `${differing.length} of ${states.length} workers: ${reasons}`,
  };
}

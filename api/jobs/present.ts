import type { JobDoc, JobItemDoc, JobProblem } from "../../common/jobs/job.js";
import { titleOf } from "../http/problem.js";

/** A job as its maker sees it. */
export function presentJob(job: JobDoc, base: string) {
  const { _id: id, state, progress, problem, result } = job;
  const self = `${base}/jobs/${id}`;
  return {
    id,
    kind: job.task.kind,
    state,
    progress,
    problem: problem && presentProblem(problem),
    result: result && { ...result, links: { metadata: `${base}/folders/${result.id}` } },
    createdAt: job.createdAt.toISOString(),
    startedAt: instant(job.startedAt),
    finishedAt: instant(job.finishedAt),
    expiresAt: instant(job.expiresAt),
    links: { job: self, items: `${self}/items` },
  };
}

/** What became of one entry. */
export function presentJobItem(item: JobItemDoc) {
  const { n, sourceId, kind, path, status, resultId, problem } = item;
  return { n, sourceId, kind, path, status, resultId, problem: problem && presentProblem(problem) };
}

const presentProblem = ({ code, detail }: JobProblem) => ({ code, title: titleOf(code), detail });

const instant = (at: Date | null) => at?.toISOString() ?? null;

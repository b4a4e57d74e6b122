import { formatCount } from "../../platform/progress.js";
import type { FsckFindingDoc, FsckRunDoc } from "./run.js";

/** What a run has found, a line each, and one sentence about it. */
export function runReport(run: FsckRunDoc, findings: readonly FsckFindingDoc[]): string {
  const lines = findings.map(({ kind, subjectId, ownerId, text, repair }) => {
    const owner = ownerId === null ? "" : ` owner=${ownerId}`;
    return `${kind} id=${subjectId}${owner}: ${text}${repair === null ? "" : `; ${repair}`}\n`;
  });
  const more = run.found - findings.length;
  const rest = more > 0 ? `and ${formatCount(more)} more\n` : "";
  const { checked, found, repaired } = run;
  const what = found === 0 ? "Nothing is wrong" : `${formatCount(found)} wrong`;
  const done = repaired === 0 ? "" : `, ${formatCount(repaired)} of them repaired`;
  return `${lines.join("")}${rest}Checked ${formatCount(checked)} things. ${what}${done}.\n`;
}

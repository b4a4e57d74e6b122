import type { FsckFindingDoc, FsckRunDoc } from "../../common/maintenance/fsck/run.js";

/** A run of fsck as admins see it. */
export function presentFsckRun(run: FsckRunDoc) {
  const { _id: id, state, isDeep, isRepairing, position, startedAt, endedAt } = run;
  const { checked, total, found, repaired } = run;
  return {
    id,
    state,
    deep: isDeep,
    repair: isRepairing,
    check: state === "running" ? position.check : null,
    checked,
    total: Math.max(total, checked),
    found,
    repaired,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

/** What a run has found, as admins see it. */
export const presentFinding = ({
  kind,
  subjectId,
  ownerId,
  text,
  repair,
  foundAt,
}: FsckFindingDoc) => ({
  kind,
  id: subjectId,
  ownerId,
  text,
  repair,
  foundAt: foundAt.toISOString(),
});

import type { JobOf } from "../queue/catalogue.js";
import type { VersionDoc } from "../versions/version.js";

/** The job that takes a version through the pipeline. */
export const processingOf = ({
  ownerId,
  _id: versionId,
  pipeline: { generation },
}: Pick<VersionDoc, "ownerId" | "_id" | "pipeline">): JobOf<"version.process"> => ({
  name: "version.process",
  data: { ownerId, versionId, generation },
});

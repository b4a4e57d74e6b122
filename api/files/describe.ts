import type { FileEntry } from "../../common/entries/entry.js";
import type { FilePipelines } from "../../common/pipeline/file-pipelines.js";
import { presentDetails, presentPipeline, presentPreview } from "./pipeline.js";
import { presentFile } from "./present.js";

/** A file that was given out, and where its reader sees it. */
interface Seen {
  readonly entry: FileEntry;
  readonly path: string | null;
}

/**
 * All that there is to say about one file: what lists show, and how far its pipeline has come.
 *
 * @throws NotFoundError when it was removed meanwhile.
 */
export async function describeFile(
  filePipelines: Pick<FilePipelines, "of">,
  { entry, path }: Seen,
  base: string,
) {
  const version = await filePipelines.of(entry);
  const { pipeline } = version;
  const file = presentFile(entry, base, path);
  return {
    ...file,
    preview: presentPreview(pipeline, file.links.content),
    details: presentDetails(version),
    pipeline: presentPipeline(pipeline),
  };
}

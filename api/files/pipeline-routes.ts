import type { Access } from "../../common/access/service.js";
import type { FilePipelines } from "../../common/pipeline/file-pipelines.js";
import { allow } from "../http/allow.js";
import { expects } from "../http/expects.js";
import { Routes } from "../http/route.js";
import { presentPipeline } from "./pipeline.js";
import { oneFile } from "./schema.js";

interface Deps {
  readonly access: Access;
  readonly filePipelines: FilePipelines;
}

/** Having the pipeline of a file run again. */
export function pipelineRoutes({ access, filePipelines }: Deps): Routes {
  const write = allow("files:write");
  return new Routes().post("/files/:id/pipeline", write, expects(oneFile), async (ctx) => {
    const { actor, request } = ctx.state;
    const granted = await access.file(actor, request.params.id, "write");
    const { pipeline } = await filePipelines.restart(granted);
    ctx.status = 202;
    ctx.body = { pipeline: presentPipeline(pipeline) };
  });
}

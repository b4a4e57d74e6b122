import { describe, expect, test } from "@jest/globals";
import { WorkerReports } from "../../../common/pipeline/worker-reports.js";
import { Client } from "../../support/client.js";
import { Deployment } from "../../support/deployment.js";
import { eventually } from "../../support/eventually.js";
import { PROGRAMS } from "../../support/programs.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ previews: "on", details: "on", contentSearch: "on" });

interface Part {
  readonly part: string;
  readonly state: string;
  readonly reason: string | null;
}

interface Pipeline {
  readonly workers: number;
  readonly parts: readonly Part[];
}

/** What a web process says of the pipeline. */
async function pipelineOf(client: Client): Promise<Readonly<Record<string, unknown>>> {
  const { json } = await client.get("/readyz");
  const { workers, parts } = json.pipeline as unknown as Pipeline;
  const states = parts.map(({ part, state, reason }) => [part, [state, reason]] as const);
  return { workers, ...Object.fromEntries<unknown>(states) };
}

const report = () => world().worker.reporting.run(new AbortController().signal);

const hasFonts = PROGRAMS.fonts.isHere();
const PREVIEWS_OFF = ["off", "PREVIEWS is off"];

describe("GET /readyz", () => {
  test("says that no worker has reported", async () => {
    const unknown = ["unknown", "no worker has reported"];

    expect(await pipelineOf(world().visitor())).toMatchObject({
      workers: 0,
      scan: unknown,
      previews: unknown,
      details: unknown,
    });
  });

  test("says which parts of the pipeline are on, which are off, and what the worker's machine lacks", async () => {
    await report();

    expect(await pipelineOf(world().visitor())).toMatchObject({
      workers: 1,
      scan: ["off", "CLAMD_URL is not set"],
      previews: ["on", null],
      pdfPreviews: ["on", null],
      textPreviews: hasFonts ? ["on", null] : ["unable", "no fonts"],
      videoPreviews: PROGRAMS.ffmpeg.isHere()
        ? ["on", null]
        : ["unable", "ffmpeg is not installed"],
      details: ["on", null],
      contentSearch: ["on", null],
    });
  });

  test("says where workers differ, and forgets those that have ended", async () => {
    const { redis, config, mongo } = world();
    const other = new WorkerReports({ redis, prefix: config.redisPrefix, now: mongo.now });
    const unable = { state: "unable", reason: "pdfjs-dist is not installed" } as const;
    const on = { state: "on", reason: null } as const;
    const pdf = { pdfPreviews: unable, videoPreviews: on };
    const previews = { previews: on, textPreviews: on, ...pdf };
    const parts = { scan: on, ...previews, details: on, contentSearch: on };
    const early = new Date(mongo.now().getTime() - 60_000);
    const late = new WorkerReports({ redis, prefix: config.redisPrefix, now: () => early });
    await Promise.all([report(), other.store(parts), late.store(parts)]);

    const both = await pipelineOf(world().visitor());
    await other.remove();
    const one = await pipelineOf(world().visitor());

    expect(both).toMatchObject({
      workers: 2,
      scan: ["mixed", "1 of 2 workers: CLAMD_URL is not set"],
      pdfPreviews: ["mixed", "1 of 2 workers: pdfjs-dist is not installed"],
      details: ["on", null],
    });
    expect(one).toMatchObject({ workers: 1, pdfPreviews: ["on", null] });
  });

  test("says what a worker process reports, until it ends", async () => {
    const deployment = await Deployment.start({
      settings: { DETAILS: "off", CONTENT_SEARCH: "off" },
    });
    try {
      const visitor = new Client(deployment.url);
      const running = await eventually(
        () => pipelineOf(visitor),
        ({ workers }) => workers === 1,
      );
      await deployment.process("worker").stop("SIGTERM");
      const ended = await pipelineOf(visitor);

      expect(running).toMatchObject({ previews: PREVIEWS_OFF, textPreviews: PREVIEWS_OFF });
      expect(running).toMatchObject({ details: ["off", "DETAILS is off"] });
      expect(running).toMatchObject({ contentSearch: ["off", "CONTENT_SEARCH is off"] });
      expect(ended).toMatchObject({ workers: 0 });
    } finally {
      await deployment.close();
    }
  });
});

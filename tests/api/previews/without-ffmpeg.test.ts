import { describe, expect, test } from "@jest/globals";
import { movieOf } from "../../support/made-recordings.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ previews: "on", ffmpegPath: "/nowhere/ffmpeg" });

describe("On a machine without ffmpeg", () => {
  test("a video is ready without a preview, and says why", async () => {
    const client = await world().member();
    const movie = movieOf({ durationMs: 1000, width: 320, height: 240 });
    const { id, links } = await client.store("a.mp4", movie);
    await world().settle();

    const { state, pipeline } = (await client.get(links.metadata)).json;
    const { status, json } = await client.get(`/api/v1/files/${id}/preview`);

    const reason = "ffmpeg is not installed";
    expect(state).toBe("ready");
    expect(pipeline[2]).toMatchObject({ step: "preview", outcome: "skipped", reason });
    expect([status, json]).toMatchObject([404, { code: "preview-missing", reason }]);
  });

  test("GET /readyz says so", async () => {
    await world().worker.reporting.run(new AbortController().signal);

    const { parts } = (await world().visitor().get("/readyz")).json.pipeline as unknown as {
      parts: object[];
    };

    const reason = "ffmpeg is not installed";
    expect(parts).toContainEqual({ part: "videoPreviews", state: "unable", reason });
  });
});

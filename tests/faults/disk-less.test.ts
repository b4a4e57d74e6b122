import { afterEach, expect } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { digestOf, makeContent } from "../support/content.js";
import { Deployment } from "../support/deployment.js";
import { eventually } from "../support/eventually.js";
import { StreamingClient } from "../support/streaming-client.js";
import { formOf } from "./request-body.js";
import { needs } from "../support/needs.js";

const { test } = needs("prlimit");

let deployment: Deployment;

afterEach(() => deployment.close());

test("Web and worker take, inspect, serve and remove files while they may not write one byte to a disk", async () => {
  deployment = await Deployment.start();
  for (const part of ["web", "worker"] as const) {
    execFileSync("prlimit", ["--pid", String(deployment.process(part).pid), "--fsize=0:0"]);
  }
  const client = await StreamingClient.register(deployment.url);
  const content = makeContent(5_000_000);

  const raw = await client.put("raw", content.bytes(), content.sizeBytes);
  const form = await client.ask({
    method: "POST",
    path: "/api/v1/upload",
    ...formOf([{ name: "form", content }]),
  });
  const files = await eventually(
    () => client.list(),
    (listed) => listed.every(({ state }) => state === "ready"),
  );

  expect([raw.status, form.status]).toEqual([201, 201]);
  expect(files).toHaveLength(2);
  for (const { id } of files) {
    expect((await client.download(id)).sha256).toBe(digestOf(content));
    const { status } = await client.ask({ method: "DELETE", path: `/api/v1/files/${id}` });
    expect(status).toBe(204);
  }
  await deployment.leftovers();
  for (const part of ["web", "worker"] as const) {
    expect(deployment.process(part).hasEnded).toBe(false);
    expect(deployment.failures(part)).toEqual([]);
  }
});

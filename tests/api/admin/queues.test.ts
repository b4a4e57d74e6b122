import { beforeAll, describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import type { Client } from "../../support/client.js";
import { eventually } from "../../support/eventually.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const QUEUES = "/api/v1/admin/queues";

interface Outcome {
  readonly name: string;
  readonly outcome: string;
  readonly total: number;
  readonly lastHour: number;
  readonly lastMinute: number;
}

interface Overview {
  readonly items: readonly {
    readonly name: string;
    readonly isPaused: boolean;
    readonly waiting: number;
    readonly oldestWaitingAt: string | null;
    readonly outcomes: readonly Outcome[];
  }[];
  readonly pipeline: {
    readonly dueCount: number;
    readonly oldestDueAt: string | null;
    readonly outcomes: readonly Outcome[];
  };
}

let admin: Client;

beforeAll(async () => {
  admin = await world().person("admin");
});

const overview = async (): Promise<Overview> => {
  const { json } = await admin.get(QUEUES);
  return json as unknown as Overview;
};

/** The board speaks no language of the API. */
const board = (who: Client | undefined, path = "", method = "GET") =>
  fetch(`${world().url}/admin/queues${path}`, {
    method,
    ...(who !== undefined && { headers: { Cookie: who.cookie } }),
  });

describe("The queues, as admins see them", () => {
  test("show what waits, since when, and how each step of the pipeline ended lately", async () => {
    const before = Date.now();
    const before200 = await overview();
    expect(before200.items.map(({ name }) => name)).toEqual(["jobs", "webhooks"]);
    await admin.store("a.txt", "some text");

    const during = await eventually(overview, ({ pipeline, items }) => {
      return pipeline.dueCount === 1 && (items[0]?.waiting ?? 0) >= 1;
    });
    expect(Date.parse(during.pipeline.oldestDueAt ?? "")).toBeGreaterThanOrEqual(before - 5000);
    expect(Date.parse(during.items[0]?.oldestWaitingAt ?? "")).toBeGreaterThanOrEqual(before);

    await world().settle();
    const inspected = ({ name, outcome }: Outcome) => name === "inspect" && outcome === "done";
    const after = await eventually(
      overview,
      ({ pipeline }) => (pipeline.outcomes.find(inspected)?.total ?? 0) > 0,
    );
    expect(after.pipeline).toMatchObject({ dueCount: 0, oldestDueAt: null });
    expect(after.pipeline.outcomes.find(inspected)).toMatchObject({ total: 1, lastHour: 1 });
    expect(after.pipeline.outcomes.map(({ outcome }) => outcome)).toContain("quarantine");
  });

  test("are paused and resumed, once or twice, which the audit log tells", async () => {
    for (const act of ["pause", "pause", "resume", "resume"]) {
      expect((await admin.post(`${QUEUES}/jobs/${act}`)).status).toBe(204);
      expect((await overview()).items[0]?.isPaused).toBe(act === "pause");
    }

    const events = world().mongo.db.collection<AuditDoc>("auditEvents");
    const told = await events.find({ action: { $in: ["queue.pause", "queue.resume"] } }).toArray();
    expect(told).toHaveLength(4);
    expect(told[0]).toMatchObject({ target: { kind: "queue", id: "jobs" }, outcome: "success" });
  });

  test("are no other than those that there are", async () => {
    expect((await admin.post(`${QUEUES}/nothing/pause`)).status).toBe(404);
  });

  test("are for admins alone", async () => {
    const member = await world().member();
    expect((await member.get(QUEUES)).status).toBe(403);
    expect((await member.post(`${QUEUES}/jobs/pause`)).status).toBe(403);
  });
});

describe("The board of queues", () => {
  test("is for admins alone, with all its files, and reads only", async () => {
    const member = await world().member();
    for (const path of ["", "/x", "/api/queues", "/static/js/nothing.js", "/static/favicon.ico"]) {
      expect((await board(undefined, path)).status).toBe(401);
      expect((await board(member, path)).status).toBe(403);
    }
    const page = await board(admin);
    expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
    const text = await page.text();
    expect(text).not.toMatch(/https?:/);
    const files = [...text.matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, url]) => url);
    expect(files.length).toBeGreaterThan(3);
    for (const url of files) expect((await board(admin, `/${url ?? ""}`)).status).toBe(200);

    const queues = await board(admin, "/api/queues?activeQueue=jobs");
    expect(await queues.json()).toMatchObject({
      queues: [
        { name: "jobs", readOnlyMode: true },
        { name: "webhooks", readOnlyMode: true },
      ],
    });
    for (const act of ["pause", "clean/completed", "add", "obliterate"]) {
      for (const method of ["PUT", "POST"]) {
        expect((await board(admin, `/api/queues/jobs/${act}`, method)).status).toBe(405);
      }
    }
  });

  test.each([
    "/static/js/nothing.js",
    "/static/..%2findex.ejs",
    "/api/nothing",
    "/nothing/at/all/here",
    "/api/queues/jobs/nothing",
    "/api/queues/nothing/nothing",
  ])("answers 404 for %s", async (path) => {
    expect((await board(admin, path)).status).toBe(404);
  });
});

import { afterEach, describe, expect, test } from "@jest/globals";
import type { AuditDoc } from "../../../common/audit/repository.js";
import { built } from "../../support/processes.js";
import { useWorld } from "../../support/use-world.js";
import { WatchedProcess } from "../../support/watched-process.js";

const world = useWorld();

let running: WatchedProcess | undefined;

afterEach(() => running?.stop("SIGKILL"));

/** The release task as a platform starts it. */
async function release(adminUsername: string) {
  const env = {
    PATH: process.env["PATH"],
    MONGODB_URL: world().config.mongodbUrl,
    ADMIN_USERNAME: adminUsername,
  };
  running = new WatchedProcess(process.execPath, [built("common/migrations")], { env });
  return { code: await running.untilEnded(), output: running.output };
}

describe("The release task with ADMIN_USERNAME", () => {
  test("makes the account of this name an admin, whatever its capitals, and writes it down once", async () => {
    const person = world().visitor();
    const { id, username } = await person.register();

    for (const run of [1, 2]) {
      expect([run, (await release(username.toUpperCase())).code]).toEqual([run, 0]);
      expect((await person.get("/api/v1/me")).json.role).toBe("admin");
    }
    const events = await world()
      .mongo.db.collection<AuditDoc>("auditEvents")
      .find({ accountId: id, action: "account.change" })
      .toArray();
    expect(events).toEqual([
      expect.objectContaining({ actor: null, changes: { role: ["member", "admin"] } }),
    ]);
  });

  test("succeeds while there is no such account, and fails where it is no username", async () => {
    expect((await release("nobody-has-this")).code).toBe(0);
    const { code, output } = await release("not a name");
    expect(code).not.toBe(0);
    expect(output).toContain("ADMIN_USERNAME must be a username");
  });
});

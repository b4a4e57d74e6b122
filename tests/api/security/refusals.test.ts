import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const events = (action: string) =>
  world().mongo.db.collection("auditEvents").find({ action }).toArray();

describe("What somebody may not do", () => {
  test("is written into the audit log as a failure, with who tried it and from where", async () => {
    const member = await world().member();
    const { id } = (await member.get("/api/v1/me")).json;

    const { status } = await member.send("PATCH", `/api/v1/admin/accounts/${id}`, {
      role: "admin",
    });

    expect(status).toBe(403);
    expect(await events("account.change")).toEqual([
      expect.objectContaining({
        accountId: id,
        actor: expect.objectContaining({ accountId: id, credentialKind: "session" }),
        outcome: "failure",
        reason: "insufficient-scope",
        client: expect.objectContaining({ addressPrefix: "127.0.0.0/24" }),
      }),
    ]);
  });

  test("is not written where nobody is signed in: strangers would fill the log", async () => {
    const { status } = await world().visitor().delete(`/api/v1/files/${newId()}`);

    expect(status).toBe(401);
    expect(await events("file.delete")).toEqual([]);
  });
});

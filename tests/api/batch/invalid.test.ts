import { describe, expect, test } from "@jest/globals";
import { newId } from "../../../common/platform/ids.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const BATCH = "/api/v1/batch";

describe("A batch", () => {
  test.each([
    ["no operations", { operations: [] }, "/operations"],
    ["nothing", {}, "/operations"],
    ["something else", { operations: "all" }, "/operations"],
    ["a number", { operations: [1] }, "/operations/0"],
    ["nothing in a list", { operations: [null] }, "/operations/0"],
    ["an unknown operation", { operations: [{ op: "erase", id: newId() }] }, "/operations/0/op"],
    ["an inherited word", { operations: [{ op: "toString", id: newId() }] }, "/operations/0/op"],
    ["no id", { operations: [{ op: "delete" }] }, "/operations/0/id"],
    ["a wrong id", { operations: [{ op: "delete", id: "x" }] }, "/operations/0/id"],
    ["a move to nowhere", { operations: [{ op: "move", id: newId() }] }, "/operations/0"],
    [
      "a field of another operation",
      { operations: [{ op: "delete", id: newId(), name: "a" }] },
      "/operations/0",
    ],
    [
      "a tag that is not one",
      { operations: [{ op: "tag", id: newId(), add: [""] }] },
      "/operations/0/add/0",
    ],
    [
      "too many operations",
      { operations: Array.from({ length: 1001 }, () => ({ op: "delete", id: newId() })) },
      "/operations",
    ],
  ])("with %s is refused, and nothing is done", async (_, body, pointer) => {
    const client = await world().member();

    const { status, json } = await client.post(BATCH, body);

    expect(status).toBe(400);
    expect(json).toMatchObject({ code: "invalid-request", errors: [{ in: "body", pointer }] });
  });
});

import { describe, expect, test } from "@jest/globals";
import { NameTakenError } from "../../../common/entries/errors.js";
import { newId } from "../../../common/platform/ids.js";
import { NOTHING_LEFT } from "../../support/invariants.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

describe("A copy with an id of its own", () => {
  test.each(["rename", "fail"] as const)(
    "is made once, however often and under whatever name it is tried (%s)",
    async (onConflict) => {
      const client = await world().member();
      await client.store("a", "hello");
      const { access, copies, fileVersions } = world().services;
      const actor = await world().actorOf(client);
      const [found] = (await client.get("/api/v1/files")).json.items;
      const granted = await access.file(actor, found?.id ?? "", "read");
      const original = { file: granted.entry, version: await fileVersions.current(granted) };
      const place = await access.place(actor, "root");
      const newFileId = newId();
      const make = (name: string) =>
        copies.copy(place, { name, onConflict, condition: null, newFileId }, original);

      const outcomes = await Promise.allSettled([make("b"), make("b"), make("c")]);
      await expect(make("d")).rejects.toThrow(NameTakenError);
      await world().settle();

      const made = outcomes.filter(({ status }) => status === "fulfilled");
      const refused = outcomes.flatMap((each) =>
        each.status === "rejected" ? [each.reason as unknown] : [],
      );
      expect(made).toHaveLength(1);
      for (const reason of refused) expect(reason).toBeInstanceOf(NameTakenError);
      expect(await client.usage()).toMatchObject({ bytes: 10, files: 2, reservedBytes: 0 });
      expect(await world().leftovers()).toEqual(NOTHING_LEFT);
    },
  );
});

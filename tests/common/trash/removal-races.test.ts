import { describe, expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld({ trashRetentionMs: 86_400_000 });

/** A file in the trash, as somebody has read it. */
async function trashedFile() {
  const client = await world().member();
  const actor = await world().actorOf(client);
  const file = await client.store("a", "content");
  await client.delete(file.links.content);
  const item = await world().services.trash.find(actor, file.id);
  return { client, actor, item };
}

describe("The removal of an item of the trash for good", () => {
  test("happens also when the item is inspected meanwhile", async () => {
    const { client, actor, item } = await trashedFile();
    await world().settle();
    const { access, trash } = world().services;

    await trash.remove(await access.trashed(actor, item, "delete"));

    await world().settle();
    expect(await client.usage()).toMatchObject({ bytes: 0, files: 0 });
  });

  test("does not happen when it is restored meanwhile", async () => {
    const { client, actor, item } = await trashedFile();
    const { access, trash } = world().services;
    const granted = await access.trashed(actor, item, "delete");
    await client.post(`/api/v1/trash/${item._id}/restore`, {});

    await expect(trash.remove(granted)).rejects.toMatchObject({ code: "not-found" });

    expect((await client.get(`/api/v1/files/${item._id}`)).status).toBe(200);
  });
});

import { request } from "node:http";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { useWorld } from "../../support/use-world.js";
import { API } from "../shares/people.js";
import { mounted, type Mounted, textAt } from "./mounted.js";

const world = useWorld();

const at = (path: string) => `${API}/by-path/${path}`;

/** The owner has a secret beside the shared folder, and the guest a file of its own. */
async function guarded(): Promise<Mounted> {
  const all = await mounted(world(), "manager");
  await all.owner.put(`${API}/by-path/secret/s.txt?parents`, "secret");
  await all.guest.store("mine", "mine");
  return all;
}

describe("No path through a mount leads outside", () => {
  test("whatever its parts are", async () => {
    const all = await guarded();
    const parts = [
      ...["Team", "inner", "a.txt", "shared", "secret", "s.txt", "mine"],
      ...["..", ".", "%2e%2e", "%2E.", "..%2f", "%2f", "%5c", "", "root", "%00"],
      ...[all.folder, all.inner, all.mountId],
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 5 }),
        async (rest) => {
          // No client of ours takes dots out of the path: what arrives is what is written here.
          const answer = await raw(all.guest, `${API}/by-path/Team/${rest.join("/")}`);
          expect([200, 400, 404, 409]).toContain(answer.status);
          if (answer.status === 200) expect(answer.text).toBe("hello");
        },
      ),
      { numRuns: 150 },
    );
  });

  test("while folders are moved in and out", async () => {
    const all = await guarded();
    const secret = (await all.owner.get(`${at("secret")}?metadata`)).json.id;
    const state = { isOver: false };
    const moving = (async () => {
      for (let round = 0; round < 20; round += 1) {
        for (const [id, parentId] of [
          [all.inner, secret],
          [all.inner, all.folder],
        ] as const) {
          await all.owner.patch(`${API}/folders/${id}`, { parentId });
        }
      }
      state.isOver = true;
    })();
    do {
      const { status, bytes } = await all.guest.get(at("Team/inner/a.txt"));
      expect([200, 404]).toContain(status);
      if (status === 200) expect(bytes.toString()).toBe("hello");
      expect((await all.guest.get(at("Team/inner/s.txt"))).status).toBe(404);
    } while (!state.isOver);
    await moving;
    expect(await textAt(all.guest, "Team/inner/a.txt")).toBe("hello");
  });
});

/** Sends a path as it is. */
function raw({ url, cookie }: Mounted["guest"], path: string) {
  const { hostname, port } = new URL(url);
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    request({ hostname, port, path, headers: { Cookie: cookie } }, (response) => {
      let text = "";
      response.on("data", (piece: Buffer) => (text += piece.toString()));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    })
      .on("error", reject)
      .end();
  });
}

import { describe, expect, test } from "@jest/globals";
import type { Answer } from "../../support/client.js";
import { changeLink, passwordHash } from "../../support/share-links.js";
import { useWorld } from "../../support/use-world.js";
import { sharedFile, sharedFolder } from "./notes-and-holidays.js";

const world = useWorld();

/** A problem, without what differs from request to request. */
const problemOf = ({ status, json }: Answer) => ({ ...json, status, requestId: "" });

describe("A link with a password", () => {
  test.each(["file", "folder"])("of a %s says nothing without it", async (kind) => {
    const password = "open sesame";
    const { link } = await (kind === "file"
      ? sharedFile(world(), { password })
      : sharedFolder(world(), { password }));
    const visitor = world().visitor();

    const missing = await visitor.get(link.path);
    const wrong = await visitor.get(link.path, { "X-Link-Password": "open barley" });
    const right = await visitor.get(link.path, { "X-Link-Password": password });

    expect(problemOf(missing)).toEqual({
      status: 401,
      requestId: "",
      type: "/problems/link-password-required",
      title: "Password required",
      code: "link-password-required",
      detail: "This link asks for a password",
    });
    expect([wrong.status, wrong.json.code]).toEqual([401, "link-password-required"]);
    expect(JSON.stringify(wrong.json)).not.toMatch(/notes|Holidays|barley/);
    expect(right.status).toBe(200);
  });

  test("is opened by the cookie of POST unlock, until the password is another one", async () => {
    const { link } = await sharedFile(world(), { password: "open sesame" });
    const [visitor, other] = [world().visitor(), world().visitor()];

    const unlocked = await visitor.post(`${link.path}/unlock`, { password: "open sesame" });
    const content = await visitor.get(`${link.path}/content`);
    await changeLink(world(), link, { passwordHash: await passwordHash("open barley") });

    expect(unlocked.status).toBe(204);
    expect(String(unlocked.headers["set-cookie"])).toMatch(
      new RegExp(`^stowage_link_unlock=[^;]+; path=${link.path}; .*samesite=lax; httponly$`),
    );
    expect(content.bytes.toString()).toBe("some notes");
    expect((await visitor.get(link.path)).status).toBe(401);
    expect((await other.get(link.path)).status).toBe(401);
    expect((await other.post(`${link.path}/unlock`, { password: "x" })).status).toBe(401);
  });

  test("is opened by that cookie also where the password is hashed anew at this moment", async () => {
    const { link } = await sharedFile(world());
    await changeLink(world(), link, { passwordHash: await passwordHash("open sesame", 128) });
    const visitor = world().visitor();

    await visitor.post(`${link.path}/unlock`, { password: "open sesame" });

    expect((await visitor.get(link.path)).status).toBe(200);
  });

  test("is not opened by the unlock of another link", async () => {
    const [first, second] = [
      (await sharedFile(world(), { password: "open sesame" })).link,
      (await sharedFile(world(), { password: "open sesame" })).link,
    ];
    const visitor = world().visitor();
    await visitor.post(`${first.path}/unlock`, { password: "open sesame" });

    const { status } = await world().visitor().get(second.path, { Cookie: visitor.cookie });

    expect(status).toBe(401);
    expect((await world().visitor().get(first.path, { Cookie: visitor.cookie })).status).toBe(200);
  });

  test("asks people for it on a page, which sends them back", async () => {
    const { link } = await sharedFile(world(), { password: "open sesame" });
    const visitor = world().visitor();
    const send = (password: string) =>
      fetch(`${world().url}${link.path}/unlock`, {
        method: "POST",
        headers: { Accept: "text/html" },
        body: new URLSearchParams({ password }),
        redirect: "manual",
      });

    const page = await visitor.get(link.path, { Accept: "text/html" });
    const [wrong, right] = [await send("open barley"), await send("open sesame")];

    expect(page.status).toBe(401);
    expect(page.bytes.toString()).toContain(`action="${link.path}/unlock"`);
    expect(page.bytes.toString()).not.toContain("notes");
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain("The password is wrong.");
    expect([right.status, right.headers.get("location")]).toEqual([303, link.path]);
  });
});

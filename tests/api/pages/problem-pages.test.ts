import { describe, expect, test } from "@jest/globals";
import { PROBLEMS } from "../../../api/http/problem.js";
import { pagePolicy } from "../../../api/pages/html.js";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

const BROWSER = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const CODES = Object.entries(PROBLEMS);

describe("The type of a problem", () => {
  test("leads from a refusal to what the problem means, without a session", async () => {
    const visitor = world().visitor();
    const refused = await visitor.get("/api/v1/me");
    const { type } = refused.json as unknown as { type: string };

    const { status, headers, json } = await visitor.get(type);

    expect(status).toBe(200);
    expect(headers["cache-control"]).toBe("public, max-age=3600");
    expect(headers["vary"]).toBe("Accept, Accept-Encoding");
    expect(json).toMatchObject({
      type,
      code: "unauthenticated",
      status: 401,
      title: "Not signed in",
    });
  });

  test.each(CODES)("has a page about %s", async (code, { status, title }) => {
    const answer = await world().visitor().get(`/problems/${code}`, BROWSER);
    const page = answer.bytes.toString();

    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(answer.headers["content-security-policy"]).toBe(pagePolicy());
    expect(page).toContain(`<h1>${title}</h1>`);
    expect(page).toContain(`${status} <code>${code}</code>`);
  });

  test("that does not exist is 404", async () => {
    for (const path of ["/problems/nothing", "/problems/toString", "/problems/busy/"]) {
      expect((await world().visitor().get(path)).status).toBe(404);
    }
  });

  test("stands with all others in a list, for people and for programs", async () => {
    const visitor = world().visitor();
    const page = (await visitor.get("/problems", BROWSER)).bytes.toString();
    const { json } = await visitor.get("/problems");

    const { problems } = json as unknown as { problems: { code: string }[] };
    expect(problems.map(({ code }) => code)).toEqual(CODES.map(([code]) => code));
    for (const [code] of CODES) expect(page).toContain(`href="/problems/${code}"`);
  });

  test("is linked from the page that a browser sees", async () => {
    const answer = await fetch(`${world().url}/nothing`, { headers: BROWSER });

    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('href="/problems/not-found"');
  });
});

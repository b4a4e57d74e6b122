import { describe, expect, test } from "@jest/globals";
import { listRoutes, templateOf } from "../support/routes.js";
import { useWorld } from "../support/use-world.js";
import { operations } from "../support/openapi/promise.js";

const world = useWorld();

/** How a path's parameters are called is told to people, not to routers. */
const anonymous = (path: string) => templateOf(path).replace(/\{\w+\}/g, "{}");

const routed = () => listRoutes(world()).map(({ method, path }) => `${method} ${anonymous(path)}`);

describe("the routes and the OpenAPI document", () => {
  const promised = operations.flatMap(({ method, paths }) =>
    paths.map((path) => `${method} ${anonymous(path)}`),
  );

  test("every route is promised", () => {
    const withGet = promised.map((route) => route.replace(/^GET /, "HEAD "));

    expect(routed().filter((route) => ![...promised, ...withGet].includes(route))).toEqual([]);
  });

  test("every promise is routed, under the version and without it", () => {
    const routes = routed();

    expect(promised.length).toBeGreaterThan(20);
    expect(promised.filter((route) => !routes.includes(route))).toEqual([]);
  });
});

import { expect, test } from "@jest/globals";
import { useWorld } from "../../support/use-world.js";

const world = useWorld();

test.each([
  [undefined, "timeout=95"],
  [7000, "timeout=7"],
])(
  "A connection waits for its next request as long as is set: %p ms",
  async (keepAliveMs, said) => {
    const url = await world().addWeb(keepAliveMs === undefined ? {} : { keepAliveMs });

    const { headers } = await fetch(`${url}/healthz`);

    expect(headers.get("keep-alive")).toBe(said);
  },
);

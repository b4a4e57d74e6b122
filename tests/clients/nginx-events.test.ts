import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { eventually } from "../support/eventually.js";
import { needs } from "../support/needs.js";
import { useWorld } from "../support/use-world.js";
import { HOST, NginxProxy } from "./nginx-proxy.js";

const { describe, test } = needs("nginx", "openssl");

const world = useWorld({ trustProxyHops: 1 });

describe("Behind the nginx of docs/nginx.conf", () => {
  let proxy: NginxProxy;

  beforeAll(async () => {
    proxy = await NginxProxy.start(world().port);
  });

  afterAll(() => proxy.close());

  test("events come as they happen", async () => {
    const member = await world().member();
    const sent = request({
      ...{ host: "127.0.0.1", port: proxy.port, servername: HOST, ca: proxy.certificate.pem },
      ...{ path: "/api/v1/events", agent: false },
      headers: { Host: `${HOST}:${proxy.port}`, Cookie: member.cookie },
    });
    sent.end();
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    let text = "";
    answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));

    await member.makeFolder("told");

    await eventually(
      () => text,
      (all) => all.includes("event: folder.created\n"),
    );
    answer.destroy();
  });
});

/** `npm run env-example`: prints every setting into `.env.example`. Build first. */
import { writeFileSync } from "node:fs";
import { webSettings } from "../dist/api/settings.js";
import { envExample } from "../dist/common/platform/env-example.js";
import { workerSettings } from "../dist/worker/settings.js";

writeFileSync(
  new URL("../.env.example", import.meta.url),
  envExample({ web: webSettings, worker: workerSettings }),
);

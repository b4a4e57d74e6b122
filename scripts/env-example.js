/** `npm run env-example`: prints every setting into `.env.example`. Build first. */
import { writeFileSync } from "node:fs";
import { envExample } from "../dist/common/platform/env-example.js";

writeFileSync(new URL("../.env.example", import.meta.url), envExample());

/** `npm run encryption`: see `node dist/common/encryption/main.js --help`, which this runs on the store that there is. */
import { runOnStore } from "./parts/run-on-store.js";

process.exitCode = await runOnStore("common/encryption/main.js", process.argv.slice(2));

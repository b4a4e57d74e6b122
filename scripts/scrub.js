/** `npm run scrub`: see `node dist/common/maintenance/scrub/main.js --help`, which this runs on the store that there is. */
import { runOnStore } from "./parts/run-on-store.js";

process.exitCode = await runOnStore("common/maintenance/scrub/main.js", process.argv.slice(2));

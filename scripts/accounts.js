/** `npm run accounts`: see `node dist/common/administration/main.js --help`, which this runs on the store that there is. */
import { runOnStore } from "./parts/run-on-store.js";

process.exitCode = await runOnStore("common/administration/main.js", process.argv.slice(2));

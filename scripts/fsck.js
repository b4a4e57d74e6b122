/** `npm run fsck`: see `node dist/common/maintenance/fsck/main.js --help`, which this runs on the store that there is. */
import { runOnStore } from "./parts/run-on-store.js";

process.exitCode = await runOnStore("common/maintenance/fsck/main.js", process.argv.slice(2));

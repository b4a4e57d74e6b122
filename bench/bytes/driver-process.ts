import { MongoClient } from "mongodb";
import { bucketIndexes, openBucket } from "../../common/storage/bucket.js";
import { DriverLane } from "./driver-lane.js";
import { type Job, Lanes } from "./job.js";

/*
 * node driver-process.js MONGODB_URL DATABASE
 *
 * Does the jobs that its parent sends with the driver alone, and sends back what came of them.
 */
const LANES = 32;

const [mongodbUrl = "", database] = process.argv.slice(2);
const client = await MongoClient.connect(mongodbUrl, {
  writeConcern: { w: "majority", journal: true },
});
const db = client.db(database);
const bucket = openBucket(db);
await bucket.chunks.createIndexes([...(bucketIndexes["blobs.chunks"] ?? [])]);
await bucket.files.createIndexes([...(bucketIndexes["blobs.files"] ?? [])]);

const lanes = new Lanes(Array.from({ length: LANES }, () => new DriverLane(db)));
process.on("message", (job: Job) => {
  lanes.run(job).then(
    (outcome) => process.send?.(outcome),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.("ready");

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Document } from "mongodb";
import { startWorld, type World } from "./running-server.js";

/*
 * What MongoDB has and this server has not, by name: each is refused, with MongoDB's code for something unknown or
 * unsupported, and changes nothing.
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.db.collection("c").insertMany([{ a: 1 }, { a: 2 }]);
});
afterAll(() => world.close());

type Row = readonly [code: number, command: Document];

const words = (text: string) => text.trim().split(/\s+/);

const COMMANDS = words(`
  abortTransaction commitTransaction prepareTransaction coordinateCommitTransaction mapReduce eval group
  geoNear geoSearch text parallelCollectionScan resetError getLastError getPrevError getnonce authenticate logout
  saslStart saslContinue createUser updateUser dropUser dropAllUsersFromDatabase usersInfo grantRolesToUser
  revokeRolesFromUser createRole updateRole dropRole rolesInfo invalidateUserCache setParameter cloneCollection
  cloneCollectionAsCapped convertToCapped compact reIndex validate validateDBMetadata dbHash dataSize
  splitVector splitChunk planCacheClear planCacheListFilters planCacheSetFilter planCacheClearFilters
  setIndexCommitQuorum createSearchIndexes dropSearchIndex updateSearchIndex listSearchIndexes profile top
  currentOp killOp killAllSessionsByPattern fsync fsyncUnlock shutdown logRotate
  logApplicationMessage replSetGetStatus replSetGetConfig replSetInitiate replSetReconfig replSetStepDown
  replSetFreeze replSetMaintenance replSetSyncFrom replSetResizeOplog applyOps appendOplogNote addShard removeShard
  enableSharding shardCollection reshardCollection moveChunk movePrimary mergeChunks split balancerStart
  balancerStop balancerStatus listShards flushRouterConfig isdbgrid refineCollectionShardKey cleanupOrphaned
  setFeatureCompatibilityVersion setDefaultRWConcern getDefaultRWConcern rotateCertificates
  setAuditConfig getAuditConfig internalRenameIfOptionsAndIndexesMatch availableQueryOptions driverOIDTest features
  lockInfo netstat whatsmyuri2 startRecordingTraffic stopRecordingTraffic getShardMap streams_start configureFailPoint
  sleep godinsert echo nonsense INSERT Find __proto__ hasOwnProperty valueOf
`);

const FILTER_OPERATORS = words(`
  $where $text $near $nearSphere $geoWithin $geoIntersects $within $box $center $polygon $minDistance $maxDistance
  $jsonSchema $bitsAllSet $bitsAnySet $bitsAllClear $bitsAnyClear $rand $sampleRate $alwaysTrue $alwaysFalse
  $_internalExprEq $_internalSchemaType $function $foo $EQ $eq1 $__proto__ $toString
`);

const UPDATE_OPERATORS = words(
  "$bit $pullAll $pushAll $addFields $replaceWith $project $foo $SET $toString $constructor",
);

const STAGES = words(`
  $facet $lookup $graphLookup $bucket $bucketAuto $sortByCount $out $merge $unionWith $replaceRoot $replaceWith $unset
  $redact $sample $geoNear $collStats $indexStats $planCacheStats $currentOp $listSessions $listLocalSessions $densify
  $fill $setWindowFields $documents $search $searchMeta $vectorSearch $listSearchIndexes $shardedDataDistribution
  $changeStreamSplitLargeEvent $querySettings $rankFusion $queryStats $listSampledQueries $foo $MATCH $constructor
`);

const EXPRESSIONS = words(`
  $function $accumulator $lookup $map $filter $reduce $zip $regexMatch $regexFind $regexFindAll $dateToString
  $dateFromString $dateToParts $dateFromParts $dateAdd $dateDiff $dateTrunc $convert $toInt $toDouble $toObjectId
  $switch $let $meta $rand $getField $setField $unsetField $objectToArray $arrayToObject $mergeObjects $sin $cos $tan
  $indexOfArray $sortArray $setUnion $setDifference $setIntersection $foo $toString2 $constructor
`);

const ACCUMULATORS = words(`
  $stdDevPop $stdDevSamp $mergeObjects $accumulator $top $bottom $topN $bottomN $firstN $lastN $maxN $minN $median
  $percentile $foo $constructor
`);

const FIND_OPTIONS: readonly Row[] = [
  ...words(
    "term runtimeConstants readOnce $queryOptions querySettings includeQueryStatsMetrics mirrored foo snapshot maxScan",
  ).map((name): Row => [40415, { [name]: 1 }]),
  ...[{ locale: "de" }, { locale: "en", strength: 2 }, { locale: "simple", strength: 1 }].map(
    (collation): Row => [2, { collation }],
  ),
  [2, { sort: { $natural: 2 } }],
  [2, { sort: { $natural: "x" } }],
  [2, { sort: { a: 1, $natural: 1 } }],
  [2, { sort: { $natural: 1, a: 1 } }],
  [2, { hint: { $natural: 0 } }],
  [2, { hint: { $natural: 1, a: 1 } }],
  [2, { hint: "_id_", sort: { $natural: 1 } }],
  [2, { hint: "missing" }],
  [2, { hint: { missing: 1 } }],
  [14, { hint: 5 }],
  [14, { sort: 5 }],
  [14, { projection: 5 }],
  [14, { collation: 5 }],
  [14, { readConcern: 5 }],
  [14, { maxTimeMS: "x" }],
  [14, { noCursorTimeout: "x" }],
  [51024, { batchSize: -1 }],
  [51024, { limit: -1 }],
  [51024, { maxTimeMS: -1 }],
  [2, { maxTimeMS: 2 ** 31 }],
  [15975, { sort: { a: 2 } }],
  [15975, { sort: { a: "x" } }],
  [2, { sort: { a: { $meta: "textScore" } } }],
  [16410, { sort: { $a: 1 } }],
  [40352, { sort: { "a.": 1 } }],
  [31254, { projection: { a: 1, b: 0 } }],
  [31253, { projection: { a: 0, b: 1 } }],
  [31276, { projection: { "a.$": 1, "b.$": 1 } }],
  [31249, { projection: { a: 1, "a.b": 1 } }],
  [40352, { projection: { "a..b": 1 } }],
  [16410, { projection: { $a: 1 } }],
  [28724, { projection: { a: { $slice: "x" } } }],
  [168, { projection: { a: { $meta: "textScore" } } }],
];

const UPDATES: readonly Row[] = [
  [2, { $set: { "a.$[]": 1 } }],
  [2, { $set: { "a.$[x]": 1 } }],
  [2, { $push: { b: { $each: [1], $foo: 1 } } }],
  [2, { $push: { b: { $each: 1 } } }],
  [2, { $addToSet: { b: { $each: [1], $sort: 1 } } }],
  [2, { $currentDate: { a: { $type: "x" } } }],
  [2, { $rename: { a: 1 } }],
  [9, { $pop: { a: 3 } }],
  [9, { $set: { a: 1 }, b: 1 }],
  [52, { b: 1, $set: { a: 1 } }],
  [52, { $set: { $a: 1 } }],
  [56, { $set: { "": 1 } }],
  [56, { $set: { "a.": 1 } }],
  [14, { $inc: { a: "x" } }],
  [40, { $set: { a: 1 }, $inc: { a: 1 } }],
  [40, { $set: { "a.b": 1, a: 1 } }],
];

const INDEX_OPTIONS: readonly Row[] = [
  ...words(`
    bits min max 2dsphereIndexVersion textIndexVersion default_language language_override weights storageEngine
    wildcardProjection prepareUnique dropDups originalSpec clustered bucketSize columnstoreProjection foo
  `).map((name): Row => [197, { [name]: 1 }]),
  ...words("text 2d 2dsphere geoHaystack hashed columnstore x").map((kind): Row => [
    67,
    { key: { a: kind } },
  ]),
  ...["$**", "a.$**", "$a", "a.$b", "a..b", "a.", ""].map((path): Row => [
    67,
    { key: { [path]: 1 } },
  ]),
  ...[0, NaN, true, null, {}].map((direction: unknown): Row => [67, { key: { a: direction } }]),
  ...[
    { a: { $ne: 1 } },
    { a: { $exists: false } },
    { a: { $regex: "x" } },
    { a: { $nin: [1] } },
    { a: { $not: { $eq: 1 } } },
    { a: { $elemMatch: { $eq: 1 } } },
    { a: { $size: 1 } },
    { $nor: [{ a: 1 }] },
    { $expr: true },
  ].map((partialFilterExpression): Row => [67, { partialFilterExpression }]),
  ...[{ name: "" }, { name: "*" }, { v: 0 }, { v: 3 }, { expireAfterSeconds: 2 ** 31 }].map(
    (options): Row => [67, options],
  ),
  ...[
    { unique: "x" },
    { sparse: "x" },
    { partialFilterExpression: 5 },
    { key: 5 },
    { name: 5 },
  ].map((options): Row => [14, options]),
];

const pipeline = (...stages: Document[]): Document => ({
  aggregate: "c",
  pipeline: stages,
  cursor: {},
});

const REFUSED: readonly Row[] = [
  ...COMMANDS.map((name): Row => [59, Object.fromEntries([[name, 1]])]),
  ...FILTER_OPERATORS.flatMap((name): Row[] => [
    [2, { find: "c", filter: { [name]: 1 } }],
    [2, { find: "c", filter: { a: { [name]: 1 } } }],
    [2, { find: "c", filter: { a: { $elemMatch: { [name]: 1 } } } }],
  ]),
  ...FIND_OPTIONS.map(([code, options]): Row => [code, { find: "c", ...options }]),
  ...UPDATE_OPERATORS.map((name): Row => [9, updateOf({ [name]: { a: 1 } })]),
  ...UPDATES.map(([code, update]): Row => [code, updateOf(update)]),
  ...UPDATES.map(([code, update]): Row => [code, { findAndModify: "c", update }]),
  ...STAGES.map((name): Row => [40324, pipeline({ [name]: {} })]),
  ...EXPRESSIONS.map((name): Row => [168, pipeline({ $project: { x: { [name]: "$a" } } })]),
  ...ACCUMULATORS.map((name): Row => [
    15952,
    pipeline({ $group: { _id: null, x: { [name]: "$a" } } }),
  ]),
  ...INDEX_OPTIONS.map(([code, options]): Row => [
    code,
    { createIndexes: "c", indexes: [{ key: { z: 1 }, name: "z", ...options }] },
  ]),
];

function updateOf(update: Document): Document {
  return { update: "c", updates: [{ q: {}, u: update, multi: true }] };
}

describe("by name, the server refuses", () => {
  test.each(REFUSED)("with %i: %j", async (code, command) => {
    const answer: Document = await world.db
      .command(command)
      .catch((error: unknown) => error as Document);

    const failure = (answer["writeErrors"] as Document[] | undefined)?.[0] ?? answer;
    expect({ code: failure["code"] as unknown }).toEqual({ code });
    expect(String(failure["errmsg"] ?? failure["message"])).toMatch(/\w/);
  });

  test("hundreds of things, none of which left a trace", async () => {
    expect(REFUSED.length).toBeGreaterThan(400);
    const documents = await world.db.collection("c").find().toArray();
    expect(documents.map(({ a }) => a as number)).toEqual([1, 2]);
    expect(await world.db.collection("c").indexes()).toHaveLength(1);
    expect((await world.db.listCollections().toArray()).map(({ name }) => name)).toEqual(["c"]);
  });
});

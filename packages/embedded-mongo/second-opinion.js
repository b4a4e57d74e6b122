/**
 * Asks another MongoDB-compatible server what the tests ask of this one, and prints where it answers differently. Build first.
 *
 *     MONGODB_URL=mongodb://… node packages/embedded-mongo/second-opinion.js [--cases N] [--seed N]
 *
 * Plays random scenarios (default 200, of seed 1) with their indexes, and compares each answer with the plain reference of
 * `tests/model/`. It starts no MongoDB. docs/differences.md says what was found so far.
 *
 * Exit codes: 0 nothing differs, 1 something does, 2 wrong arguments.
 */
import { parseArgs } from "node:util";

const BUILT = new URL("../../dist/packages/embedded-mongo/", import.meta.url);
const USAGE = "Usage: MONGODB_URL=mongodb://... node second-opinion.js [--cases N] [--seed N]";

function readArguments() {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
    },
  });
  const [cases, seed] = [Number(values.cases), Number(values.seed)];
  const url = process.env.MONGODB_URL;
  if (!url || !Number.isInteger(cases) || !Number.isInteger(seed)) throw new TypeError(USAGE);
  return { url, cases, seed };
}

/** @returns {Promise<number>} how many scenarios were answered differently. */
async function playScenarios({ url, cases, seed }) {
  const { sample } = await import("fast-check");
  const { MongoClient, MongoServerError } = await import("mongodb");
  const { scenarios } = await import(new URL("tests/random/scenario.js", BUILT).href);
  const { writeScript } = await import(new URL("tests/random/play.js", BUILT).href);
  const client = await MongoClient.connect(url, { retryWrites: false });
  const db = client.db(`second-opinion-${process.pid}`);
  let differences = 0;
  for (const [index, scenario] of sample(scenarios, { seed, numRuns: cases }).entries()) {
    const { expected, play } = writeScript(scenario);
    const collection = db.collection(`c${index}`);
    const answers = await play(collection, true).catch((error) => {
      if (error instanceof MongoServerError) return [`refused the indexes: ${error.message}`];
      throw error;
    });
    await collection.drop();
    const step = expected.findIndex((answer, position) => answer !== answers[position]);
    if (step === -1) continue;
    differences += 1;
    print({ index, scenario, step, expected: expected[step], answer: answers[step] });
  }
  await db.dropDatabase();
  await client.close();
  console.log(`${cases - differences} of ${cases} scenarios of seed ${seed} are answered alike`);
  return differences;
}

/** The first answer that differs; what follows may be its consequence. */
function print({ index, scenario, step, expected, answer }) {
  const asText = (value) =>
    JSON.stringify(value, (_name, part) => (typeof part === "bigint" ? `${part}` : part));
  console.log(
    `\nScenario ${index}: ${step === 0 ? "inserting" : asText(scenario.steps[step - 1])}`,
  );
  if (scenario.indexes.length > 0) console.log(`  indexes    ${asText(scenario.indexes)}`);
  console.log(`  reference  ${expected}\n  server     ${answer ?? "nothing"}`);
}

try {
  if ((await playScenarios(readArguments())) > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

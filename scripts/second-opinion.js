/**
 * Asks another MongoDB-compatible server what the tests ask of the embedded one, and prints where it answers differently:
 *
 *     MONGODB_URL=mongodb://… node scripts/second-opinion.js [--cases N] [--seed N] [--suite]
 *
 * Plays random scenarios (default 200, of seed 1) with their indexes and holds each answer to the plain reference
 * of `tests/embedded/mongo/model/`. `--suite` runs the product's own tests against the server as well. It starts no
 * MongoDB. docs/embedded-mongo-differences.md says what was found so far.
 *
 * Exit codes: 0 nothing differs, 1 something does, 2 wrong arguments.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ensureBuilt } from "./setup/build.js";
import { ensureInstalled } from "./setup/install.js";
import { CommandError, run } from "./setup/run.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const USAGE =
  "Usage: MONGODB_URL=mongodb://... node scripts/second-opinion.js [--cases N] [--seed N] [--suite]";

function readArguments() {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      suite: { type: "boolean", default: false },
    },
  });
  const [cases, seed] = [Number(values.cases), Number(values.seed)];
  const url = process.env.MONGODB_URL;
  if (!url || !Number.isInteger(cases) || !Number.isInteger(seed)) throw new TypeError(USAGE);
  return { url, cases, seed, hasSuite: values.suite };
}

/** @returns {Promise<number>} how many scenarios were answered differently. */
async function playScenarios({ url, cases, seed }) {
  const { sample } = await import("fast-check");
  const { MongoClient, MongoServerError } = await import("mongodb");
  const { scenarios } = await import("../dist/tests/embedded/mongo/random/scenario.js");
  const { writeScript } = await import("../dist/tests/embedded/mongo/random/play.js");
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

/** The product's tests, on the server that `MONGODB_URL` names; not those of the embedded parts. */
async function runSuite() {
  await run(process.execPath, ["scripts/test.js", "tests/(api|common|worker)"], { cwd: root });
}

try {
  const options = readArguments();
  await ensureInstalled(root, console.log);
  await ensureBuilt(root, console.log);
  if ((await playScenarios(options)) > 0) process.exitCode = 1;
  if (options.hasSuite) await runSuite();
} catch (error) {
  if (!(error instanceof CommandError || error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof CommandError ? 1 : 2;
}

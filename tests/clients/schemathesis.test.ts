import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeAll, expect } from "@jest/globals";
import { Deployment } from "../support/deployment.js";
import { isLong } from "../support/long.js";
import { needs } from "../support/needs.js";
import { pythonWith } from "../support/python-clients.js";
import { SmtpSink } from "../support/smtp-sink.js";
import { StreamingClient } from "../support/streaming-client.js";

/** The same requests in each run, unless another seed is given: a change is not refused for what it has nothing to do with. */
const SEED = process.env["SCHEMATHESIS_SEED"] ?? "1";
/** For how long the long form tries the operations of an account, in seconds. */
const SECONDS = isLong ? 600 : 180;
/** Where its settings and hooks are. */
const FOLDER = fileURLToPath(new URL("../../../tests/clients", import.meta.url));

/** Sequences of requests depend on the speed of the machine and on the ids in answers, so only the long form makes them. */
const REPEATABLE = ["--phases", "examples,coverage,fuzzing"];

const CONFIG = join(FOLDER, "schemathesis.toml");

/** Operations outside of the API's base path, whose `servers` schemathesis does not read. */
const PAGES =
  "^/($|assets|docs|drive|healthz|readyz|metrics|openapi|problems|setup|password-reset/|email-verification/|[.]well-known|s/|u/)";
/** The same, for admins alone. */
const BOARD = "^/admin/queues/[{]path";
/** Operations that end the session of the request. */
const SIGNING = "^/(login|logout|register)$";
/** Operations on accounts and credentials. */
const IDENTITY =
  "^/(login/|me|sessions|tokens|api-keys|admin|password-resets?$|email-verification$)";
/** Operations that only an upload grant is accepted for. */
const GRANTED = "^/upload-grants/current";
/** Their schemas have a pattern with Unicode classes, for which schemathesis 4.32.5 makes no values. */
const PASSKEYS = "^/me/passkeys";
/**
 * Checks that those operations do not pass: what they accept depends on passwords, codes and tokens, and what is at the path of one with an id may
 * have the name of another (`/tokens/refresh`).
 */
const NOT_OF_IDENTITY =
  "positive_data_acceptance,negative_data_rejection,missing_required_header,unsupported_method,allow_header_conformance,described_requests_are_not_malformed";

/** A stream of events ends after a second, as every answer here has to. */
const SHORT_STREAMS = { EVENT_STREAM_SECONDS: "1" };

/** Most sign-ins are those of nobody, and all come from one address. */
const ANY_GUESSES = {
  FREE_SIGN_IN_FAILURES: "off",
  FREE_SIGN_IN_FAILURES_PER_ACCOUNT: "off",
  FREE_SIGN_IN_FAILURES_PER_ADDRESS: "off",
};

const run = promisify(execFile);
const { describe, test } = needs("python3-venv");
let python: string;
let deployment: Deployment | undefined;
/** Without a mail server, a forgotten password is answered 501, which schemathesis takes for a failure. */
let sink: SmtpSink | undefined;

afterEach(async () => {
  await deployment?.close();
  await sink?.close();
  [deployment, sink] = [undefined, undefined];
});

describe("schemathesis, which makes requests from the OpenAPI document,", () => {
  beforeAll(async () => {
    python = await pythonWith(["schemathesis==4.32.5"]);
  }, 240_000);

  test(
    "finds no answer that the document does not promise, and no server error",
    async () => {
      const token = randomBytes(24).toString("hex");
      sink = await SmtpSink.start();
      const settings = {
        ...{ ...ANY_GUESSES, ...SHORT_STREAMS, ...sink.settings },
        METRICS_TOKEN: token,
      };
      deployment = await Deployment.start({ settings });
      const { url } = deployment;
      const { cookie } = await StreamingClient.register(url);

      const api = `${url}/api/v1`;
      const tryAll = (base: string, options: readonly string[]) =>
        tryOperations({ document: `${url}/openapi.json`, base, token }, options);
      const phases = isLong ? [] : REPEATABLE;
      const upTo = (examples: number) => [...phases, "--max-examples", String(examples)];
      await tryAll(url, [...upTo(10), "--include-path-regex", PAGES]);
      await tryAll(api, [
        ...[...upTo(10), "--exclude-checks", NOT_OF_IDENTITY],
        ...["--include-path-regex", SIGNING],
      ]);
      const admin = ["--header", `Cookie: ${await registerAdmin(deployment)}`];
      await tryAll(url, [...upTo(10), ...admin, "--include-path-regex", BOARD]);
      await tryAll(api, [
        ...[...upTo(5), "--exclude-checks", NOT_OF_IDENTITY, ...admin],
        ...[
          "--include-path-regex",
          IDENTITY,
          "--exclude-path-regex",
          `${PASSKEYS}|${BOARD}`,
          "--exclude-operation-id",
          "deleteAccount",
        ],
      ]);
      const others = ["--exclude-path-regex", `${PAGES}|${SIGNING}|${IDENTITY}|${GRANTED}`];
      const session = ["--header", `Cookie: ${cookie}`];
      const limit = isLong ? ["--max-time", String(SECONDS)] : upTo(10);
      await tryAll(api, [...limit, ...session, ...others]);

      for (const part of ["web", "worker"] as const) {
        expect(deployment.process(part).hasEnded).toBe(false);
        expect(deployment.failures(part)).toEqual([]);
      }
    },
    (SECONDS + 420) * 1000,
  );
});

/** @returns The cookie of somebody who may use every operation. */
async function registerAdmin(stowage: Deployment): Promise<string> {
  const { cookie } = await StreamingClient.register(stowage.url);
  await stowage.withDb((db) =>
    db.collection("accounts").updateMany({}, { $set: { role: "admin" } }),
  );
  return cookie;
}

interface Service {
  /** The URL of the OpenAPI document. */
  readonly document: string;
  /** What the paths of the document are below. */
  readonly base: string;
  /** `METRICS_TOKEN` */
  readonly token: string;
}

/** @throws With what schemathesis has found. */
async function tryOperations(
  { document, base, token }: Service,
  options: readonly string[],
): Promise<void> {
  const args = [
    ...["-m", "schemathesis.cli", "--config-file", CONFIG, "run", document, "--url", base],
    ...[
      "--continue-on-failure",
      "--no-color",
      "--request-timeout",
      "30",
      "--seed",
      SEED,
      ...options,
    ],
  ];
  const hooks = { SCHEMATHESIS_HOOKS: "schemathesis_hooks", PYTHONPATH: FOLDER };
  const env = { ...process.env, ...hooks, METRICS_TOKEN: token };
  // It leaves files where it runs.
  const cwd = await mkdtemp(join(tmpdir(), "stowage-schemathesis-"));
  try {
    const { stdout } = await run(python, args, { env, cwd, maxBuffer: 64 * 1024 * 1024 });
    expect(stdout).toMatch(/\d+ generated, \d+ passed/);
  } catch (error) {
    throw new Error(reportOf(error), { cause: error });
  } finally {
    await rm(cwd, { recursive: true });
  }
}

/** What was found comes first, then what the processes have logged about it: of a long output a reader may only see the ends. */
function reportOf(error: unknown): string {
  const stdout = String((error as { stdout?: unknown }).stdout ?? error);
  const findings = stdout.slice(Math.max(0, stdout.search(/^=+ (?:FAILURES|ERRORS) =+$/m)));
  const logged = (["web", "worker"] as const).flatMap((part) =>
    (deployment?.failures(part) ?? []).map((line) => `${part}: ${line.replaceAll("\\n", "\n")}`),
  );
  return [findings, ...logged].join("\n");
}

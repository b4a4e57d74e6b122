import { ObjectId } from "mongodb";
import { EncryptionKeyError } from "../../storage/errors.js";
import type { BlobChecker } from "../scrub/blob-checker.js";
import type { BlobJudge } from "../scrub/blob-judge.js";
import type { ReferenceRepair } from "../scrub/reference-repair.js";
import type { Check, Finding, FsckMode } from "./finding.js";

interface Deps {
  readonly checker: Pick<BlobChecker, "countAll">;
  readonly judge: BlobJudge;
  readonly referenceRepair: ReferenceRepair;
}

/** Every blob is whole, has its versions, and every version has its blob. */
export class BlobsCheck implements Check {
  readonly name = "blobs";
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  count(): Promise<number> {
    return this.#deps.checker.countAll();
  }

  async keysAfter(after: string | null, limit: number): Promise<string[]> {
    const keys: string[] = [];
    let last = after === null ? null : new ObjectId(after);
    while (keys.length < limit) {
      last = await this.#deps.judge.nextBlob(last);
      if (last === null) break;
      keys.push(last.toHexString());
    }
    return keys;
  }

  async inspect(key: string, { isDeep }: FsckMode, signal: AbortSignal): Promise<Finding[]> {
    const blobId = new ObjectId(key);
    const about = { id: key, ownerId: null };
    const findings: Finding[] = [];
    try {
      const damage = await this.#deps.judge.damageOf(blobId, isDeep ? reading(signal) : undefined);
      if (damage !== undefined && damage !== "gone") {
        findings.push({ ...about, kind: "damaged-blob", text: `${damage.kind}: ${damage.reason}` });
      }
    } catch (error) {
      if (!(error instanceof EncryptionKeyError)) throw error;
      findings.push({ ...about, kind: "missing-key", text: `the key ${error.keyId} is missing` });
    }
    const wrong = await this.#deps.referenceRepair.find(blobId);
    if (wrong !== undefined) {
      const { missing, dead } = wrong;
      const text = `${missing.length} versions do not hold it, ${dead.length} hold it that do not name it`;
      findings.push({ ...about, kind: "wrong-references", text });
    }
    return findings;
  }

  async repair(key: string, { kind }: Finding): Promise<string | undefined> {
    if (kind !== "wrong-references") return undefined;
    await this.#deps.referenceRepair.run(new ObjectId(key));
    return "the versions that hold it were corrected";
  }
}

const reading = (signal: AbortSignal) => ({
  onBytes: () => {
    signal.throwIfAborted();
    return Promise.resolve();
  },
});

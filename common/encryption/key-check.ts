import type { Db } from "mongodb";
import type { Logger } from "../platform/log.js";
import type { EncryptionKey } from "../platform/setting.js";
import { EncryptionRepository } from "./repository.js";

interface Options {
  readonly db: Db;
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly log: Logger;
}

/** Tells the operator which keys are in use and not configured. What they encrypt cannot be read; all else works. */
export async function reportMissingKeys({ db, encryptionKeys, log }: Options): Promise<void> {
  const known = new Set(encryptionKeys.map(({ id }) => id));
  try {
    const used = await new EncryptionRepository(db).listKeyIds();
    const missingKeyIds = used.filter((id) => !known.has(id));
    if (missingKeyIds.length > 0) {
      log.error({ missingKeyIds }, "Content is encrypted with keys that ENCRYPTION_KEYS lacks");
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ reason }, "Whether an encryption key is missing could not be found out");
  }
}

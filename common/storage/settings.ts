import type { ConfigOf } from "../platform/config.js";
import { encryptionKeys, topic } from "../platform/setting.js";

/** How stored content is encrypted. */
export const storageSettings = topic("Encryption", {
  encryptionKeys: encryptionKeys(
    "ENCRYPTION_KEYS",
    "The keys that encrypt stored content, separated by commas: id:key, each key 32 bytes in base64. The first encrypts new content; all decrypt. Empty: no encryption (see docs/encryption.md).",
  ),
});

export type StorageSettings = ConfigOf<typeof storageSettings>;

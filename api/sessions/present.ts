import type { CredentialDoc } from "../../common/credentials/credential.js";
import type { Id } from "../../common/platform/ids.js";
import { deviceOf } from "./device.js";

/** What a person has signed in for, as its owner sees it. `currentId` is the credential of the request. */
export function presentSignedIn(
  { _id: id, client, createdAt, lastUsedAt, expiresAt, methods }: CredentialDoc,
  currentId: Id,
) {
  return {
    id,
    device: deviceOf(client?.userAgent ?? null),
    addressPrefix: client?.addressPrefix ?? null,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
    methods,
    isCurrent: id === currentId,
  };
}

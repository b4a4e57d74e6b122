import type { InferType } from "yup";
import type { LinkPasswords } from "../../common/links/passwords.js";
import type { LinkChanges, ShareTerms } from "../../common/links/terms.js";
import type { changedLink, newLink } from "./schema.js";

type Hasher = Pick<LinkPasswords, "hash">;

/** What a share link is asked to be. What the body leaves out is nothing. */
export async function readTerms(
  { entryId: _entryId, permission, ...body }: InferType<typeof newLink.body>,
  passwords: Hasher,
  signal: AbortSignal,
): Promise<ShareTerms> {
  const none = { label: null, passwordHash: null, expiresAt: null, maxDownloads: null };
  return { ...none, notifiesFirstUse: false, permission, ...(await read(body, passwords, signal)) };
}

/** What is to change of a link. What the body leaves out is not among it. */
export const readChanges = (
  body: InferType<typeof changedLink.body>,
  passwords: Hasher,
  signal: AbortSignal,
): Promise<LinkChanges> => read(body, passwords, signal);

type Given = Omit<Partial<InferType<typeof changedLink.body>>, "permission"> & {
  readonly permission?: LinkChanges["permission"];
};

async function read(
  { password, expiresAt, label, maxDownloads, permission, isEnabled, notifiesFirstUse }: Given,
  passwords: Hasher,
  signal: AbortSignal,
): Promise<LinkChanges> {
  return {
    ...(label !== undefined && { label }),
    ...(permission !== undefined && { permission }),
    ...(maxDownloads !== undefined && { maxDownloads }),
    ...(isEnabled !== undefined && { isEnabled }),
    ...(notifiesFirstUse !== undefined && { notifiesFirstUse }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt === null ? null : new Date(expiresAt) }),
    ...(password !== undefined && {
      passwordHash: password === null ? null : await passwords.hash(password, signal),
    }),
  };
}

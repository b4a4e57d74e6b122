import type { FileEntry } from "../entries/entry.js";
import type { Actor } from "./actor.js";
import { type Granted, isOwn } from "./grants.js";
import type { Access } from "./service.js";

/** A share that was taken back ends a running download within this time, in milliseconds, as far as bytes still move. */
const CHECK_EVERY_MS = 500;

/**
 * Passes the content of a file on for as long as the actor may read it. What is the actor's own is passed on without asking again.
 *
 * @throws NotFoundError as soon as a share was taken back.
 */
export function whileShared<T>(
  { access, actor }: { readonly access: Pick<Access, "file">; readonly actor: Actor },
  { entry }: Granted<FileEntry, "read">,
  content: AsyncIterable<T>,
): AsyncIterable<T> {
  return isOwn(actor, entry)
    ? content
    : whileAllowed(() => access.file(actor, entry._id, "read"), content);
}

/**
 * Passes content on for as long as it is allowed.
 *
 * @param requireAllowed - Is asked again every half second, and throws when it is not allowed any more.
 * @throws What it throws.
 */
export async function* whileAllowed<T>(
  requireAllowed: () => Promise<unknown>,
  content: AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  let checkedAt = performance.now();
  for await (const piece of content) {
    if (performance.now() - checkedAt >= CHECK_EVERY_MS) {
      await requireAllowed();
      checkedAt = performance.now();
    }
    yield piece;
  }
}

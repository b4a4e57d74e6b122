import { isPaidByOther } from "../access/grants.js";
import type { Reservation } from "../quota/reservation.js";
import type { Quota } from "../quota/service.js";
import type { UploadDoc } from "./upload.js";

type Announced = Pick<UploadDoc, "ownerId" | "actorId" | "source" | "expectedBytes">;

/** How many bytes an upload will have; `undefined` while no length is announced. */
export const announcedOf = ({ expectedBytes }: Pick<UploadDoc, "expectedBytes">) =>
  expectedBytes === null ? undefined : Number(expectedBytes);

/** Whether the length of an upload reserves nothing. Who does not pay could take the whole quota with it, and send no byte. */
export const isReservedAsItComes = (upload: Announced): boolean =>
  upload.source === undefined && isPaidByOther(upload);

/** What an upload has reserved that another request began. The account is asked only where the ledger does not tell. */
export async function resumeReservation(
  quota: Pick<Quota, "hold" | "resume">,
  upload: Announced & Pick<UploadDoc, "_id">,
): Promise<Reservation> {
  const key = { ownerId: upload.ownerId, uploadId: upload._id };
  const announcedBytes = announcedOf(upload);
  const isWhole = announcedBytes !== undefined && !isReservedAsItComes(upload);
  if (isWhole) return quota.hold(key, announcedBytes, { limitBytes: null });
  return quota.resume(key, announcedBytes);
}

import type { IncomingUpload } from "../../common/uploads/service.js";
import type { UploadIntent } from "../../common/uploads/upload.js";
import type { Id } from "../../common/platform/ids.js";
import type { Client } from "./client.js";
import type { World } from "./world.js";

/**
 * An upload that a client's request would begin; what arrives, and whether it ends, is the test's to say. It is in the ledger from
 * the beginning, however small, unless the intent says otherwise.
 */
export async function beginUpload(
  world: World,
  client: Client,
  {
    uploadId,
    ...intent
  }: Pick<UploadIntent, "name"> & Partial<UploadIntent> & { readonly uploadId?: Id },
): Promise<IncomingUpload> {
  const defaults = {
    claimedType: null,
    expectedBytes: undefined,
    onConflict: "version",
    condition: null,
    expectsContinue: true,
  } as const;
  const actor = await world.actorOf(client);
  const { access, uploads } = world.services;
  const place = await access.place(actor, "root");
  return uploads.admit(
    place,
    { ...defaults, ...intent },
    uploadId === undefined ? {} : { uploadId },
  );
}

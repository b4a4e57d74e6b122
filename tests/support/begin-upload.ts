import type { IncomingUpload } from "../../common/uploads/incoming-upload.js";
import type { UploadIntent } from "../../common/uploads/admission.js";
import type { Client } from "./client.js";
import type { World } from "./world.js";

/** An upload that a client's request would begin; what arrives, and whether it ends, is the test's to say. */
export async function beginUpload(
  world: World,
  client: Client,
  intent: Pick<UploadIntent, "name"> & Partial<UploadIntent>,
): Promise<IncomingUpload> {
  return world.services.uploads.begin(await world.actorOf(client), {
    claimedType: null,
    expectedBytes: undefined,
    onConflict: "version",
    condition: null,
    ...intent,
  });
}

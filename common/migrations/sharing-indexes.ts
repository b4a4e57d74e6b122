import { linkIndexes } from "../links/indexes.js";
import { shareIndexes } from "../shares/repository.js";

/** The indexes of links, and of what accounts share with each other. */
export const sharingIndexes = { ...linkIndexes, ...shareIndexes };

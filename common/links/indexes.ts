import { linkIndexes as ownIndexes } from "./repository.js";
import { linkUseIndexes } from "./uses-repository.js";

/** The indexes of links, by collection. */
export const linkIndexes = { links: ownIndexes, linkUses: linkUseIndexes };

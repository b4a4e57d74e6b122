import { outboxIndexes } from "../events/outbox-repository.js";
import { linkIndexes as ownIndexes } from "./repository.js";
import { linkUseIndexes } from "./uses-repository.js";

/** The indexes of links, by collection. */
export const linkIndexes = {
  links: [...ownIndexes, ...outboxIndexes],
  linkUses: [...linkUseIndexes, ...outboxIndexes],
};

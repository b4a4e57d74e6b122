import { jobItemIndexes } from "./items-repository.js";
import { jobIndexes as ownIndexes } from "./repository.js";

/** The indexes of jobs, by collection. */
export const jobIndexes = { jobs: ownIndexes, jobItems: jobItemIndexes };

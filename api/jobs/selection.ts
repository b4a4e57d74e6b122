import type { InferType } from "yup";
import type { FoundBy, JobSelection } from "../../common/jobs/job.js";
import { readInstants } from "../search/schema.js";
import type { newJob } from "./schema.js";

type Given = InferType<typeof newJob.body>["selection"];

/** As a body has it: where it says nothing, nothing is filled in. */
type GivenSearch = Partial<NonNullable<Given["search"]>>;

/** What a body selects. Its schema has seen that it has one of the three. */
export function readSelection({ ids, folderId, search }: Partial<Given>): JobSelection {
  if (ids !== undefined) return { ids };
  return search === undefined ? { folderId: folderId ?? "root" } : readSearch(search);
}

function readSearch(search: GivenSearch): JobSelection {
  const { folderId: within = "root", match = "words", ...asked } = search;
  const found = { ...asked, match, ...readInstants(search) };
  // What was not asked for must not be kept as null.
  const given = Object.entries(found).filter(([, value]) => value !== undefined);
  return { folderId: within, search: Object.fromEntries(given) as unknown as FoundBy };
}

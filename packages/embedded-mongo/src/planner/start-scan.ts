import { CollectionScan } from "./collection-scan.js";
import { IndexScan } from "./index-scan.js";
import type { Plan } from "./plan.js";
import type { Scan, ScanContext } from "./scan.js";

export function startScan(context: ScanContext, plan: Plan): Scan {
  return plan.kind === "index"
    ? new IndexScan(context, plan)
    : new CollectionScan(context, plan.isBackward);
}

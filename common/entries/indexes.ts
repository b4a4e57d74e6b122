import type { IndexDescription } from "mongodb";

const LIVE = { partialFilterExpression: { isTrashed: false } };

/** The unique one holds all kinds. The sort orders begin with the kind, so that each kind is one range of each of them. */
export const entryIndexes: readonly IndexDescription[] = [
  { key: { ownerId: 1, parentId: 1, nameKey: 1 }, unique: true, ...LIVE },
  { key: { ownerId: 1, parentId: 1, kind: 1, nameSort: 1, _id: 1 }, ...LIVE },
  { key: { ownerId: 1, parentId: 1, kind: 1, sizeBytes: 1, _id: 1 }, ...LIVE },
  { key: { ownerId: 1, parentId: 1, kind: 1, createdAt: 1, _id: 1 }, ...LIVE },
  { key: { ownerId: 1, createdByUploadId: 1 } },
  {
    key: { "target.ownerId": 1 },
    partialFilterExpression: { "target.ownerId": { $exists: true } },
  },
  { key: { purgingSince: 1 }, partialFilterExpression: { isTrashed: true } },
];

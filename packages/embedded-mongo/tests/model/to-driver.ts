import {
  BSONRegExp,
  BSONSymbol,
  Binary,
  Code,
  Decimal128,
  type Document,
  Double,
  EJSON,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from "bson";
import type { Condition, Query } from "./matching.js";
import type { Field, Model } from "./model.js";

/** A model as the driver takes it. For values without the type `undefined` and names that are no numbers. */
export function toDriver(model: Model): unknown {
  switch (model.type) {
    case "int":
      return new Int32(model.value);
    case "double":
      return new Double(model.value);
    case "long":
      return Long.fromBigInt(model.value);
    case "date":
      return new Date(Number(model.value));
    case "timestamp":
      return new Timestamp(model.value);
    case "string":
      return model.text;
    case "bool":
      return model.value;
    case "null":
      return null;
    case "undefined":
      throw new RangeError("The driver cannot send undefined");
    case "object":
      return toDriverDocument(model.fields);
    case "array":
      return model.items.map(toDriver);
    case "decimal":
      return Decimal128.fromString(model.text);
    case "symbol":
      return new BSONSymbol(model.text);
    case "javascript":
      return new Code(model.text);
    case "javascriptWithScope":
      return new Code(model.text, toDriverDocument(model.scope));
    case "objectId":
      return new ObjectId(model.text);
    case "binData":
      return new Binary(Uint8Array.from(model.bytes), model.subtype);
    case "regex":
      return new BSONRegExp(model.pattern, model.options);
    case "minKey":
      return new MinKey();
    case "maxKey":
      return new MaxKey();
  }
}

export function toDriverDocument(fields: readonly Field[]): Document {
  return Object.fromEntries(fields.map(([name, value]) => [name, toDriver(value)]));
}

/** The same text for the same document: types, order of fields and all. */
export function textOf(document: Document): string {
  return EJSON.stringify(document, { relaxed: false });
}

export function toDriverFilter(query: Query): Document {
  if ("path" in query) return { [query.path]: toDriverOperators([query.condition]) };
  return { [query.logic]: query.queries.map(toDriverFilter) };
}

export function toDriverOperators(conditions: readonly Condition[]): Document {
  return Object.fromEntries(
    conditions.map((condition) => [condition.operator, toDriverOperand(condition)]),
  );
}

function toDriverOperand(condition: Condition): unknown {
  switch (condition.operator) {
    case "$in":
    case "$nin":
    case "$all":
      return condition.operands.map(toDriver);
    case "$exists":
      return condition.isWanted;
    case "$type":
      return condition.type;
    case "$size":
      return new Int32(condition.size);
    case "$regex":
      return new BSONRegExp(condition.pattern, condition.options);
    case "$mod":
      return [new Int32(condition.divisor), new Int32(condition.remainder)];
    case "$not":
      return toDriverOperators([condition.condition]);
    case "$elemMatch":
      return "query" in condition
        ? toDriverFilter(condition.query)
        : toDriverOperators(condition.conditions);
    case "$eq":
    case "$ne":
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return toDriver(condition.operand);
  }
}

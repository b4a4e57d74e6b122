import {
  BSONRegExp,
  BSONSymbol,
  Binary,
  Code,
  Decimal128,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from "bson";
import { arrayValue, buildDocument, type RawDocument } from "../../src/bson/document.js";
import { BsonType } from "../../src/bson/type.js";
import {
  NULL_VALUE,
  UNDEFINED_VALUE,
  boolValue,
  dateValue,
  doubleValue,
  fromJs,
  intValue,
  longValue,
  objectValue,
  stringValue,
  type BsonValue,
} from "../../src/bson/value.js";

/** A BSON value as plain data, for a reference implementation that shares nothing with the real one. */
export type Model =
  | { readonly type: "int" | "double"; readonly value: number }
  | { readonly type: "long" | "date" | "timestamp"; readonly value: bigint }
  | {
      readonly type: "decimal" | "string" | "symbol" | "javascript" | "objectId";
      readonly text: string;
    }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "null" | "undefined" | "minKey" | "maxKey" }
  | {
      readonly type: "binData";
      readonly subtype: number;
      readonly bytes: readonly number[];
    }
  | { readonly type: "regex"; readonly pattern: string; readonly options: string }
  | {
      readonly type: "javascriptWithScope";
      readonly text: string;
      readonly scope: readonly Field[];
    }
  | { readonly type: "object"; readonly fields: readonly Field[] }
  | { readonly type: "array"; readonly items: readonly Model[] };

export type Field = readonly [name: string, value: Model];

/** The BSON of a model. */
export function toBson(model: Model): BsonValue {
  switch (model.type) {
    case "int":
      return intValue(model.value);
    case "double":
      return doubleValue(model.value);
    case "long":
      return longValue(model.value);
    case "date":
      return dateValue(model.value);
    case "timestamp":
      return fromJs(
        Timestamp.fromBits(Number(model.value & 0xffffffffn), Number(model.value >> 32n)),
      );
    case "string":
      return stringValue(model.text);
    case "bool":
      return boolValue(model.value);
    case "null":
      return NULL_VALUE;
    case "undefined":
      return UNDEFINED_VALUE;
    case "object":
      return objectValue(toDocument(model.fields));
    case "array":
      return arrayValue(model.items.map(toBson));
    case "decimal":
      return fromJs(Decimal128.fromString(model.text));
    case "symbol":
      return fromJs(new BSONSymbol(model.text));
    case "javascript":
      return fromJs(new Code(model.text));
    case "javascriptWithScope": {
      const scope = toDocument(model.scope);
      const code = stringValue(model.text).bytes;
      const bytes = Buffer.concat([Buffer.alloc(4), code, scope]);
      bytes.writeInt32LE(bytes.length);
      return { type: BsonType.javascriptWithScope, bytes };
    }
    case "objectId":
      return fromJs(new ObjectId(model.text));
    case "binData":
      return fromJs(new Binary(Uint8Array.from(model.bytes), model.subtype));
    case "regex":
      return fromJs(new BSONRegExp(model.pattern, model.options));
    case "minKey":
      return fromJs(new MinKey());
    case "maxKey":
      return fromJs(new MaxKey());
  }
}

export function toDocument(fields: readonly Field[]): RawDocument {
  return buildDocument(fields.map(([name, value]) => [name, toBson(value)]));
}

import { type BodyPace, declaredLength, receiveBody } from "./body.js";
import { checkContentFields } from "./content-fields.js";
import type { JsonReader } from "./door.js";
import { BodyTooLargeError, MalformedBodyError, UnsupportedMediaTypeError } from "./errors.js";
import { charsetOf } from "./field-parameters.js";

const FORM_TYPE = "application/x-www-form-urlencoded";
const REPLACEMENT_CHARACTER = "\uFFFD";

interface Options {
  /** Reads a body of another type. */
  readonly readJson: JsonReader;
  /** The largest form, in bytes. */
  readonly maxBytes: number;
  readonly pace: BodyPace;
}

/**
 * Makes a function that reads what a form of a page sends without any script, as an object of texts. Other bodies are left to `readJson`.
 *
 * The function throws BodyTooLargeError, MalformedBodyError for a field that comes twice or is not in UTF-8, UnsupportedMediaTypeError for
 * another charset, and what `receiveBody` throws.
 */
export function formReader({ readJson, maxBytes, pace }: Options): JsonReader {
  return async (ctx, largestBytes) => {
    if (ctx.is(FORM_TYPE) !== FORM_TYPE) return readJson(ctx, largestBytes);
    checkContentFields(ctx.req.headers);
    if (charsetOf(ctx.get("Content-Type"), "utf-8") !== "utf-8") {
      throw new UnsupportedMediaTypeError("Send the form in UTF-8");
    }
    if ((declaredLength(ctx.req) ?? 0) > maxBytes) throw new BodyTooLargeError(maxBytes);
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of receiveBody(ctx.req, ctx.res, pace)) {
      bytes += piece.length;
      if (bytes > maxBytes) throw new BodyTooLargeError(maxBytes);
      pieces.push(piece);
    }
    const fields = fieldsOf(Buffer.concat(pieces).toString("utf8"));
    ctx.state.sentForm = fields;
    return fields;
  };
}

function fieldsOf(text: string): Record<string, string> {
  const fields = [...new URLSearchParams(text)];
  const names = fields.map(([name]) => name);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) throw new MalformedBodyError("The form has a field twice");
  if (fields.flat().some((part) => part.includes(REPLACEMENT_CHARACTER))) {
    throw new MalformedBodyError("The form is not in UTF-8");
  }
  return Object.fromEntries(fields);
}

import { createHash } from "node:crypto";
import type Koa from "koa";
import { array, boolean, mixed, type ObjectShape, string } from "yup";
import {
  descriptionFault,
  METADATA_LIMITS,
  type EntryMetadata,
  propertyFault,
  tagFault,
} from "../../common/entries/metadata.js";
import { PreconditionFailedError } from "../../common/platform/errors.js";
import { evaluateConditions } from "../http/conditional.js";

/** Some tags. */
export const tagList = array(
  string()
    .defined()
    .test("tag", (given: string | undefined, { createError }) => {
      const fault = given === undefined ? undefined : tagFault(given);
      return fault === undefined || createError({ message: `\${path} ${fault}` });
    }),
).max(METADATA_LIMITS.tags, `\${path} must have at most ${METADATA_LIMITS.tags} tags`);

const tags = tagList
  .nullable()
  .meta({ jsonSchema: { type: ["array", "null"], maxItems: METADATA_LIMITS.tags } });

const description = string()
  .nullable()
  .test("description", (given: string | null | undefined, { createError }) => {
    const fault = descriptionFault(given ?? "");
    return fault === undefined || createError({ message: `\${path} ${fault}` });
  })
  .meta({
    jsonSchema: { type: ["string", "null"], maxLength: METADATA_LIMITS.descriptionCharacters },
  });

type Properties = Record<string, string | null>;

const isProperties = (given: unknown): given is Properties =>
  typeof given === "object" &&
  given !== null &&
  !Array.isArray(given) &&
  Object.values(given).every((value) => value === null || typeof value === "string");

/** Any keys, whose values are texts, or `null` to remove them. */
const properties = mixed<Properties>({
  type: "object of texts",
  check: isProperties,
})
  .nullable()
  .test("properties", (given: Properties | null | undefined, { createError }) => {
    const [fault] = Object.entries(given ?? {}).flatMap(([key, value]) => {
      const found = propertyFault(key, value);
      return found === undefined ? [] : [found];
    });
    return fault === undefined || createError({ message: `\${path} ${fault}` });
  })
  .meta({ jsonSchema: { type: ["object", "null"] } });

/** The metadata that can be changed of files and folders, as a JSON Merge Patch (RFC 7396). */
export const metadataFields = {
  tags,
  description,
  isFavourite: boolean()
    .nullable()
    .meta({ jsonSchema: { type: ["boolean", "null"] } }),
  properties,
} satisfies ObjectShape;

interface PatchBody {
  readonly tags?: readonly string[] | null | undefined;
  readonly description?: string | null | undefined;
  readonly isFavourite?: boolean | null | undefined;
  readonly properties?: Properties | null | undefined;
}

/** What a body with {@link metadataFields} changes. */
export function readMetadataChange({ properties: given, ...change }: PatchBody) {
  if (given === undefined) return change;
  return { ...change, properties: given && new Map(Object.entries(given)) };
}

/** Every entry shows all of these. A key such as `__proto__` is refused before it is stored. */
export function presentMetadata({ isFavourite, properties: pairs = [], ...said }: EntryMetadata) {
  return {
    tags: said.tags ?? [],
    description: said.description ?? "",
    isFavourite: isFavourite === true,
    properties: Object.fromEntries(pairs.map(({ key, value }) => [key, value])),
  };
}

/** What is shown of an entry. */
interface Shown {
  readonly links: unknown;
  readonly [field: string]: unknown;
}

/**
 * The strong ETag of an entry's metadata: of all that is shown, but for its links, which depend on the path of the request. It is no
 * ETag of the content.
 */
export function metadataETag(shown: Shown): string {
  const facts = Object.entries(shown).filter(([name]) => name !== "links");
  const digest = createHash("sha256").update(JSON.stringify(facts)).digest("base64url");
  return `"m${digest.slice(0, 22)}"`;
}

/**
 * Answers with metadata, and its ETag.
 *
 * @throws PreconditionFailedError when the condition of a GET does not hold.
 */
export function sendMetadata(ctx: Koa.Context, shown: Shown): void {
  const etag = metadataETag(shown);
  ctx.set("ETag", etag);
  const isRead = ctx.method === "GET" || ctx.method === "HEAD";
  const verdict = isRead ? evaluateConditions(ctx.req.headers, { etag }) : "proceed";
  if (verdict === "failed") throw new PreconditionFailedError();
  if (verdict === "not-modified") ctx.status = 304;
  else ctx.body = shown;
}

/** Whether the conditions of a PATCH hold for metadata as it is now. @throws InvalidRequestError when one is malformed. */
export function isMetadataExpected(ctx: Koa.Context, shown: Shown): boolean {
  return evaluateConditions(ctx.req.headers, { etag: metadataETag(shown) }) === "proceed";
}

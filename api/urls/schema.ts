import { number, object, string } from "yup";
import { MOST_URL_SECONDS } from "../../common/links/expiring-urls.js";
import { id, optionalId } from "../http/fields.js";

export const oneFile = { params: object({ id }) };

/** `POST /files/{id}/urls`. Which names are valid, `common` decides. */
export const newUrl = {
  ...oneFile,
  body: object({
    expiresIn: number()
      .integer("${path} must be a whole number of seconds")
      .min(1, "${path} must be at least 1 second")
      .max(
        MOST_URL_SECONDS,
        `\${path} must be at most ${MOST_URL_SECONDS} seconds, which are 7 days`,
      )
      .defined("${path} is required")
      .meta({ jsonSchema: { type: "integer", minimum: 1, maximum: MOST_URL_SECONDS } }),
    method: string().oneOf(["GET", "PUT"] as const, "${path} must be one of ${values}"),
    versionId: optionalId,
    fileName: string(),
    disposition: string().oneOf(
      ["attachment", "inline"] as const,
      "${path} must be one of ${values}",
    ),
  }),
};

/** A URL itself. The name at its end says nothing: programs save files under it. */
export const oneUrl = { params: object({ token: string().defined(), name: string().defined() }) };

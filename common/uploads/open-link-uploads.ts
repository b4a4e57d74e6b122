import type { Db } from "mongodb";
import { LinksRepository } from "../links/repository.js";
import { UploadPlaces } from "../links/upload-places.js";
import { LinkUsesRepository } from "../links/uses-repository.js";
import { LinkUploads } from "./link-uploads.js";

interface LinkUploadOptions {
  readonly db: Db;
  readonly now: () => Date;
  readonly logMs: number;
}

/** Opens what holds uploads by links to what these allow. */
export function openLinkUploads({ db, ...options }: LinkUploadOptions): LinkUploads {
  const places = new UploadPlaces({ links: new LinksRepository(db) });
  return new LinkUploads({ ...options, places, uses: new LinkUsesRepository(db) });
}

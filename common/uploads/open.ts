import type { Db } from "mongodb";
import type { Access } from "../access/service.js";
import type { EntriesRepository } from "../entries/repository.js";
import type { LinkSettings } from "../links/settings.js";
import type { DeferredWork } from "../platform/deferred-work.js";
import type { OrderedWrites } from "../platform/ordered-writes.js";
import type { JobProducer } from "../queue/producer.js";
import type { Quota } from "../quota/service.js";
import type { Storage } from "../storage/open.js";
import type { VersionsRepository } from "../versions/repository.js";
import { hasStepsLeft } from "../versions/version.js";
import { defaultVersionRules, type VersionRuleSettings } from "../versions/settings.js";
import { Aborter } from "./aborter.js";
import { UploadsAdminRepository } from "./admin-repository.js";
import { UploadAdministration } from "./administration.js";
import { Admission } from "./admission.js";
import { Copies } from "./copies.js";
import type { LinkUploads } from "./link-uploads.js";
import { openLinkUploads } from "./open-link-uploads.js";
import { Publisher } from "./publisher.js";
import type { UploadsRepository } from "./repository.js";
import { Concatenation } from "./resumable/concatenation.js";
import type { Leases } from "./resumable/lease.js";
import { ResumableUploads } from "./resumable/service.js";
import { RevokedUploads } from "./revoked-uploads.js";
import { Uploads } from "./service.js";
import { TypeChecks } from "./type-checks.js";
import type { UploadDoc } from "./upload.js";
import type { ResumableUploadSettings, UploadSettings } from "./settings.js";

interface Publishing {
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly linkUploads: LinkUploads;
}

interface PublishingOptions {
  readonly db: Db;
  readonly uploads: UploadsRepository;
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly storage: Storage;
  readonly writes: OrderedWrites;
  readonly quota: Quota;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly deferred: Pick<DeferredWork, "defer">;
  readonly now: () => Date;
  readonly settings: ResumableUploadSettings & Pick<LinkSettings, "linkLogMs">;
}

/** Opens what finishes uploads, in requests and in the sweep. */
export function openPublishing(options: PublishingOptions): Publishing {
  const { db, uploads, versions, entries, storage, writes, quota } = options;
  const { jobs, deferred, now, settings } = options;
  const { references } = storage;
  const linkUploads = openLinkUploads({ db, now, logMs: settings.linkLogMs });
  const finishLater = ({ ownerId, _id }: UploadDoc) => {
    deferred.defer(async () => {
      const upload = await uploads.find(ownerId, _id);
      if (upload === null || upload.state === "published") return;
      if (!(await publisher.settle(upload))) await aborter.takeOver(upload);
    });
  };
  const aborter = new Aborter({ uploads, versions, references, quota, linkUploads, finishLater });
  const publisher = new Publisher({
    uploads,
    versions,
    entries,
    references,
    writes,
    quota,
    aborter,
    linkUploads,
    now,
    receiptMs: settings.resumableUploadExpiryMs,
    onPublished(upload, { file, isNewFile, isSettled }) {
      const { _id: uploadId, ownerId, versionId, source, isExpiring = false } = upload;
      if (source?.inspected === undefined || hasStepsLeft(source.inspected))
        jobs.enqueue({ name: "version.process", data: { ownerId, versionId, generation: 0 } });
      // An earlier version may be one too many now.
      if (isExpiring && !isNewFile)
        jobs.enqueue({ name: "version.expire", data: { ownerId, fileId: file._id } });
      if (!isSettled) jobs.enqueue({ name: "quota.settle", data: { ownerId, uploadId } });
    },
  });
  return { publisher, aborter, linkUploads };
}

interface Options extends Omit<PublishingOptions, "jobs">, Publishing {
  readonly access: Access;
  readonly leases: Leases;
  readonly settings: UploadSettings & PublishingOptions["settings"] & VersionRuleSettings;
}

interface CopyOptions extends Pick<
  PublishingOptions,
  "uploads" | "versions" | "entries" | "storage" | "writes" | "quota" | "now"
> {
  readonly publisher: Publisher;
  readonly aborter: Aborter;
  readonly linkUploads: LinkUploads;
  readonly settings: VersionRuleSettings;
  /** How long a copy whose process died is kept before the sweep removes it, in milliseconds. */
  readonly leaseMs: number;
}

/** Opens copies, for processes that take in nothing else. */
export function openCopies(options: CopyOptions): Copies {
  const { blobs, references, quarantine } = options.storage;
  const defaultRules = defaultVersionRules(options.settings);
  // No byte arrives: what is stored already is as large as it was allowed to be.
  const maxFileBytes = Number.MAX_SAFE_INTEGER;
  const admission = new Admission({ ...options, blobs, maxFileBytes, defaultRules });
  return new Copies({ ...options, admission, references, quarantine });
}

/** Opens the ways in for content. */
export function openUploads(options: Options) {
  const { access, uploads, entries, versions, writes, quota, leases } = options;
  const { blobs, resumableBlobs, references, quarantine } = options.storage;
  const { publisher, aborter, linkUploads, now, settings } = options;
  const { maxFileBytes, uploadLeaseMs: leaseMs, resumableUploadExpiryMs: expiryMs } = settings;
  const admission = new Admission({
    ...{ uploads, writes, entries, blobs, quota, aborter, linkUploads, now },
    maxFileBytes,
    defaultRules: defaultVersionRules(settings),
  });
  const finishing = { uploads, publisher, aborter, linkUploads, now };
  const typeChecks = new TypeChecks({ blobs, rules: settings });
  const common = { ...finishing, typeChecks, admission, leaseMs, maxFileBytes };
  const incoming = new Uploads({ ...common, blobs });
  const resumables = new ResumableUploads({
    ...common,
    blobs: resumableBlobs,
    quota,
    leases,
    entries,
    versions,
    access,
    expiryMs,
  });
  return {
    uploads: incoming,
    copies: new Copies({ ...common, entries, versions, references, quarantine }),
    resumableUploads: resumables,
    revokedUploads: new RevokedUploads({ uploads, aborter, deferred: options.deferred, now }),
    uploadAdministration: new UploadAdministration({
      everybodys: new UploadsAdminRepository(options.db),
      ...{ uploads, resumables, quota },
    }),
    concatenation: new Concatenation({ incoming, resumables, uploads, blobs, quota }),
  };
}

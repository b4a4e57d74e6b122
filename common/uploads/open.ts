import type { EntriesRepository } from "../entries/repository.js";
import type { OrderedWrites } from "../platform/ordered-writes.js";
import type { JobProducer } from "../queue/producer.js";
import type { Quota } from "../quota/service.js";
import type { Storage } from "../storage/open.js";
import type { VersionsRepository } from "../versions/repository.js";
import { Aborter } from "./aborter.js";
import { Admission } from "./admission.js";
import { Publisher } from "./publisher.js";
import type { UploadsRepository } from "./repository.js";
import { Concatenation } from "./resumable/concatenation.js";
import type { Leases } from "./resumable/lease.js";
import { ResumableUploads } from "./resumable/service.js";
import { Uploads } from "./service.js";
import type { ResumableUploadSettings, UploadSettings } from "./settings.js";

interface Publishing {
  readonly publisher: Publisher;
  readonly aborter: Aborter;
}

interface PublishingOptions {
  readonly uploads: UploadsRepository;
  readonly versions: VersionsRepository;
  readonly entries: EntriesRepository;
  readonly storage: Storage;
  readonly writes: OrderedWrites;
  readonly quota: Quota;
  readonly jobs: Pick<JobProducer, "enqueue">;
  readonly now: () => Date;
  readonly settings: ResumableUploadSettings;
}

/** Opens what finishes uploads, in requests and in the sweep. */
export function openPublishing(options: PublishingOptions): Publishing {
  const { uploads, versions, entries, storage, writes, quota, jobs, now, settings } = options;
  const { blobs } = storage;
  const aborter = new Aborter({ uploads, versions, blobs, quota });
  const publisher = new Publisher({
    uploads,
    versions,
    entries,
    blobs,
    writes,
    quota,
    aborter,
    now,
    receiptMs: settings.resumableUploadExpiryMs,
    onPublished({ _id: uploadId, ownerId, versionId }, { isSettled }) {
      jobs.enqueue({ name: "file.inspect", data: { ownerId, versionId, generation: 0 } });
      if (!isSettled) jobs.enqueue({ name: "quota.settle", data: { ownerId, uploadId } });
    },
  });
  return { publisher, aborter };
}

interface Options extends Omit<PublishingOptions, "jobs" | "versions">, Publishing {
  readonly leases: Leases;
  readonly settings: UploadSettings & ResumableUploadSettings;
}

/** Opens the ways in for content. */
export function openUploads(options: Options) {
  const { uploads, entries, writes, quota, leases } = options;
  const { blobs, resumableBlobs } = options.storage;
  const { publisher, aborter, now, settings } = options;
  const { maxFileBytes, uploadLeaseMs: leaseMs, resumableUploadExpiryMs: expiryMs } = settings;
  const admission = new Admission({
    uploads,
    writes,
    entries,
    blobs,
    quota,
    aborter,
    now,
    maxFileBytes,
  });
  const common = { admission, uploads, publisher, aborter, now, leaseMs, maxFileBytes };
  const incoming = new Uploads({ ...common, blobs });
  const resumables = new ResumableUploads({
    ...common,
    blobs: resumableBlobs,
    quota,
    leases,
    expiryMs,
  });
  return {
    uploads: incoming,
    resumableUploads: resumables,
    concatenation: new Concatenation({ incoming, resumables, uploads, blobs, quota }),
  };
}

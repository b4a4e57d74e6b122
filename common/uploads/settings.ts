import type { InspectionSettings } from "../inspection/settings.js";
import type { ConfigOf } from "../platform/config.js";
import { seconds, topic, wholeNumber } from "../platform/setting.js";

const GIB = 1024 ** 3;

/** The limits of every upload. */
export const uploadSettings = topic("Uploads", {
  maxFileBytes: wholeNumber("MAX_FILE_BYTES", "The largest file, in bytes.", {
    default: 16 * GIB,
    min: 0,
  }),
  maxFilesPerUpload: wholeNumber(
    "MAX_FILES_PER_UPLOAD",
    "The most files in one multipart request.",
    {
      default: 100,
      min: 1,
      max: 10_000,
    },
  ),
  uploadIdleTimeoutMs: seconds(
    "UPLOAD_IDLE_TIMEOUT_SECONDS",
    "How long a client may send nothing in the middle of a body, in seconds.",
    { default: 60, min: 1 },
  ),
  minUploadBytesPerSecond: wholeNumber(
    "MIN_UPLOAD_BYTES_PER_SECOND",
    "The least that a client must send, on average over an idle timeout, in bytes per second; 0 for no limit.",
    { default: 256, min: 0 },
  ),
  uploadLeaseMs: seconds(
    "UPLOAD_LEASE_SECONDS",
    "How long an upload whose web process died is kept before the sweep removes it, in seconds.",
    { default: 300, min: 1 },
  ),
});

export type UploadSettings = ConfigOf<typeof uploadSettings> & InspectionSettings;

/** How long resumable uploads stay. The worker reads this too. */
export const resumableUploadSettings = topic("Resumable uploads", {
  resumableUploadExpiryMs: seconds(
    "RESUMABLE_UPLOAD_EXPIRY_SECONDS",
    "How long a resumable upload is kept after its last byte, in seconds.",
    { default: 86_400, min: 1 },
  ),
});

export type ResumableUploadSettings = ConfigOf<typeof resumableUploadSettings>;

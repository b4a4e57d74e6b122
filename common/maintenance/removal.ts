import type { MaintenanceSettings } from "./settings.js";
import type { TrashSettings } from "../trash/settings.js";
import { PurgeClaims } from "./claims-repository.js";
import { openExpiry } from "./expiry.js";
import { FilePurge } from "./file-purge.js";
import { FolderPurge } from "./folder-purge.js";
import { TrashPurge } from "./trash-purge.js";

type FileDeps = Omit<ConstructorParameters<typeof FilePurge>[0], "claims">;
type FolderDeps = Omit<ConstructorParameters<typeof FolderPurge>[0], "delayMs">;
type TrashDeps = Omit<ConstructorParameters<typeof TrashPurge>[0], "retentionMs">;

type ExpiryOptions = Parameters<typeof openExpiry>[0];

type Options = FileDeps &
  FolderDeps &
  TrashDeps &
  ExpiryOptions & { readonly settings: MaintenanceSettings & TrashSettings };

/** Opens what removes deleted files and folders, and what the trash and the rules about versions do not keep any more. */
export function openRemoval({ settings, ...deps }: Options) {
  return {
    ...openExpiry({ ...deps, settings }),
    filePurge: new FilePurge({ ...deps, claims: new PurgeClaims(deps.db) }),
    folderPurge: new FolderPurge({ ...deps, delayMs: settings.accountPurgeDelayMs }),
    trashPurge: new TrashPurge({ ...deps, retentionMs: settings.trashRetentionMs }),
  };
}

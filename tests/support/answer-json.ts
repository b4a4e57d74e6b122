/** A file, as `openapi/components/schemas/files.yaml` has it. */
export interface FileJson {
  readonly id: string;
  readonly kind: string;
  readonly folderId: string;
  readonly path: string | null;
  readonly name: string;
  readonly sizeBytes: number;
  readonly type: string | null;
  readonly claimedType: string | null;
  readonly state: string;
  readonly sha256: string;
  readonly etag: string;
  readonly versionId: string;
  readonly tags: readonly string[];
  readonly description: string;
  readonly isFavourite: boolean;
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly modifiedAt: string;
  readonly links: {
    readonly content: string;
    readonly metadata: string;
    readonly preview: string | null;
  };
}

/** A version of a file, as `openapi/components/schemas/versions.yaml` has it. */
export interface VersionJson {
  readonly id: string;
  readonly sha256: string;
  readonly etag: string;
  readonly label: string | null;
  readonly isCurrent: boolean;
  readonly links: { readonly content: string };
}

/** A folder, as `openapi/components/schemas/folders.yaml` has it. */
export interface FolderJson {
  readonly id: string;
  readonly kind: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly links: { readonly metadata: string; readonly children: string };
}

/** An archive that is ready, as `openapi/components/schemas/archives.yaml` has it. */
export interface ArchiveJson {
  readonly id: string;
  readonly state: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly tarSizeBytes: number;
  readonly entryCount: number;
  readonly links: { readonly content: string; readonly metadata: string };
}

/** What became of one entry in a job, as `openapi/components/schemas/jobs.yaml` has it. */
export interface JobItemJson {
  readonly n: number;
  readonly sourceId: string;
  readonly resultId: string | null;
}

/** A job, as `openapi/components/schemas/jobs.yaml` has it. */
export interface JobJson {
  readonly finishedAt: string | null;
  readonly progress: {
    readonly done: number;
    readonly failed: number;
    readonly total: number | null;
  };
  readonly result: { readonly id: string; readonly links: { readonly metadata: string } } | null;
  readonly links: { readonly job: string; readonly items: string };
}

/** A link, as `openapi/components/schemas/links.yaml` has it. */
export interface LinkJson {
  readonly entryId: string;
  readonly entryPath: string | null;
  readonly url: string;
}

/** A session or a token family, as `openapi/components/schemas/sessions.yaml` has it. */
export interface SignedInJson {
  readonly id: string;
  readonly name: string | null;
  readonly scopes: readonly string[] | null;
  readonly device: { readonly browser: string | null; readonly system: string | null };
  readonly addressPrefix: string | null;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
  readonly isCurrent: boolean;
}

/** An event, as `openapi/components/schemas/audit.yaml` has it. */
export interface AuditEventJson {
  readonly at: string;
  readonly action: string;
  readonly accountId: string | null;
  readonly actor: {
    readonly accountId: string;
    readonly credentialKind: string;
    readonly credentialId: string | null;
  } | null;
  readonly client: { readonly addressPrefix: string } | null;
  readonly target: { readonly kind: string; readonly id: string } | null;
}

export interface UsageJson {
  readonly bytes: number;
  readonly reservedBytes: number;
  readonly files: number;
  readonly limitBytes: number | null;
}

export interface ProblemJson {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly errors: readonly { readonly in: string; readonly pointer: string }[];
}

/** A mount. `target` is `null` where no share leads there. */
export interface MountJson {
  readonly id: string;
  readonly path: string;
  readonly target: {
    readonly id: string;
    readonly owner: object;
    readonly links: FileJson["links"] & FolderJson["links"];
  };
}

/** Every field that an answer may have; the test knows which it has. */
export interface Json
  extends MountJson, FileJson, FolderJson, ArchiveJson, JobJson, LinkJson, ProblemJson {
  readonly path: string;
  readonly key: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly links: FileJson["links"] & FolderJson["links"] & JobJson["links"];
  readonly username: string;
  readonly role: string;
  readonly isDisabled: boolean;
  readonly token: string;
  readonly usesLeft: number;
  readonly pipeline: readonly object[];
  readonly preview: object | null;
  readonly versionRules: Readonly<Record<string, number | null>> | null;
  readonly live: Readonly<Record<string, number>> | null;
  readonly versions: Readonly<Record<string, number>> | null;
  readonly trash: Readonly<Record<string, number>> | null;
  readonly byType: readonly object[] | null;
  readonly inFlight: Readonly<Record<string, number>>;
  readonly measuredAt: string | null;
  readonly usedBytes: number;
  readonly limitBytes: number | null;
  readonly usage: UsageJson;
  readonly items: readonly (FileJson &
    SignedInJson &
    AuditEventJson &
    JobItemJson &
    LinkJson & {
      readonly status: number;
      readonly file: FileJson;
      readonly entry: FileJson;
      readonly problem: ProblemJson;
    })[];
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly scope: string;
  readonly nextCursor: string | null;
  readonly since: number;
  readonly nextSince: number;
  readonly hasMore: boolean;
  readonly total: number;
  readonly limit: number;
}

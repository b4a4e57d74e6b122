/** The error codes of MongoDB that this server answers with, by name (MongoDB's `error_codes.yml`). */
export const ERROR_CODES = {
  InternalError: 1,
  BadValue: 2,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  UnknownReplWriteConcern: 79,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  OperationFailed: 96,
  CannotSatisfyWriteConcern: 100,
  InvalidPipelineOperator: 168,
  CommandNotSupported: 115,
  CannotIndexParallelArrays: 171,
  InvalidIndexSpecificationOption: 197,
  CannotBuildIndexKeys: 201,
  QueryFeatureNotAllowed: 224,
  CursorKilled: 237,
  ConversionFailure: 241,
  SnapshotUnavailable: 246,
  ClientDisconnect: 279,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  APIVersionError: 322,
  APIStrictError: 323,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InterruptedAtShutdown: 11600,
  OutOfDiskSpace: 14031,
} as const;

export type CodeName = keyof typeof ERROR_CODES;

/**
 * A refusal or failure as MongoDB would report it: `{ ok: 0, errmsg, code, codeName }` for a command, or an entry
 * of `writeErrors`. Codes that MongoDB has without a name are given as a number and named `Location<code>`.
 */
export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;

  constructor(code: CodeName | number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
    this.code = typeof code === "number" ? code : ERROR_CODES[code];
    this.codeName = typeof code === "number" ? `Location${code}` : code;
  }
}

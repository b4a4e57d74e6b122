/** The scanner has given no verdict. That says nothing about the content, unless it happens again and again. */
export class ScannerError extends Error {
  /** Whether the scanner had begun with the content: what ends it each time is not tried for ever. */
  readonly hasBegun: boolean;

  constructor(message: string, { hasBegun, cause }: { hasBegun: boolean; cause?: unknown }) {
    super(message, { cause });
    this.name = new.target.name;
    this.hasBegun = hasBegun;
  }
}

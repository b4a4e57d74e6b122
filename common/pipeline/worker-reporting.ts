import { openScanner } from "../scan/open.js";
import type { ScanSettings } from "../scan/settings.js";
import { ScannerStatus } from "../scan/status.js";
import { PipelineAbilities } from "./abilities.js";
import { WorkerReports } from "./worker-reports.js";

type Options = ConstructorParameters<typeof WorkerReports>[0] &
  Omit<ConstructorParameters<typeof PipelineAbilities>[0], "scannerStatus"> & {
    readonly settings: ScanSettings;
  };

/** Lets web processes know what this worker can do. */
export class WorkerReporting {
  readonly #abilities: PipelineAbilities;
  readonly #reports: WorkerReports;

  constructor(options: Options) {
    const scannerStatus = new ScannerStatus(openScanner(options.settings));
    this.#abilities = new PipelineAbilities({ ...options, scannerStatus });
    this.#reports = new WorkerReports(options);
  }

  /** Reports once. @throws What Redis throws. */
  async run(signal: AbortSignal): Promise<void> {
    const parts = await this.#abilities.list(signal);
    if (!signal.aborted) await this.#reports.store(parts);
  }

  /** Takes the report back. If that fails, it is removed when it is old. */
  async close(): Promise<void> {
    await this.#reports.remove().catch(() => undefined);
  }
}

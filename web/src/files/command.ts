import type { IconName } from "../parts/icon.js";

/** Something that can be done with what is selected. */
export interface Command {
  readonly name: string;
  readonly icon: IconName;
  readonly label: string;
  /** As the help shows it. */
  readonly key?: string;
  readonly isDanger?: boolean;
  /** Whether it has a button in the toolbar, and not only a line of the menu. */
  readonly isInToolbar?: boolean;
  readonly run: () => void;
}

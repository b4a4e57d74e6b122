/** Why a task has ended the process that did it. */
export type MediaDeath = "died" | "too-slow" | "too-much-memory";

/** A task has ended the process that did it. The next task gets a new one. */
export class MediaDeathError extends Error {
  readonly death: MediaDeath;

  constructor(death: MediaDeath, how: string) {
    super(`The media process has ended: ${how}`);
    this.name = "MediaDeathError";
    this.death = death;
  }
}

/** Whether a task has ended its process because it used too much memory. It would need as much again. */
export const needsTooMuchMemory = (error: unknown): boolean =>
  error instanceof MediaDeathError && error.death === "too-much-memory";

import { type Setting, SettingError } from "./setting.js";

/** Environment variables, by the names that their values have in the code. */
export type Settings = Readonly<Record<string, Setting<unknown>>>;
/** The values of settings. */
export type ConfigOf<S extends Settings> = { readonly [K in keyof S]: ReturnType<S[K]["read"]> };

/** The environment does not describe a working process. `message` has one line a fault, and no secret. */
export class ConfigError extends Error {}

/**
 * Reads a process's whole configuration, once, at its start.
 *
 * @throws {@link ConfigError} that lists all faults at once.
 */
export function loadConfig<S extends Settings>(
  settings: S,
  env: Readonly<Record<string, string | undefined>>,
): ConfigOf<S> {
  // Several settings may be read from one variable, whose fault is told once.
  const faults = new Set<string>();
  const config: Partial<Record<keyof S, unknown>> = {};
  for (const key of Object.keys(settings) as (keyof S)[]) {
    try {
      config[key] = settings[key]?.read(env);
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      faults.add(error.message);
    }
  }
  if (faults.size > 0) throw new ConfigError([...faults].join("\n"));
  return config as ConfigOf<S>;
}

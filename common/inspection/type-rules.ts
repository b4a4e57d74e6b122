/** Which contents an installation stores, by the type that is found. */
export interface TypeRules {
  /** Types, or families of them such as `image/*`. Empty: all. */
  readonly allowedTypes: readonly string[];
  /** The same. What is denied is not stored, although it is allowed. */
  readonly deniedTypes: readonly string[];
}

/** A media type, or a family of them such as `image/*`, in lower case. */
export const TYPE_PATTERN =
  /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]{0,126})$/;

/** @param pattern - As {@link TYPE_PATTERN}. */
export function isOfType(type: string, pattern: string): boolean {
  return pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** Whether contents of a type are stored. */
export function isTypeAllowed(type: string, { allowedTypes, deniedTypes }: TypeRules): boolean {
  const isOneOf = (patterns: readonly string[]) => patterns.some((each) => isOfType(type, each));
  return (allowedTypes.length === 0 || isOneOf(allowedTypes)) && !isOneOf(deniedTypes);
}

/** Whether some types are not stored, so that contents have to be looked at. */
export const hasTypeRules = ({ allowedTypes, deniedTypes }: TypeRules): boolean =>
  allowedTypes.length + deniedTypes.length > 0;

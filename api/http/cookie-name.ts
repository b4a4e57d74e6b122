/**
 * What a cookie for every path is called. Where it is `Secure`, its name begins with `__Host-`: then browsers take it over TLS alone, and from this very
 * host, never from another one below the same domain (RFC 6265bis §4.1.3.2).
 */
export function cookieName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}

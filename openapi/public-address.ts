/** Ranges that are no host's on the internet: https://www.iana.org/assignments/iana-ipv4-special-registry */
const notPublic = [
  ...[/^(?:0|10|127)\./, /^169\.254\./, /^192\.168\./, /^172\.(?:1[6-9]|2\d|3[01])\./],
  ...[/^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./, /^(?:22[4-9]|2[345]\d)\./],
];

/** The address of the public internet that a URL names instead of a host's name, if it does. */
export function publicAddressIn(url: string): string | undefined {
  const host = /^https?:\/\/(?:[^@/?#]*@)?(\[[0-9a-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3})(?=[:/?#]|$)/i.exec(
    url,
  )?.[1];
  if (host === undefined) return undefined;
  // Global unicast addresses of IPv6 are those of 2000::/3.
  if (host.startsWith("[")) return /^\[[23]/.test(host) ? host : undefined;
  return notPublic.some((range) => range.test(host)) ? undefined : host;
}

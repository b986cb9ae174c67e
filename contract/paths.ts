/** Whether a path is this prefix or under it: `/a/b` is under `/a`, `/ab` is not. */
export function isAtOrBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

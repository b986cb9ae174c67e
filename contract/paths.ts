/** Whether a path is this one or below it: `/a/b` is below `/a`, `/ab` is not. */
export function isAtOrBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

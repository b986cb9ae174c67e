/** `s3:PutObject` as `S3PutObject`: a statement's id takes no other characters than letters and digits. */
export function statementId(action: string): string {
  const [service = "", call = ""] = action.split(":");
  return service.charAt(0).toUpperCase() + service.slice(1) + call;
}

/** Name of a stack's local state. It lies beside the output folder of the synthesis, which is `cdktf.out` unless CDKTF_OUTDIR names another. */
export function stateFileName(stack: string): string {
  return `terraform.${stack}.tfstate`;
}

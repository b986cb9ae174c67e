/**
 * A text as Terraform has to see it to read it back unchanged: both template introducers are doubled.
 * https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
 */
export function escapeTerraform(text: string): string {
  // In a replacement text `$$` stands for one dollar sign.
  return text.replaceAll("${", "$$$${").replaceAll("%{", "%%{");
}

/** The ARN of the function that is named, by its ARN or its name. Of each there is one version here, whichever an alias behind it names. */
export function findFunction(arns: Iterable<string>, named: string): string | undefined {
  const fields = named.split(":");
  const isNamed = named.startsWith("arn:")
    ? (arn: string) => arn === fields.slice(0, 7).join(":")
    : (arn: string) => arn.split(":")[6] === fields[0];
  return [...arns].find(isNamed);
}

import { ROLE_NAME } from "./name-rules.ts";
import { rule, type TerraformVariables } from "./terraform-variables.ts";

/** Declares the names of a stack's roles, each of another one: a role has only the rights of its own task. */
export function declareRoles(variables: TerraformVariables) {
  // Each is compared with those before it: Terraform allows no circle of validations.
  const earlierRoles: string[] = [];
  return (name: string, value: string, description: string) => {
    const earlier = `[${earlierRoles.join(", ")}]`;
    earlierRoles.push(`var.${name}_role_name`);
    return variables.string(
      `${name}_role_name`,
      value,
      description,
      ROLE_NAME,
      rule(
        (reference) => `!contains(${earlier}, ${reference})`,
        "must not be the name of another role of the stack.",
      ),
    );
  };
}

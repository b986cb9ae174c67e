/** What all environments of this project have in common. Make these yours first. */
export const project = {
  runbookUrl: "https://github.com/example/private-ingestion-api/blob/main/docs/operations.md",
  terraformEnterprise: { hostname: "terraform.example.com", organization: "example" },
} as const;

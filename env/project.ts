/** Values that all environments share. Change these first. */
export const project = {
  runbookUrl: "https://github.com/example/private-ingestion-api/blob/main/docs/operations.md",
  terraformEnterprise: { hostname: "terraform.example.com", organization: "example" },
  /** Products in use after their end of support (npm run support): why, and until when that is accepted. */
  supportExceptions: [
    {
      product: "cdktf",
      version: "0.21",
      reason: "it is not deployed, and npm run synth:cdktn shows that its fork writes the same configuration",
      until: "2027-06-30",
    },
    {
      product: "Node.js",
      version: "20",
      reason: "only the oldest version that runs the tools: functions and builds use a newer one",
      until: "2026-12-31",
    },
    {
      product: "Terraform",
      version: "1.10",
      reason: "only the oldest version with state locks in S3: builds use a newer one",
      until: "2027-02-27",
    },
  ],
} as const;

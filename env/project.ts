/** What all environments of this project have in common. Make these yours first. */
export const project = {
  runbookUrl: "https://github.com/example/private-ingestion-api/blob/main/docs/operations.md",
  terraformEnterprise: { hostname: "terraform.example.com", organization: "example" },
  /** What is used past its end of support (npm run support), why, and until when that is accepted. */
  supportExceptions: [
    {
      product: "cdktf",
      version: "0.21",
      reason: "nothing of it is deployed, and npm run synth:cdktn shows that its fork writes the same",
      until: "2027-06-30",
    },
    {
      product: "Node.js",
      version: "20",
      reason: "only the oldest that runs the tools: functions and builds run on a newer one",
      until: "2026-12-31",
    },
    {
      product: "Terraform",
      version: "1.10",
      reason: "only the oldest with locks in S3 itself: builds run a newer one",
      until: "2027-02-27",
    },
  ],
} as const;

import { onLiterals, placeholder, type Step } from "./literal.ts";

/** As it is, and percent-encoded in a query. */
const separators = [
  { colon: ":", slash: "/" },
  { colon: "%3A", slash: "%2F" },
];

const patterns = separators.map(
  ({ colon, slash }) =>
    new RegExp(
      `(https?${colon}${slash}${slash}(?:sqs(?:-fips)?\\.)?)([a-z0-9-]+)(\\.(?:queue\\.)?(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)${slash})(\\d{12})(${slash})([\\w-]+(?:\\.fifo)?)`,
      "gi",
    ),
);

export const queueUrl: Step = (text, _, { home, ...options }) =>
  patterns.reduce(
    (outer, pattern) =>
      onLiterals(outer, (literal) =>
        literal.replace(pattern, (url, before, region, after, account, slash, name) =>
          region === home.region && account === home.account
            ? `${before}{{region}}${after}{{account}}${slash}${placeholder({ home, ...options }, "queue", name)}`
            : url,
        ),
      ),
    text,
  );

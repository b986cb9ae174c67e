import { onLiterals, placeholder, type Step } from "./literal.ts";

export const queueUrl: Step = (text, _, { home, ...options }) =>
  onLiterals(text, (literal) =>
    literal.replace(
      /(https:\/\/(?:sqs\.)?)([a-z0-9-]+)(\.(?:queue\.)?amazonaws\.com(?:\.cn)?\/)(\d{12})\/([\w-]+(?:\.fifo)?)/g,
      (url, before, region, after, account, name) =>
        region === home.region && account === home.account
          ? `${before}{{region}}${after}{{account}}/${placeholder({ home, ...options }, "queue", name)}`
          : url,
    ),
  );

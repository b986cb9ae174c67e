import { hostsOf } from "../../aws-literals/hosts.ts";
import { placeholder, type Step } from "./literal.ts";

/** The name of a bucket, before S3's own; and a whole name that AWS gave. */
export const awsHost: Step = (text, _, options) =>
  hostsOf(text)
    .toReversed()
    .reduce((before, { host, index, use, bucket }) => {
      const replaced = use === "bucket" ? bucket : use === "customer" && !host.includes("{") ? host : "";
      if (replaced === "") return before;
      const kind = use === "bucket" ? "bucket" : "host";
      return (
        before.slice(0, index) + placeholder(options, kind, replaced) + before.slice(index + replaced.length)
      );
    }, text);

/** S3's own name, with a bucket as the first part of the path. */
export const bucketPath: Step = (text, _, options) =>
  hostsOf(text)
    .toReversed()
    .reduce((before, { host, index, use }) => {
      const end = index + host.length;
      if (use === "customer" || !/^s3[.-]/i.test(host)) return before;
      const [, start = "", name] =
        /^((?::\d+)?(?:\/|%2F))([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?![\w.{}$-])/.exec(before.slice(end)) ?? [];
      if (name === undefined) return before;
      const at = end + start.length;
      return before.slice(0, at) + placeholder(options, "bucket", name) + before.slice(at + name.length);
    }, text);

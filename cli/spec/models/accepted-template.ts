/**
 * The body of a 202, and its header Location, as a template of API Gateway. The URL of the submission is relative to that of
 * the request: it stands below the last segment of its path, which is empty where the path ends with a slash.
 *
 * In it stands the alias of the submission's id: its base64 without padding, which for the characters of an id has no "+" and
 * no "/". Every method has the same meaning with texts of Java and of JavaScript, as long as no argument has a meaning as
 * regular expression.
 */
export const ACCEPTED_TEMPLATE = [
  '#set($alias = $util.base64Encode($context.extendedRequestId).replaceAll("=", ""))',
  '#set($url = "submissions/$alias")',
  '#set($last = $context.path.substring($context.path.lastIndexOf("/")).replaceAll("/", ""))',
  "#set($last = $util.urlEncode($last))",
  '#if($last != "")#set($url = "$last/$url")#end',
  "#set($context.responseOverride.header.Location = $url)",
  '{"submissionId":"$context.extendedRequestId","status":"accepted","statusUrl":"$url"}',
].join("");

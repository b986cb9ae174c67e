const areas = "(?:af|ap|ca|cn|eu|eusc-de|eu-isoe|il|me|mx|sa|us|us-gov|us-iso[bf]?)";
const directions = "(?:central|(?:north|south)(?:east|west)?|east|west)";

/**
 * The form of a region's name, without a list that ages: the areas and the shape are those of the partitions in
 * https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
 */
export const awsRegion = `${areas}-${directions}-\\d`;

/** A region, or what stands for the API's own. */
export const regionOrPlaceholder = `(?:${awsRegion}|\\{\\{region\\}\\})`;

/** Behind a percent-encoded character, and an escaped line break of JSON, a word begins although a letter precedes it. */
const afterEscape = "(?<=%[0-9A-Fa-f]{2})|(?<=\\\\[nrt])";

/** Where an id or a number may begin. */
export const wordStart = `(?:(?<![A-Za-z0-9]|%[0-9A-Fa-f]?)|${afterEscape})`;

/** Where an id with hyphens may begin. */
export const idStart = `(?:(?<![A-Za-z0-9_-]|%[0-9A-Fa-f]?)|${afterEscape})`;

/** Where a DNS name may begin: within one, only behind what is no label, such as `*.`. */
export const hostStart = `(?:(?<![A-Za-z0-9_-]|[A-Za-z0-9_}-]\\.|%[0-9A-Fa-f]?)|${afterEscape})`;

/** Amazon S3 lists keys by their bytes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Where a key is, or is to be, among sorted ones. */
export function placeOf(key: string, sortedKeys: readonly string[]): number {
  let [from, to] = [0, sortedKeys.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (compareKeys(sortedKeys[middle] ?? "", key) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Calls to S3 at the same time: many small objects do not wait for each other, and large ones do not fill the memory. */
const maxConcurrent = 10;

/** The results in order; or the first failure, once nothing is under way any more: what goes on behind an answer is cut off anywhere. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += maxConcurrent) {
    const settled = await Promise.allSettled(items.slice(start, start + maxConcurrent).map(work));
    for (const each of settled) {
      if (each.status === "rejected") {
        throw each.reason;
      }
      results.push(each.value);
    }
  }
  return results;
}

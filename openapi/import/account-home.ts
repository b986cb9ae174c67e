/** Where an export comes from, as far as it shows. */
export interface AccountHome {
  readonly partition: string | undefined;
  readonly region: string | undefined;
  readonly account: string | undefined;
  /** Of the text that told the account, where it was not given. */
  readonly accountAt?: string;
}

/** Whether it names another partition, region or account than the document's own. */
export function isForeign(
  { partition, region, account }: { partition?: string; region: string; account: string },
  home: AccountHome,
): boolean {
  const differs = (value: string | undefined, own: string | undefined) =>
    value !== undefined && value !== "" && own !== undefined && value !== own;
  return differs(partition, home.partition) || differs(region, home.region) || differs(account, home.account);
}

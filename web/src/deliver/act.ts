// What a person asks of a destination.
import { post } from '../api/client.ts';
import { reload } from '../api/resource.ts';
import type { Destination, DestinationAct } from '../api/types.ts';

export const listPath = 'telegram-gateway/destinations';
export const onePath = (name: string): string => `${listPath}/${encodeURIComponent(name)}`;

export async function act(name: string, what: DestinationAct): Promise<void> {
  await post(`${onePath(name)}/${what}`);
  await Promise.all([reload(listPath), reload(onePath(name))]);
}
export const may = ({ acts }: Destination, what: DestinationAct): boolean => acts?.includes(what) ?? false;
export const reasonOf = (error: unknown): string => (error as Error).message;

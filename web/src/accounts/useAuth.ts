// Accounts and the sign-in that runs: fetched once, then told by the stream.
import { signal } from '@preact/signals';
import { patch, reload, useApi, type Resource } from '../api/resource.ts';
import { useLive } from '../api/stream.ts';
import type { Account, AuthStatus } from '../api/types.ts';
import { may } from '../shell/may.ts';

export const authPath = 'telegram-gateway/auth/status';

export function useAuth(): Resource<AuthStatus> {
  useLive<AuthStatus>('auth', 'auth', (news) => { patch<AuthStatus>(authPath, () => news); });
  return useApi<AuthStatus>(authPath, 15_000);
}
/** The account whose sign-in this page began or took over; kept while pages change, not over a reload. */
export const mine = signal<string | null>(null);

export const retryAuth = (): void => { void reload(authPath); };
/** Signing in and out is for tokens with that right. */
export const mayAdmin = (): boolean => may('admin');

const givable = new Set(['code', 'password', 'qr']);
/** Whether Telegram waits for a person's next input. */
export const isHalfway = (account: Account | undefined): boolean => account !== undefined && givable.has(account.stage);
/** main, or the first free name behind it. */
export function freeName(accounts: Account[]): string {
  const taken = new Set(accounts.filter(({ stage, revoked }) => stage !== 'closed' && !(stage === 'phone' && !revoked)).map(({ name }) => name));
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? 'main' : `account-${String(n)}`;
    if (!taken.has(name)) return name;
  }
}
